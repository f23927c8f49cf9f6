//! Paths of a metric.

use holt_pdata::messages::numbers::{HISTOGRAM, METRIC, SUM};
use holt_pdata::wire::{self, RawField, WireType, put_tag, put_varint};
use holt_pdata::{Level, Record};

use super::Slot;
use super::decl::{CACHE, Custom, Keys, PathDecl, custom, text};
use super::span::with_field;
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

/// The data fields of a metric and the number of their `METRIC_DATA_TYPE`.
const DATA: [(u32, i64); 5] = [
    (METRIC::gauge, 1),
    (METRIC::sum, 2),
    (METRIC::histogram, 3),
    (METRIC::exponential_histogram, 4),
    (METRIC::summary, 5),
];

pub(super) const PATHS: &[PathDecl] = &[
    text("name", METRIC::name, "Name of the metric."),
    text("description", METRIC::description, "What is measured."),
    text("unit", METRIC::unit, "Unit of measurement."),
    custom(
        "type",
        (Type::INT, Type::ANY),
        Keys::None,
        Custom { get: type_get, set: type_set },
        "Kind of metric (`METRIC_DATA_TYPE_…`). Writing it has no effect.",
    ),
    custom(
        "aggregation_temporality",
        (Type::INT.or(Type::NIL), Type::INT),
        Keys::None,
        Custom { get: temporality_get, set: temporality_set },
        "Delta or cumulative; nil for kinds that have none, where writing it has no effect.",
    ),
    custom(
        "is_monotonic",
        (Type::BOOL.or(Type::NIL), Type::BOOL),
        Keys::None,
        Custom { get: monotonic_get, set: monotonic_set },
        "Whether a sum only grows; nil for other kinds, where writing it has no effect.",
    ),
    CACHE,
];

fn data<'a>(record: &Record<'a>) -> Option<(RawField<'a>, i64)> {
    DATA.iter().find_map(|(number, kind)| Some((record.field(*number)?, *kind)))
}

fn type_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    Ok(Value::Int(data(frame.record(slot)).map_or(0, |(_, kind)| kind)))
}

fn type_set<'a>(
    _: &mut Frame<'_, 'a>,
    _: Slot,
    _: &[Value<'a>],
    _: Value<'a>,
) -> Result<(), EvalError> {
    Ok(())
}

/// Sums and both kinds of histogram have their temporality in the same field.
const TEMPORALITY: u32 = SUM::aggregation_temporality;
const _: () = assert!(TEMPORALITY == HISTOGRAM::aggregation_temporality);

fn temporality_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    Ok(match data_field(frame, slot, TEMPORALITY, &[2, 3, 4]) {
        Some(scalar) => Value::Int(i64::from(scalar as i32)),
        None => Value::Nil,
    })
}

fn temporality_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Int(value) = value else { return Err(EvalError::Internal("temporality")) };
    set_data_field(frame, slot, TEMPORALITY, &[2, 3, 4], i64::from(value as i32).cast_unsigned());
    Ok(())
}

fn monotonic_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    Ok(match data_field(frame, slot, SUM::is_monotonic, &[2]) {
        Some(scalar) => Value::Bool(scalar != 0),
        None => Value::Nil,
    })
}

fn monotonic_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Bool(value) = value else { return Err(EvalError::Internal("monotonic")) };
    set_data_field(frame, slot, SUM::is_monotonic, &[2], u64::from(value));
    Ok(())
}

/// A number in the data message of a metric of one of these kinds; `None` for other kinds.
fn data_field(frame: &mut Frame<'_, '_>, slot: Slot, number: u32, kinds: &[i64]) -> Option<u64> {
    let (message, _) = data(frame.record(slot)).filter(|(_, kind)| kinds.contains(kind))?;
    // While datapoints are walked, the message around them is open on its own.
    let found = if frame.state.level == Level::DataPoint {
        frame.open.metric_data.field(number)
    } else {
        wire::find(message.bytes, number)
    };
    Some(found.map_or(0, |field| field.scalar))
}

fn set_data_field(frame: &mut Frame<'_, '_>, slot: Slot, number: u32, kinds: &[i64], scalar: u64) {
    let found = data(frame.record(slot)).filter(|(_, kind)| kinds.contains(kind));
    let Some((message, _)) = found else { return };
    if frame.state.level == Level::DataPoint {
        frame.open.metric_data.set_varint(number, scalar);
        return;
    }
    let encoded = with_field(message.bytes, number, |out| {
        if scalar != 0 {
            put_tag(out, number, WireType::Varint);
            put_varint(out, scalar);
        }
    });
    let encoded = frame.state.work.arena.alloc_slice_copy(&encoded);
    frame.record(slot).set_message(message.number, encoded);
}
