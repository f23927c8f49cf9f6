//! Paths of a datapoint of any kind.
//!
//! Datapoints come as four messages. A field that a kind lacks reads as nil; writing it fails.

use holt_pdata::Record;
use holt_pdata::messages::numbers::{
    BUCKETS, EXPONENTIAL_HISTOGRAM_DATA_POINT as EXPONENTIAL, HISTOGRAM_DATA_POINT as HISTOGRAM,
    NUMBER_DATA_POINT as NUMBER, SUMMARY_DATA_POINT as SUMMARY,
};
use holt_pdata::messages::{self, BucketsView};
use holt_pdata::wire::{WireType, put_len, put_tag, put_varint, unzigzag, zigzag};

use super::Slot;
use super::Storage::{Attributes, Fixed64};
use super::decl::{CACHE, Custom, Keys, PathDecl, custom, int, list, map, time};
use super::numbers::{elements, numbers};
use super::span::with_field;
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;
use crate::whole::{ElementType, Shape};

/// All kinds have their times in the same fields.
const START: u32 = NUMBER::start_time_unix_nano;
const TIME: u32 = NUMBER::time_unix_nano;

const fn point(
    name: &'static str,
    ty: Type,
    (get, set): (super::Get, super::Set),
    doc: &'static str,
) -> PathDecl {
    custom(name, (ty.or(Type::NIL), ty), Keys::None, Custom { get, set }, doc)
}

/// Messages as a whole, which nil removes.
const fn messages(
    name: &'static str,
    (get, set): (super::Get, super::Set),
    doc: &'static str,
) -> PathDecl {
    let ty = Type::MESSAGE.or(Type::NIL);
    custom(name, (ty, ty), Keys::None, Custom { get, set }, doc)
}

static EXEMPLARS: Shape = Shape::list("exemplars", "pmetric.ExemplarSlice");
static QUANTILES: Shape =
    Shape::list("quantile values", "pmetric.SummaryDataPointValueAtQuantileSlice");
static SIDE: Shape = Shape::one("buckets", "pmetric.ExponentialHistogramDataPointBuckets");

/// Declares the reader and the writer of a field: which kinds have it under which number, and how
/// its payload becomes a value and back.
macro_rules! field {
    ($get:ident, $set:ident, $wire:ident, [$($kind:ident $number:expr),+], $read:expr, $write:expr) => {
        fn $get<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
        ) -> Result<Value<'a>, EvalError> {
            let number = match PointKind::of(frame.record(slot)) {
                $( PointKind::$kind => $number, )+
                #[allow(unreachable_patterns)]
                _ => return Ok(Value::Nil),
            };
            let read: fn(u64) -> Value<'a> = $read;
            Ok(read(frame.record(slot).field(number).map_or(0, |field| field.scalar)))
        }

        fn $set<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
            value: Value<'a>,
        ) -> Result<(), EvalError> {
            let record = frame.record(slot);
            let number = match PointKind::of(record) {
                $( PointKind::$kind => $number, )+
                #[allow(unreachable_patterns)]
                other => return Err(other.lacks_field()),
            };
            let write: fn(Value<'a>) -> Option<u64> = $write;
            let scalar = write(value).ok_or(EvalError::Internal("datapoint field"))?;
            record.$wire(number, scalar);
            Ok(())
        }
    };
}

