//! Keys and indices inside values: reading an element, and the value with an element changed.

use holt_pdata::{MapView, ValueView};

use crate::encode::{as_stored, put_entry, put_value, stored};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::value::Value;

/// The element that the keys lead to. A key that a map lacks yields nil, whatever keys follow.
///
/// # Errors
/// For an index out of bounds, a key of the wrong type, and what has no elements.
pub fn element<'a>(value: Value<'a>, keys: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let Some((key, rest)) = keys.split_first() else { return Ok(value) };
    match (value, *key) {
        (Value::Map(map), Value::Str(key)) => match map.get(key) {
            Some(inner) => element(inner.into(), rest),
            None => Ok(Value::Nil),
        },
        (Value::List(_) | Value::Items(_) | Value::Typed(_), Value::Int(index)) => {
            let inner = value.elements().zip(usize::try_from(index).ok());
            let inner = inner.and_then(|(elements, index)| elements.get(index));
            element(inner.ok_or(EvalError::OutOfBounds(index))?, rest)
        }
        (container, key) => Err(wrong_key(container, key)),
    }
}

fn wrong_key(container: Value<'_>, key: Value<'_>) -> EvalError {
    EvalError::WrongKey { container: container.kind(), key: key.kind() }
}

/// The value with the element that the keys lead to replaced. Maps come into being on the way where
/// there is nothing yet; so do lists, of the length that the index asks for.
///
/// # Errors
/// For an index outside a list, a key of the wrong type, and what has no elements.
pub fn with_element<'a>(
    work: &Workspace<'a>,
    value: Value<'a>,
    keys: &[Value<'a>],
    new: ValueView<'a>,
) -> Result<Value<'a>, EvalError> {
    let (value, outcome) = written(work, value, keys, new);
    outcome.map(|()| value)
}

/// As [`with_element`]; what came into being on the way stays when a later key does not fit.
fn written<'a>(
    work: &Workspace<'a>,
    value: Value<'a>,
    keys: &[Value<'a>],
    new: ValueView<'a>,
) -> (Value<'a>, Result<(), EvalError>) {
    let Some((key, rest)) = keys.split_first() else { return (new.into(), Ok(())) };
    match (value, *key) {
        (Value::Nil, Value::Str(key)) => with_entry(work, MapView::default(), key, rest, new),
        (Value::Map(map), Value::Str(key)) => with_entry(work, map, key, rest, new),
        (Value::Nil, Value::Int(index)) => {
            // A negative index makes the first element.
            let length = usize::try_from(index.max(0)).ok().filter(|length| *length < MAX_NEW_LIST);
            let Some(length) = length else { return (value, Err(EvalError::OutOfBounds(index))) };
            let mut encoded = Vec::new();
            for _ in 0..length {
                put_value(&mut encoded, ValueView::Empty);
            }
            let (inner, outcome) = written(work, Value::Nil, rest, new);
            put_value(&mut encoded, view(inner));
            (work.list(&encoded), outcome)
        }
        (Value::List(_) | Value::Items(_) | Value::Typed(_), Value::Int(index)) => {
            let elements = value.elements().zip(usize::try_from(index).ok());
            let Some((elements, at)) = elements.filter(|(elements, at)| *at < elements.len())
            else {
                return (value, Err(EvalError::OutOfBounds(index)));
            };
            let mut encoded = Vec::new();
            let mut outcome = Ok(());
            for (position, inner) in elements.iter().enumerate() {
                if position == at {
                    let (inner, of_inner) = written(work, inner, rest, new);
                    put_value(&mut encoded, view(inner));
                    outcome = of_inner;
                } else {
                    put_value(&mut encoded, view(inner));
                }
            }
            (work.list(&encoded), outcome)
        }
        (container, key) => (value, Err(wrong_key(container, key))),
    }
}

/// What an attribute becomes by a write at the keys behind its own, and why the write fails, if it
/// does. As in the reference, a value that telemetry cannot carry leaves an empty place behind where
/// there was none; `None` when nothing changes.
pub(super) fn with_written<'a>(
    work: &Workspace<'a>,
    current: Option<ValueView<'a>>,
    keys: &[Value<'a>],
    value: Value<'a>,
) -> (Option<ValueView<'a>>, Result<(), EvalError>) {
    let (view, outcome) = stored(work.arena, value);
    if keys.is_empty() {
        let unchanged = view.is_none() && current.is_some();
        return (if unchanged { None } else { view.or(Some(ValueView::Empty)) }, outcome);
    }
    let old = current.map_or(Value::Nil, Value::from);
    let is_there = view.is_none() && element(old, keys).is_ok_and(|found| !found.is_nil());
    if is_there {
        return (None, outcome);
    }
    let (new, on_the_way) = written(work, old, keys, view.unwrap_or(ValueView::Empty));
    (Some(self::view(new)), on_the_way.and(outcome))
}

/// Longest list that a write at an index brings into being: beyond, it is taken for a mistake.
const MAX_NEW_LIST: usize = 1 << 20;

fn with_entry<'a>(
    work: &Workspace<'a>,
    map: MapView<'a>,
    key: &str,
    rest: &[Value<'a>],
    new: ValueView<'a>,
) -> (Value<'a>, Result<(), EvalError>) {
    let mut encoded = Vec::with_capacity(map.raw().len() + 32);
    let mut found = None;
    for (name, inner) in map.iter() {
        if name == key && found.is_none() {
            let (inner, outcome) = written(work, inner.into(), rest, new);
            put_entry(&mut encoded, name, view(inner));
            found = Some(outcome);
        } else {
            put_entry(&mut encoded, name, inner);
        }
    }
    let outcome = found.unwrap_or_else(|| {
        let (inner, outcome) = written(work, Value::Nil, rest, new);
        put_entry(&mut encoded, key, view(inner));
        outcome
    });
    (work.map(&encoded), outcome)
}

/// The storable form of a value that came out of a stored one.
fn view(value: Value<'_>) -> ValueView<'_> {
    as_stored(value).unwrap_or(ValueView::Empty)
}
