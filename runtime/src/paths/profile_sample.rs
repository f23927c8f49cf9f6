//! Paths of a sample of a profile.

use holt_pdata::messages::numbers::SAMPLE;
use holt_pdata::wire::WireType;

use super::Slot;
use super::decl::{CACHE, Custom, Keys, PathDecl, custom, list, map};
use super::numbers::{elements, ints, numbers};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::{Time, Value};
use crate::whole::ElementType;

pub(super) const PATHS: &[PathDecl] = &[
    list("values", Custom { get: values_get, set: values_set }, "Measured values."),
    list(
        "attribute_indices",
        Custom { get: indices_get, set: indices_set },
        "Attributes, by their index in the dictionary of the request.",
    ),
    custom(
        "link_index",
        (Type::INT, Type::INT),
        Keys::None,
        Custom { get: link_get, set: link_set },
        "Link to a span, by its index in the dictionary of the request.",
    ),
    list(
        "timestamps_unix_nano",
        Custom { get: nanos_get, set: nanos_set },
        "When the sample was taken, in nanoseconds.",
    ),
    list("timestamps", Custom { get: times_get, set: times_set }, "When the sample was taken."),
    map(
        "attributes",
        super::Storage::Custom(Custom { get: attributes_get, set: attributes_set }),
        "Attributes of the sample.",
    ),
    CACHE,
];

/// Declares the reader and the writer of a list of numbers.
macro_rules! numbers_of {
    ($get:ident, $set:ident, $number:expr, $wire:expr, $read:expr, $write:expr) => {
        fn $get<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
        ) -> Result<Value<'a>, EvalError> {
            let read: fn(u64) -> i64 = $read;
            let scalars = numbers(frame.record(slot), $number, $wire);
            let values: Vec<_> = scalars.into_iter().map(|one| Value::Int(read(one))).collect();
            Ok(frame.state.work.typed(ElementType::Int, &values))
        }

        fn $set<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
            value: Value<'a>,
        ) -> Result<(), EvalError> {
            let write: fn(i64) -> u64 = $write;
            let scalars = ints(value, ElementType::Int)?.into_iter().map(write);
            frame.set_numbers(slot, $number, $wire, scalars);
            Ok(())
        }
    };
}

numbers_of!(
    values_get,
    values_set,
    SAMPLE::values,
    WireType::Varint,
    u64::cast_signed,
    i64::cast_unsigned
);
numbers_of!(
    indices_get,
    indices_set,
    SAMPLE::attribute_indices,
    WireType::Varint,
    |scalar| i64::from(scalar as i32),
    |value| i64::from(value as i32).cast_unsigned()
);
numbers_of!(
    nanos_get,
    nanos_set,
    SAMPLE::timestamps_unix_nano,
    WireType::Fixed64,
    u64::cast_signed,
    i64::cast_unsigned
);

fn link_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let index = frame.record(slot).field(SAMPLE::link_index).map_or(0, |field| field.scalar as i32);
    Ok(Value::Int(i64::from(index)))
}

fn link_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Int(value) = value else { return Err(EvalError::Internal("link index")) };
    // The reference refuses the highest index too, and lets negative ones wrap.
    if value >= i64::from(i32::MAX) {
        return Err(EvalError::OutOfRange(value));
    }
    let index = i64::from(value as i32).cast_unsigned();
    frame.record(slot).set_varint(SAMPLE::link_index, index);
    Ok(())
}

fn times_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let scalars = numbers(frame.record(slot), SAMPLE::timestamps_unix_nano, WireType::Fixed64);
    let time = |nanos: u64| Value::Time(Time::from_unix_nanos(nanos.cast_signed()));
    let times: Vec<_> = scalars.into_iter().map(time).collect();
    Ok(frame.state.work.typed(ElementType::Time, &times))
}

/// Takes a list that came from such a path, and no list that a statement spells out.
fn times_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    match value {
        Value::Nil => {}
        Value::Typed(list) if list.of == ElementType::Time => {}
        other => return Err(EvalError::Expected { expected: Type::TIME, got: other.kind() }),
    }
    let nanos = elements(value, ElementType::Time)?.iter().filter_map(|time| match time {
        Value::Time(time) => Some(time.unix_nanos().cast_unsigned()),
        _ => None,
    });
    let nanos: Vec<u64> = nanos.collect();
    frame.set_numbers(slot, SAMPLE::timestamps_unix_nano, WireType::Fixed64, nanos);
    Ok(())
}

fn attributes_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    frame.table_attributes(slot, SAMPLE::attribute_indices, keys)
}

fn attributes_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    frame.set_table_attributes(slot, SAMPLE::attribute_indices, keys, value)
}
