//! Paths of a metric.

use holt_pdata::messages::numbers::{HISTOGRAM, METRIC, SUM};
use holt_pdata::wire::{self, RawField, WireType, put_tag, put_varint};
use holt_pdata::{Level, Record};

use super::Slot;
use super::decl::{CACHE, Custom, Keys, PathDecl, Storage, custom, map, text};
use super::span::with_field;
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;
use crate::whole::Shape;

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
    PathDecl {
        name: "data_points",
        doc: "All datapoints, as a whole; nil for a metric without data, where writing has no \
              effect. Nil removes them.",
        get: Type::MESSAGE.or(Type::NIL),
        set: Type::MESSAGE.or(Type::NIL),
        keys: Keys::None,
        storage: Storage::Lenient(Custom { get: points_get, set: points_set }),
    },
    map("metadata", Storage::Attributes, "What else is known about the metric."),
    CACHE,
];

static NUMBERS: Shape = Shape::list("number datapoints", "pmetric.NumberDataPointSlice");
static HISTOGRAMS: Shape = Shape::list("histogram datapoints", "pmetric.HistogramDataPointSlice");
static EXPONENTIALS: Shape =
    Shape::list("exponential histogram datapoints", "pmetric.ExponentialHistogramDataPointSlice");
static SUMMARIES: Shape = Shape::list("summary datapoints", "pmetric.SummaryDataPointSlice");

/// In every data message the datapoints are field 1.
const DATA_POINTS: u32 = SUM::data_points;
const _: () = assert!(DATA_POINTS == HISTOGRAM::data_points);

/// What the datapoints of a metric of that kind are.
const fn points_shape(kind: i64) -> &'static Shape {
    match kind {
        1 | 2 => &NUMBERS,
        3 => &HISTOGRAMS,
        4 => &EXPONENTIALS,
        _ => &SUMMARIES,
    }
}

fn points_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let Some((message, kind)) = data(frame.record(slot)) else { return Ok(Value::Nil) };
    let is_gone = is_open(frame) && frame.open.metric_data.is_written(DATA_POINTS);
    let raw = if is_gone { &[] } else { message.bytes };
    Ok(frame.whole(points_shape(kind), DATA_POINTS, raw))
}

fn points_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Some((message, kind)) = data(frame.record(slot)) else { return Ok(()) };
    match value {
        Value::Nil => {}
        Value::Message(whole) => {
            return frame.set_whole(slot, DATA_POINTS, points_shape(kind), whole);
        }
        other => return Err(EvalError::Expected { expected: Type::MESSAGE, got: other.kind() }),
    }
    frame.open.items_changed = true;
    if is_open(frame) {
        frame.open.metric_data.clear(DATA_POINTS);
        return Ok(());
    }
    let encoded = with_field(message.bytes, DATA_POINTS, |_| {});
    let encoded = frame.state.work.arena.alloc_slice_copy(&encoded);
    frame.record(slot).set_message(message.number, encoded);
    Ok(())
}

/// Whether the message around the datapoints is open on its own: while datapoints are walked.
fn is_open(frame: &Frame<'_, '_>) -> bool {
    matches!(frame.state.level, Level::DataPoint | Level::Exemplar)
}

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
    let found = if is_open(frame) {
        frame.open.metric_data.field(number)
    } else {
        wire::find(message.bytes, number)
    };
    Some(found.map_or(0, |field| field.scalar))
}

fn set_data_field(frame: &mut Frame<'_, '_>, slot: Slot, number: u32, kinds: &[i64], scalar: u64) {
    let found = data(frame.record(slot)).filter(|(_, kind)| kinds.contains(kind));
    let Some((message, _)) = found else { return };
    if is_open(frame) {
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