pub(super) const PATHS: &[PathDecl] = &[
    map("attributes", Attributes, "Attributes of the datapoint."),
    int("start_time_unix_nano", Fixed64(START), "Start of the interval, in nanoseconds."),
    time("start_time", START, "Start of the interval."),
    int("time_unix_nano", Fixed64(TIME), "When it was measured, in nanoseconds."),
    time("time", TIME, "When it was measured."),
    point("flags", Type::INT, (flags_get, flags_set), "Flags (`FLAG_…`)."),
    point(
        "value_int",
        Type::INT,
        (value_int_get, value_int_set),
        "The number as an integer; 0 when it is a double. Writing makes it an integer.",
    ),
    point(
        "value_double",
        Type::FLOAT,
        (value_double_get, value_double_set),
        "The number as a double; 0 when it is an integer. Writing makes it a double.",
    ),
    point("count", Type::INT, (count_get, count_set), "Number of measurements."),
    point("sum", Type::FLOAT, (sum_get, sum_set), "Sum of the measurements; 0 when not known."),
    point("scale", Type::INT, (scale_get, scale_set), "Scale of an exponential histogram."),
    point(
        "zero_count",
        Type::INT,
        (zero_count_get, zero_count_set),
        "Number of measurements that count as zero.",
    ),
    list(
        "bucket_counts",
        Custom { get: bucket_counts_get, set: bucket_counts_set },
        "Counts of a histogram's buckets.",
    ),
    list(
        "explicit_bounds",
        Custom { get: explicit_bounds_get, set: explicit_bounds_set },
        "Bounds between a histogram's buckets.",
    ),
    messages(
        "exemplars",
        (exemplars_get, exemplars_set),
        "All exemplars, as a whole. Nil removes them.",
    ),
    messages(
        "quantile_values",
        (quantiles_get, quantiles_set),
        "All quantiles of a summary, as a whole. Nil removes them.",
    ),
    point(
        "positive",
        Type::MESSAGE,
        (positive_get, positive_set),
        "The positive buckets of an exponential histogram, as a whole.",
    ),
    point(
        "positive.offset",
        Type::INT,
        (positive_offset_get, positive_offset_set),
        "Index of the first positive bucket.",
    ),
    list(
        "positive.bucket_counts",
        Custom { get: positive_counts_get, set: positive_counts_set },
        "Counts of the positive buckets.",
    ),
    point(
        "negative",
        Type::MESSAGE,
        (negative_get, negative_set),
        "The negative buckets of an exponential histogram, as a whole.",
    ),
    point(
        "negative.offset",
        Type::INT,
        (negative_offset_get, negative_offset_set),
        "Index of the first negative bucket.",
    ),
    list(
        "negative.bucket_counts",
        Custom { get: negative_counts_get, set: negative_counts_set },
        "Counts of the negative buckets.",
    ),
    CACHE,
];

/// The four messages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PointKind {
    Number,
    Histogram,
    Exponential,
    Summary,
}

impl PointKind {
    fn of(record: &Record<'_>) -> Self {
        let message = record.message();
        if std::ptr::eq(message, &messages::NUMBER_DATA_POINT) {
            Self::Number
        } else if std::ptr::eq(message, &messages::HISTOGRAM_DATA_POINT) {
            Self::Histogram
        } else if std::ptr::eq(message, &messages::SUMMARY_DATA_POINT) {
            Self::Summary
        } else {
            Self::Exponential
        }
    }

    const fn lacks_field(self) -> EvalError {
        EvalError::WrongDataPoint(match self {
            Self::Number => "number",
            Self::Histogram => "histogram",
            Self::Exponential => "exponential histogram",
            Self::Summary => "summary",
        })
    }
}

const fn int_bits(value: Value<'_>) -> Option<u64> {
    match value {
        Value::Int(value) => Some(value.cast_unsigned()),
        _ => None,
    }
}

const fn float_bits(value: Value<'_>) -> Option<u64> {
    match value {
        Value::Float(value) => Some(value.to_bits()),
        _ => None,
    }
}

field!(
    flags_get, flags_set, set_varint,
    [
        Number NUMBER::flags, Histogram HISTOGRAM::flags, Exponential EXPONENTIAL::flags,
        Summary SUMMARY::flags
    ],
    |scalar| Value::Int(i64::from(scalar as u32)),
    |value| int_bits(value).map(|bits| u64::from(bits as u32))
);
field!(
    value_int_get, value_int_set, set_fixed64, [Number NUMBER::as_int],
    |scalar| Value::Int(scalar.cast_signed()), int_bits
);
field!(
    value_double_get, value_double_set, set_fixed64, [Number NUMBER::as_double],
    |scalar| Value::Float(f64::from_bits(scalar)), float_bits
);
field!(
    count_get, count_set, set_fixed64,
    [Histogram HISTOGRAM::count, Exponential EXPONENTIAL::count, Summary SUMMARY::count],
    |scalar| Value::Int(scalar.cast_signed()), int_bits
);
field!(
    sum_get, sum_set, set_fixed64,
    [Histogram HISTOGRAM::sum, Exponential EXPONENTIAL::sum, Summary SUMMARY::sum],
    |scalar| Value::Float(f64::from_bits(scalar)), float_bits
);
field!(
    scale_get, scale_set, set_varint, [Exponential EXPONENTIAL::scale],
    |scalar| Value::Int(signed32(scalar)),
    |value| int_bits(value).map(zigzag32)
);
field!(
    zero_count_get, zero_count_set, set_fixed64, [Exponential EXPONENTIAL::zero_count],
    |scalar| Value::Int(scalar.cast_signed()), int_bits
);

