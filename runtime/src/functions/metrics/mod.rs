//! Functions for metrics that belong to the transform processor and to the filter processor.
//!
//! They see the open metric of a walk. What they change in its datapoints they write as a new data
//! message of the metric; metrics that they make are added to the scope, where the walk comes by
//! later.

mod aggregate;
pub(super) mod aggregate_on_attribute_value;
pub(super) mod aggregate_on_attributes;
pub(super) mod convert_exponential_histogram_to_histogram;
pub(super) mod convert_gauge_to_sum;
pub(super) mod convert_sum_to_gauge;
pub(super) mod convert_summary_count_val_to_sum;
pub(super) mod convert_summary_quantile_val_to_gauge;
pub(super) mod convert_summary_sum_val_to_sum;
pub(super) mod copy_metric;
mod elementary;
pub(super) mod extract_count_metric;
pub(super) mod extract_percentile_metric;
pub(super) mod extract_sum_metric;
pub(super) mod has_attribute_on_datapoint;
pub(super) mod merge_histogram_buckets;
mod percentile;
mod points;
pub(super) mod scale_metric;
mod spread;

use holt_pdata::messages::numbers::{
    EXPONENTIAL_HISTOGRAM as EXPONENTIAL, GAUGE, HISTOGRAM, METRIC, SUM,
};
use holt_pdata::wire::{self, WireType, put_tag, put_varint};
use holt_pdata::{Builder, Record, messages, schema};

use super::{ArgumentFault, Arguments, By, Offered};
use points::{Number, Point};

use crate::error::EvalError;
use crate::frame::Frame;
use crate::value::Value;

/// Editors that see a metric.
const ON_METRICS: Offered = Offered::to(By::Transform, &["metric"]);

/// Editors that see a datapoint.
const ON_DATAPOINTS: Offered = Offered::to(By::Transform, &["datapoint"]);

/// A kind of metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Gauge,
    Sum,
    Histogram,
    Exponential,
    Summary,
}

impl Kind {
    const ALL: [Self; 5] =
        [Self::Gauge, Self::Sum, Self::Histogram, Self::Exponential, Self::Summary];

    /// The field of a metric that holds data of the kind.
    const fn field(self) -> u32 {
        match self {
            Self::Gauge => METRIC::gauge,
            Self::Sum => METRIC::sum,
            Self::Histogram => METRIC::histogram,
            Self::Exponential => METRIC::exponential_histogram,
            Self::Summary => METRIC::summary,
        }
    }

    /// The message of its datapoints.
    const fn point(self) -> &'static schema::Message {
        match self {
            Self::Gauge | Self::Sum => &messages::NUMBER_DATA_POINT,
            Self::Histogram => &messages::HISTOGRAM_DATA_POINT,
            Self::Exponential => &messages::EXPONENTIAL_HISTOGRAM_DATA_POINT,
            Self::Summary => &messages::SUMMARY_DATA_POINT,
        }
    }
}

/// The data of a metric.
#[derive(Clone, Copy, Debug)]
struct Data<'a> {
    kind: Kind,
    /// The gauge, sum, histogram or summary message.
    bytes: &'a [u8],
}

/// The data of a metric, as earlier statements left it; none for an empty metric.
fn data<'a>(metric: &Record<'a>) -> Option<Data<'a>> {
    Kind::ALL
        .into_iter()
        .find_map(|kind| Some(Data { kind, bytes: metric.field(kind.field())?.bytes }))
}

/// The data of a metric if it is of that kind.
fn data_of<'a>(metric: &Record<'a>, kind: Kind) -> Option<&'a [u8]> {
    metric.field(kind.field()).map(|field| field.bytes)
}

/// Gives the metric new data, of any kind, in place of what it has.
fn set_data(frame: &mut Frame<'_, '_>, kind: Kind, data: &[u8]) {
    let data = frame.state.work.arena.alloc_slice_copy(data);
    frame.open.record.set_message(kind.field(), data);
    frame.open.items_changed = true;
}

/// What a metric that is derived from another one does not take from it.
struct Derived {
    name: String,
    description: String,
    unit: String,
    kind: Kind,
    /// The encoded data message.
    data: Vec<u8>,
}

impl Derived {
    /// A metric named after the one at hand, without data.
    fn from(frame: &Frame<'_, '_>, suffix: &str) -> Self {
        let metric = &frame.open.record;
        Self {
            name: [metric.text(METRIC::name), suffix].concat(),
            description: metric.text(METRIC::description).to_owned(),
            unit: metric.text(METRIC::unit).to_owned(),
            kind: Kind::Gauge,
            data: Vec::new(),
        }
    }

