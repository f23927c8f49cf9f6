//! Reading and writing paths on the open records.

use holt_pdata::{Open, Record, ValueView};

use super::nested::{element, with_written};
use super::{PathRef, Slot, Storage, Target};
use crate::encode::{as_stored, map};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::{Kind, Type};
use crate::value::{Time, Value};
use crate::whole::{Count, Shape, Whole};

impl<'a> Frame<'_, 'a> {
    /// The record of a slot.
    #[inline]
    pub fn record(&mut self, slot: Slot) -> &mut Record<'a> {
        record_of(self.open, slot)
    }

    /// Takes note of a write to a record that others are below.
    #[inline]
    pub(crate) const fn note_write(&mut self, slot: Slot) {
        match slot {
            Slot::Resource => self.state.epochs.resource_written(),
            Slot::Scope => self.state.epochs.scope_written(),
            Slot::Request | Slot::Record | Slot::Child | Slot::Grandchild => {}
        }
    }

    fn envelope(&mut self, slot: Slot) -> &mut Record<'a> {
        match slot {
            Slot::Scope => &mut self.open.scope_envelope,
            _ => &mut self.open.resource_envelope,
        }
    }

    /// Reads a path. `keys` holds the values of its keys.
    ///
    /// # Errors
    /// When a key does not fit what it indexes, and where the path says so.
    #[inline]
    pub fn read(&mut self, path: PathRef, keys: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
        let slot = path.slot;
        Ok(match path.decl.storage {
            Storage::Attributes => return self.attribute(slot, keys),
            Storage::Cache => return self.cached(keys),
            Storage::Text(number) => Value::Str(self.record(slot).text(number)),
            Storage::EnvelopeText(number) => Value::Str(self.envelope(slot).text(number)),
            Storage::Uint32(number) | Storage::Fixed32(number) => {
                Value::Int(i64::from(self.scalar(slot, number) as u32))
            }
            Storage::Fixed64(number) => Value::Int(self.scalar(slot, number).cast_signed()),
            Storage::Double(number) => Value::Float(f64::from_bits(self.scalar(slot, number))),
            Storage::Time(number) => {
                Value::Time(Time::from_unix_nanos(self.scalar(slot, number).cast_signed()))
            }
            Storage::Enumeration(number) => Value::Int(i64::from(self.scalar(slot, number) as i32)),
            Storage::EnumerationName(number, names) => {
                let value = self.scalar(slot, number) as i32;
                let name = names.iter().find(|(_, known)| *known == value);
                Value::Str(name.map_or("", |(name, _)| name))
            }
            Storage::TraceId(number) => Value::TraceId(self.id(slot, number)),
            Storage::SpanId(number) => Value::SpanId(self.id(slot, number)),
            Storage::TraceIdText(number) => {
                let id: [u8; 16] = self.id(slot, number);
                self.state.work.text(&hex(&id))
            }
            Storage::SpanIdText(number) => {
                let id: [u8; 8] = self.id(slot, number);
                self.state.work.text(&hex(&id))
            }
            Storage::Message(field, shape) => {
                let record = self.record(slot);
                let raw = match shape.count {
                    Count::One => record.field(field).map(|field| field.bytes).unwrap_or_default(),
                    // A written list is an empty one: lists are taken from their own field only.
                    _ if record.is_written(field) => &[],
                    _ => record.raw(),
                };
                self.whole(shape, field, raw)
            }
            Storage::Custom(custom) | Storage::Lenient(custom) => {
                return (custom.get)(self, slot, keys);
            }
        })
    }

    /// Writes a path. `keys` holds the values of its keys.
    ///
    /// # Errors
    /// When the value or a key does not fit, and where the path says so.
    #[inline]
    pub fn write(
        &mut self,
        path: PathRef,
        keys: &[Value<'a>],
        value: Value<'a>,
    ) -> Result<(), EvalError> {
        let slot = path.slot;
        self.note_write(slot);
        match path.decl.storage {
            Storage::Attributes => return self.set_attribute(slot, keys, value),
            Storage::Cache => return self.set_cached(keys, value),
            Storage::Lenient(custom) => return (custom.set)(self, slot, keys, value),
            _ if !keys.is_empty() => {}
            _ => takes(path, value)?,
        }
        match (path.decl.storage, value) {
            (Storage::Text(number), Value::Str(text)) => self.record(slot).set_text(number, text),
            (Storage::EnvelopeText(number), Value::Str(text)) => {
                self.envelope(slot).set_text(number, text);
            }
            (Storage::Uint32(number), Value::Int(value)) => {
                self.record(slot).set_varint(number, u64::from(value as u32));
            }
            (Storage::Fixed32(number), Value::Int(value)) => {
                self.record(slot).set_fixed32(number, value as u32);
            }
            (Storage::Fixed64(number), Value::Int(value)) => {
                self.record(slot).set_fixed64(number, value.cast_unsigned());
            }
            (Storage::Double(number), Value::Float(value)) => {
                self.record(slot).set_fixed64(number, value.to_bits());
            }
            (Storage::Time(number), Value::Time(time)) => {
                self.record(slot).set_fixed64(number, time.unix_nanos().cast_unsigned());
            }
            (Storage::Enumeration(number), Value::Int(value)) => {
                let value = i64::from(value as i32).cast_unsigned();
                self.record(slot).set_varint(number, value);
            }
            (Storage::EnumerationName(number, names), Value::Str(text)) => {
                let found = names.iter().find(|(name, _)| *name == text);
                let (_, value) = found.ok_or_else(|| EvalError::InvalidText {
                    text: text.into(),
                    wanted: "a known name",
                })?;
                self.record(slot).set_varint(number, i64::from(*value).cast_unsigned());
            }
            (Storage::TraceId(number), Value::TraceId(id)) => self.set_id(slot, number, &id),
            (Storage::SpanId(number), Value::SpanId(id)) => self.set_id(slot, number, &id),
            (Storage::TraceIdText(number), Value::Str(text)) => {
                let id: [u8; 16] = unhex(text, "a trace id of 32 hexadecimal digits")?;
                self.set_id(slot, number, &id);
            }
            (Storage::SpanIdText(number), Value::Str(text)) => {
                let id: [u8; 8] = unhex(text, "a span id of 16 hexadecimal digits")?;
                self.set_id(slot, number, &id);
            }
            (Storage::Message(field, _), Value::Nil) => {
                self.record(slot).clear(field);
                // The samples of a profile count as items.
                self.open.items_changed = true;
            }
            (Storage::Message(field, shape), Value::Message(whole)) => {
                self.set_whole(slot, field, shape, whole)?;
            }
            (Storage::Custom(custom), value) => return (custom.set)(self, slot, keys, value),
            _ => return Err(EvalError::Internal("a value of the wrong type reached a field")),
        }
        Ok(())
    }

    /// A field as a value.
    pub(super) fn whole(&self, shape: &'static Shape, field: u32, raw: &'a [u8]) -> Value<'a> {
        Value::Message(self.state.work.arena.alloc(Whole { shape, field, raw }))
    }

    /// Sets a field to a field of the same shape.
    ///
    /// # Errors
    /// For one of another shape.
    pub(super) fn set_whole(
        &mut self,
        slot: Slot,
        field: u32,
        shape: &'static Shape,
        whole: &Whole<'a>,
    ) -> Result<(), EvalError> {
        if whole.shape != shape {
            return Err(EvalError::OtherField { expected: shape.name, got: whole.shape.name });
        }
        // A list comes from its own field only, and so changes nothing.
        if shape.count == Count::One && whole.field != field {
            self.record(slot).set_message(field, whole.raw);
        }
        Ok(())
    }

    #[inline]
    fn scalar(&mut self, slot: Slot, number: u32) -> u64 {
        self.record(slot).field(number).map_or(0, |field| field.scalar)
    }

    /// An id; all zero when absent.
    fn id<const N: usize>(&mut self, slot: Slot, number: u32) -> [u8; N] {
        let field = self.record(slot).field(number);
        field.and_then(|field| field.bytes.try_into().ok()).unwrap_or([0; N])
    }

    /// An id that is all zero is not written.
    fn set_id(&mut self, slot: Slot, number: u32, id: &[u8]) {
        let is_zero = id.iter().all(|byte| *byte == 0);
        let id: &'a [u8] = if is_zero { &[] } else { self.state.work.arena.alloc_slice_copy(id) };
        self.record(slot).set_bytes(number, id);
    }

    #[inline]
    fn attribute(&mut self, slot: Slot, keys: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
        let Some((key, rest)) = keys.split_first() else {
            let arena = self.state.work.arena;
            return Ok(Value::Map(map(arena, self.record(slot).attributes())));
        };
        let Some(found) = self.record(slot).attribute(map_key(*key)?) else {
            return Ok(Value::Nil);
        };
        if rest.is_empty() { Ok(found.into()) } else { element(found.into(), rest) }
    }

    #[inline]
    fn set_attribute(
        &mut self,
        slot: Slot,
        keys: &[Value<'a>],
        value: Value<'a>,
    ) -> Result<(), EvalError> {
        let Some((key, rest)) = keys.split_first() else {
            let map = whole_map(value)?;
            self.record(slot).replace_attributes(map);
            return Ok(());
        };
        let key = map_key(*key)?;
        // What an attribute was before matters only to what is written inside of it, so the usual
        // write does not look for it.
        if rest.is_empty()
            && let Some(view) = as_stored(value)
        {
            self.record(slot).set_attribute(key, view);
            return Ok(());
        }
        let current = self.record(slot).attribute(key);
        let (new, outcome) = with_written(&self.state.work, current, rest, value);
        if let Some(new) = new {
            self.record(slot).set_attribute(key, new);
        }
        outcome
    }

    fn cached(&mut self, keys: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
        let entries = &self.state.cache.entries;
        let Some((key, rest)) = keys.split_first() else {
            return Ok(Value::Map(map(self.state.work.arena, entries.iter().copied())));
        };
        let key = map_key(*key)?;
        match entries.iter().find(|(name, _)| *name == key) {
            Some((_, value)) => element((*value).into(), rest),
            None => Ok(Value::Nil),
        }
    }

    fn set_cached(&mut self, keys: &[Value<'a>], value: Value<'a>) -> Result<(), EvalError> {
        let Some((key, rest)) = keys.split_first() else {
            let entries = whole_map(value)?;
            self.state.cache.entries.clear();
            for (key, value) in entries.iter() {
                self.put_cached(key, value);
            }
            return Ok(());
        };
        let key = map_key(*key)?;
        let entries = &self.state.cache.entries;
        let current = entries.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        let (new, outcome) = with_written(&self.state.work, current, rest, value);
        if let Some(new) = new {
            self.put_cached(key, new);
        }
        outcome
    }

    fn put_cached(&mut self, key: &'a str, value: ValueView<'a>) {
        let entries = &mut self.state.cache.entries;
        match entries.iter_mut().find(|(name, _)| *name == key) {
            Some((_, known)) => *known = value,
            None => entries.push((key, value)),
        }
    }

    /// The record whose attributes the target is as a whole, `None` for any other target.
    pub fn attributes_of(&mut self, target: &Target<'_, 'a>) -> Option<&mut Record<'a>> {
        let is_whole =
            matches!(target.path.decl.storage, Storage::Attributes) && target.keys.is_empty();
        is_whole.then(|| self.record(target.path.slot))
    }

    /// Reads the map that an editor edits.
    ///
    /// # Errors
    /// When there is none.
    pub fn read_map(&mut self, target: &Target<'_, 'a>) -> Result<Value<'a>, EvalError> {
        let value = self.read(target.path, target.keys)?;
        match value {
            Value::Map(_) => Ok(value),
            other => Err(EvalError::Expected { expected: Type::MAP, got: other.kind() }),
        }
    }

    /// Removes the entries of the target's map for which `keep` answers no.
    ///
    /// # Errors
    /// When the target is not a map.
    pub fn retain(
        &mut self,
        target: &Target<'_, 'a>,
        mut keep: impl FnMut(&str, ValueView<'a>) -> bool,
    ) -> Result<(), EvalError> {
        let path = target.path;
        if matches!(path.decl.storage, Storage::Attributes) && target.keys.is_empty() {
            self.note_write(path.slot);
            self.record(path.slot).retain_attributes(keep);
            return Ok(());
        }
        let Value::Map(entries) = self.read_map(target)? else { return Ok(()) };
        let kept = entries.iter().filter(|(key, value)| keep(key, *value));
        let kept = map(self.state.work.arena, kept);
        self.write(path, target.keys, Value::Map(kept))
    }
}

