//! Values to the form that telemetry stores, and new lists and maps.

use bumpalo::Bump;
use holt_pdata::wire::{WireType, put_len, put_tag, put_varint, varint_len};
use holt_pdata::{ArrayView, MapView, ValueView};

use crate::error::EvalError;
use crate::value::Value;

/// A value as an attribute, body or cache entry holds it.
///
/// # Errors
/// For times, durations, ids and whole fields, which telemetry cannot carry.
pub fn storable<'a>(arena: &'a Bump, value: Value<'a>) -> Result<ValueView<'a>, EvalError> {
    if let Some(view) = as_stored(value) {
        return Ok(view);
    }
    Ok(match value {
        Value::Items(items) => {
            let mut encoded = Vec::new();
            for item in items {
                put_value(&mut encoded, storable(arena, *item)?);
            }
            ValueView::Array(ArrayView::new(arena.alloc_slice_copy(&encoded)))
        }
        Value::Typed(list) if list.of.is_storable() => {
            let mut encoded = Vec::new();
            for item in list.elements.iter() {
                put_value(&mut encoded, storable(arena, item)?);
            }
            ValueView::Array(ArrayView::new(arena.alloc_slice_copy(&encoded)))
        }
        Value::Typed(list) => return Err(EvalError::NotStorableList(list.of.name())),
        other => return Err(EvalError::NotStorable(other.kind())),
    })
}

/// A value that telemetry stores in the form it has here already, without a copy.
#[inline]
pub const fn as_stored(value: Value<'_>) -> Option<ValueView<'_>> {
    Some(match value {
        Value::Nil => ValueView::Empty,
        Value::Bool(value) => ValueView::Bool(value),
        Value::Int(value) => ValueView::Int(value),
        Value::Float(value) => ValueView::Double(value),
        Value::Str(text) => ValueView::Str(text),
        Value::Bytes(bytes) => ValueView::Bytes(bytes),
        Value::Map(map) => ValueView::Map(map),
        Value::List(list) => ValueView::Array(list),
        _ => return None,
    })
}

/// What a write of a value leaves behind, and why it fails, if it does. As in the reference, a list
/// with elements that telemetry cannot carry is stored with empty ones in their place, and the write
/// fails for its last element only.
pub fn stored<'a>(
    arena: &'a Bump,
    value: Value<'a>,
) -> (Option<ValueView<'a>>, Result<(), EvalError>) {
    let Value::Items(items) = value else {
        return match storable(arena, value) {
            Ok(view) => (Some(view), Ok(())),
            Err(error) => (None, Err(error)),
        };
    };
    let mut encoded = Vec::new();
    let mut outcome = Ok(());
    for item in items {
        let (view, of_item) = stored(arena, *item);
        put_value(&mut encoded, view.unwrap_or(ValueView::Empty));
        outcome = of_item;
    }
    (Some(ValueView::Array(ArrayView::new(arena.alloc_slice_copy(&encoded)))), outcome)
}

/// Appends an element to an encoded list.
pub fn put_value(out: &mut Vec<u8>, value: ValueView<'_>) {
    put_tag(out, 1, WireType::Len);
    put_varint(out, value.encoded_len() as u64);
    value.encode(out);
}

/// Appends an entry to an encoded map.
pub fn put_entry(out: &mut Vec<u8>, key: &str, value: ValueView<'_>) {
    let value_length = value.encoded_len();
    let key_length = if key.is_empty() { 0 } else { 1 + varint_len(key.len() as u64) + key.len() };
    let length = key_length + 1 + varint_len(value_length as u64) + value_length;
    put_tag(out, 1, WireType::Len);
    put_varint(out, length as u64);
    if !key.is_empty() {
        put_len(out, 1, key.as_bytes());
    }
    put_tag(out, 2, WireType::Len);
    put_varint(out, value_length as u64);
    value.encode(out);
}

/// A map with these entries.
pub fn map<'a, 'k>(
    arena: &'a Bump,
    entries: impl Iterator<Item = (&'k str, ValueView<'k>)>,
) -> MapView<'a> {
    let mut encoded = Vec::new();
    for (key, value) in entries {
        put_entry(&mut encoded, key, value);
    }
    MapView::new(arena.alloc_slice_copy(&encoded))
}