/// A `sint32` from its varint.
const fn signed32(scalar: u64) -> i64 {
    unzigzag(scalar & u32::MAX as u64) as i32 as i64
}

/// The varint of the low 32 bits as a `sint32`.
const fn zigzag32(bits: u64) -> u64 {
    zigzag(bits as i32 as i64) & u32::MAX as u64
}

/// Declares the reader and the writer of a histogram's packed list.
macro_rules! histogram_list {
    ($get:ident, $set:ident, $number:expr, $of:expr, $read:expr, $write:expr) => {
        fn $get<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
        ) -> Result<Value<'a>, EvalError> {
            let record = frame.record(slot);
            if PointKind::of(record) != PointKind::Histogram {
                return Ok(Value::Nil);
            }
            let read: fn(u64) -> Value<'a> = $read;
            let scalars = numbers(record, $number, WireType::Fixed64);
            let list: Vec<_> = scalars.into_iter().map(read).collect();
            Ok(frame.state.work.typed($of, &list))
        }

        fn $set<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
            value: Value<'a>,
        ) -> Result<(), EvalError> {
            let kind = PointKind::of(frame.record(slot));
            if kind != PointKind::Histogram {
                return Err(kind.lacks_field());
            }
            let write: fn(Value<'_>) -> Result<u64, EvalError> = $write;
            let scalars: Result<Vec<_>, _> = elements(value, $of)?.iter().map(write).collect();
            frame.set_numbers(slot, $number, WireType::Fixed64, scalars?);
            Ok(())
        }
    };
}

histogram_list!(
    bucket_counts_get,
    bucket_counts_set,
    HISTOGRAM::bucket_counts,
    ElementType::Unsigned,
    |scalar| Value::Int(scalar.cast_signed()),
    int_element
);
histogram_list!(
    explicit_bounds_get,
    explicit_bounds_set,
    HISTOGRAM::explicit_bounds,
    ElementType::Float,
    |scalar| Value::Float(f64::from_bits(scalar)),
    float_element
);

fn int_element(value: Value<'_>) -> Result<u64, EvalError> {
    int_bits(value).ok_or(EvalError::Expected { expected: Type::INT, got: value.kind() })
}

fn float_element(value: Value<'_>) -> Result<u64, EvalError> {
    float_bits(value).ok_or(EvalError::Expected { expected: Type::FLOAT, got: value.kind() })
}

/// Declares the reader and the writer of a list of messages: which kinds have it under which number.
macro_rules! whole_list {
    ($get:ident, $set:ident, $shape:expr, [$($kind:ident $number:expr),+]) => {
        fn $get<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
        ) -> Result<Value<'a>, EvalError> {
            let record = frame.record(slot);
            let number = match PointKind::of(record) {
                $( PointKind::$kind => $number, )+
                _ => return Ok(Value::Nil),
            };
            let raw = if record.is_written(number) { &[] } else { record.raw() };
            Ok(frame.whole($shape, number, raw))
        }

        fn $set<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
            value: Value<'a>,
        ) -> Result<(), EvalError> {
            let record = frame.record(slot);
            let number = match PointKind::of(record) {
                $( PointKind::$kind => $number, )+
                other => return Err(other.lacks_field()),
            };
            match value {
                Value::Message(whole) => frame.set_whole(slot, number, $shape, whole),
                _ => {
                    record.clear(number);
                    Ok(())
                }
            }
        }
    };
}