/// The record of a slot.
#[inline]
pub(super) const fn record_of<'o, 'a>(open: &'o mut Open<'a>, slot: Slot) -> &'o mut Record<'a> {
    match slot {
        // Paths of the request have no record and never ask for one.
        Slot::Request | Slot::Resource => &mut open.resource,
        Slot::Scope => &mut open.scope,
        Slot::Record => &mut open.record,
        Slot::Child => &mut open.child,
        Slot::Grandchild => &mut open.grandchild,
    }
}

/// Refuses a value that the path does not take.
fn takes(path: PathRef, value: Value<'_>) -> Result<(), EvalError> {
    let (kind, set) = (value.kind(), path.decl.set);
    if set.has(kind) {
        Ok(())
    } else if set == Type::NOTHING {
        Err(EvalError::ReadOnly(path.decl.name))
    } else if kind == Kind::Nil {
        Err(EvalError::NilField(set))
    } else {
        Err(EvalError::Expected { expected: set, got: kind })
    }
}

#[inline]
pub(super) fn map_key<'a>(key: Value<'a>) -> Result<&'a str, EvalError> {
    match key {
        Value::Str(key) => Ok(key),
        other => Err(EvalError::WrongKey { container: Kind::Map, key: other.kind() }),
    }
}

/// What a whole map is set to: nil empties it.
pub(super) fn whole_map<'a>(value: Value<'a>) -> Result<holt_pdata::MapView<'a>, EvalError> {
    match value {
        Value::Map(map) => Ok(map),
        Value::Nil => Ok(holt_pdata::MapView::default()),
        other => Err(EvalError::Expected { expected: Type::MAP, got: other.kind() }),
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

pub(super) fn unhex<const N: usize>(
    text: &str,
    wanted: &'static str,
) -> Result<[u8; N], EvalError> {
    let invalid = || EvalError::InvalidText { text: text.into(), wanted };
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).map(|digit| digit as u8))
        .collect::<Option<_>>()
        .ok_or_else(invalid)?;
    if digits.len() != 2 * N {
        return Err(invalid());
    }
    let mut id = [0; N];
    for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair.iter().fold(0, |value, digit| value << 4 | digit);
    }
    Ok(id)
}