    /// Makes it a gauge with encoded number datapoints.
    fn gauge(self, points: Vec<u8>) -> Self {
        Self { kind: Kind::Gauge, data: points, ..self }
    }

    /// Makes it a sum with encoded number datapoints.
    fn sum(self, points: Vec<u8>, temporality: u64, is_monotonic: bool) -> Self {
        Self { kind: Kind::Sum, data: sum_of(points, temporality, is_monotonic), ..self }
    }

    /// Adds it to the scope.
    fn add(&self, frame: &mut Frame<'_, '_>) -> Result<(), EvalError> {
        let encoded = Builder::message_bytes(|metric| {
            metric.text(METRIC::name, &self.name);
            metric.text(METRIC::description, &self.description);
            metric.text(METRIC::unit, &self.unit);
            metric.encoded(self.kind.field(), &self.data);
        });
        append(frame, &encoded)
    }
}

/// Adds an encoded metric to the scope.
fn append(frame: &mut Frame<'_, '_>, metric: &[u8]) -> Result<(), EvalError> {
    let metric = frame.state.work.arena.alloc_slice_copy(metric);
    frame.open.append(metric).map_err(|_| EvalError::TooManyRecords)
}

/// A sum with encoded datapoints.
fn sum_of(points: Vec<u8>, temporality: u64, is_monotonic: bool) -> Vec<u8> {
    const _: () = assert!(GAUGE::data_points == SUM::data_points);
    let mut data = points;
    put_scalar(&mut data, SUM::aggregation_temporality, temporality);
    put_scalar(&mut data, SUM::is_monotonic, u64::from(is_monotonic));
    data
}

/// Appends a varint field that is left out at its default.
fn put_scalar(out: &mut Vec<u8>, number: u32, value: u64) {
    if value != 0 {
        put_tag(out, number, WireType::Varint);
        put_varint(out, value);
    }
}

/// The temporalities as arguments name them.
const DELTA: u64 = 1;
const CUMULATIVE: u64 = 2;

fn temporality(name: &str) -> Option<u64> {
    match name {
        "delta" => Some(DELTA),
        "cumulative" => Some(CUMULATIVE),
        _ => None,
    }
}

/// A start-up rule: the first argument names a temporality.
fn check_temporality(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.text(0).map(temporality) {
        Some(None) => {
            Err(ArgumentFault::new(0, "takes a temporality", "write \"delta\" or \"cumulative\""))
        }
        _ => Ok(()),
    }
}

/// An optional literal text.
fn text_or<'a>(value: Value<'a>, default: &'a str) -> &'a str {
    match value {
        Value::Str(text) => text,
        _ => default,
    }
}

/// The data of a metric whose datapoints have counts and sums, and its temporality.
fn summed<'a>(frame: &Frame<'_, 'a>) -> Result<(Data<'a>, u64), EvalError> {
    let data = data(&frame.open.record);
    let found = data.and_then(|data| match data.kind {
        Kind::Gauge | Kind::Sum => None,
        // What a summary counts never goes back.
        Kind::Summary => Some((data, CUMULATIVE)),
        Kind::Histogram | Kind::Exponential => {
            const _: () = assert!(
                SUM::aggregation_temporality == HISTOGRAM::aggregation_temporality
                    && SUM::aggregation_temporality == EXPONENTIAL::aggregation_temporality
            );
            let field = wire::find(data.bytes, SUM::aggregation_temporality)?;
            Some((data, field.scalar)).filter(|(_, temporality)| *temporality != 0)
        }
    });
    found.ok_or_else(|| {
        let what = "a histogram with a temporality, or a summary, is needed";
        EvalError::Function(what.into())
    })
}

/// Adds a sum with a number for each datapoint of the summary whose datapoint is at hand. The
/// arguments are temporality, monotonicity and suffix.
fn add_sum_of_summary(
    frame: &mut Frame<'_, '_>,
    args: &[Value<'_>],
    default_suffix: &str,
    number: impl Fn(Point<'_>) -> Number,
) -> Result<(), EvalError> {
    let [Value::Str(name), Value::Bool(is_monotonic), suffix] = *args else {
        return Err(EvalError::Internal("sum of a summary"));
    };
    if data_of(&frame.open.record, Kind::Summary).is_none() {
        return Ok(());
    }
    let mut points = Vec::new();
    for raw in points::points(&frame.open.all_points()) {
        let point = Point { kind: Kind::Summary, raw };
        point.put_number(&mut points, number(point), None);
    }
    let derived = Derived::from(frame, text_or(suffix, default_suffix));
    let temporality = temporality(name).unwrap_or_default();
    derived.sum(points, temporality, is_monotonic).add(frame)
}