whole_list!(
    exemplars_get, exemplars_set, &EXEMPLARS,
    [
        Number NUMBER::exemplars, Histogram HISTOGRAM::exemplars,
        Exponential EXPONENTIAL::exemplars
    ]
);
whole_list!(
    quantiles_get, quantiles_set, &QUANTILES, [Summary SUMMARY::quantile_values]
);

fn buckets<'a>(frame: &mut Frame<'_, 'a>, slot: Slot, number: u32) -> Option<&'a [u8]> {
    let record = frame.record(slot);
    if PointKind::of(record) != PointKind::Exponential {
        return None;
    }
    Some(record.field(number).map(|field| field.bytes).unwrap_or_default())
}

fn set_buckets(
    frame: &mut Frame<'_, '_>,
    slot: Slot,
    number: u32,
    inner: u32,
    put: impl FnOnce(&mut Vec<u8>),
) -> Result<(), EvalError> {
    let Some(message) = buckets(frame, slot, number) else {
        return Err(PointKind::of(frame.record(slot)).lacks_field());
    };
    let encoded = with_field(message, inner, put);
    let encoded = frame.state.work.arena.alloc_slice_copy(&encoded);
    frame.record(slot).set_message(number, encoded);
    Ok(())
}

/// Declares the paths of one side of an exponential histogram.
macro_rules! side {
    ($number:expr, $get:ident, $set:ident, $offset_get:ident, $offset_set:ident, $counts_get:ident, $counts_set:ident) => {
        fn $get<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
        ) -> Result<Value<'a>, EvalError> {
            let found = buckets(frame, slot, $number);
            Ok(found.map_or(Value::Nil, |message| frame.whole(&SIDE, $number, message)))
        }

        fn $set<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
            value: Value<'a>,
        ) -> Result<(), EvalError> {
            let Value::Message(whole) = value else { return Err(EvalError::Internal("buckets")) };
            if buckets(frame, slot, $number).is_none() {
                return Err(PointKind::of(frame.record(slot)).lacks_field());
            }
            frame.set_whole(slot, $number, &SIDE, whole)
        }

        fn $offset_get<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
        ) -> Result<Value<'a>, EvalError> {
            Ok(buckets(frame, slot, $number).map_or(Value::Nil, |message| {
                Value::Int(i64::from(BucketsView::new(message).offset()))
            }))
        }

        fn $offset_set<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
            value: Value<'a>,
        ) -> Result<(), EvalError> {
            let offset = zigzag32(int_element(value)?);
            set_buckets(frame, slot, $number, BUCKETS::offset, |out| {
                if offset != 0 {
                    put_tag(out, BUCKETS::offset, WireType::Varint);
                    put_varint(out, offset);
                }
            })
        }

        fn $counts_get<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
        ) -> Result<Value<'a>, EvalError> {
            let Some(message) = buckets(frame, slot, $number) else { return Ok(Value::Nil) };
            let counts = BucketsView::new(message).bucket_counts();
            let counts: Vec<_> =
                counts.iter().map(|count| Value::Int(count.cast_signed())).collect();
            Ok(frame.state.work.typed(ElementType::Unsigned, &counts))
        }

        fn $counts_set<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
            value: Value<'a>,
        ) -> Result<(), EvalError> {
            let mut packed = Vec::new();
            for element in elements(value, ElementType::Unsigned)?.iter() {
                put_varint(&mut packed, int_element(element)?);
            }
            set_buckets(frame, slot, $number, BUCKETS::bucket_counts, |out| {
                if !packed.is_empty() {
                    put_len(out, BUCKETS::bucket_counts, &packed);
                }
            })
        }
    };
}

side!(
    EXPONENTIAL::positive,
    positive_get,
    positive_set,
    positive_offset_get,
    positive_offset_set,
    positive_counts_get,
    positive_counts_set
);
side!(
    EXPONENTIAL::negative,
    negative_get,
    negative_set,
    negative_offset_get,
    negative_offset_set,
    negative_counts_get,
    negative_counts_set
);
