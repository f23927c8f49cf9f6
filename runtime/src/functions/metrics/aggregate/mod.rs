//! Aggregation: datapoints that cannot be told apart become one.
//!
//! A data message enters; one with fewer datapoints leaves. Datapoints belong together when they
//! have the same attributes and time and, for deltas, the same start; histograms also need the same
//! bounds, or scale. What is left of a group stands where its first datapoint stood, and keeps of it
//! what is not aggregated.

mod exponential;
mod histograms;
mod numbers;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use holt_pdata::MapView;
use holt_pdata::messages::numbers::{
    EXPONENTIAL_HISTOGRAM_DATA_POINT as EXPONENTIAL, HISTOGRAM_DATA_POINT as HISTOGRAM, METRIC,
    NUMBER_DATA_POINT as NUMBER, SUM,
};
use holt_pdata::messages::{ExponentialHistogramDataPointView, HistogramDataPointView};
use holt_pdata::wire::{self, put_len};

use super::super::{ArgumentFault, Arguments};
use super::points::{POINTS, Point, made_over, points};
use super::{DELTA, Data, Kind, set_data};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::text::json::{Style, push_json};
use crate::value::Value;

/// What is aggregated may grow by so much, and to so many bytes in any case.
const MAX_GROWTH: usize = 10;
const ALWAYS: usize = 1 << 20;

/// How numbers become one. Histograms are always added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Sum,
    Mean,
    Min,
    Max,
    Median,
    /// How many there were, where there was more than one.
    Count,
}

const FUNCTIONS: [(&str, Function); 6] = [
    ("sum", Function::Sum),
    ("mean", Function::Mean),
    ("min", Function::Min),
    ("max", Function::Max),
    ("median", Function::Median),
    ("count", Function::Count),
];

impl Function {
    /// The function of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }
}

/// A start-up rule: the first argument names a function.
pub(super) fn check_function(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.text(0).map(Function::named) {
        Some(None) => {
            let known = FUNCTIONS.map(|(name, _)| name).join(", ");
            Err(ArgumentFault::new(0, "does not know this aggregation", format!("one of {known}")))
        }
        _ => Ok(()),
    }
}

/// Gives the metric aggregated data. Of an aggregated metric, the metadata is gone.
///
/// # Errors
/// When datapoints that belong together do not fit each other.
pub(super) fn aggregate(
    frame: &mut Frame<'_, '_>,
    data: Option<Data<'_>>,
    function: Function,
) -> Result<(), EvalError> {
    if let Some(data) = data {
        set_data(frame, data.kind, &aggregated(data, function)?);
    }
    frame.open.record.clear(METRIC::metadata);
    Ok(())
}

fn aggregated(data: Data<'_>, function: Function) -> Result<Vec<u8>, EvalError> {
    let mut out = Vec::with_capacity(data.bytes.len());
    for group in groups(data) {
        let merged = match data.kind {
            Kind::Gauge | Kind::Sum => numbers::merged(&group, function),
            Kind::Histogram => histograms::merged(&group)?,
            Kind::Exponential => exponential::merged(&group)?,
            // Of a summary nothing is left.
            Kind::Summary => continue,
        };
        put_len(&mut out, POINTS, &merged);
        // Only gaps between the buckets of exponential histograms can do that.
        if out.len() > data.bytes.len().saturating_mul(MAX_GROWTH).max(ALWAYS) {
            return Err(exponential::too_many());
        }
    }
    out.extend(made_over(data.bytes, |field, _| field.number == POINTS));
    Ok(out)
}

/// The datapoints that belong together, in the order of the first of each group.
fn groups(data: Data<'_>) -> Vec<Vec<&[u8]>> {
    let is_delta = data.kind != Kind::Gauge
        && wire::find(data.bytes, SUM::aggregation_temporality)
            .is_some_and(|field| field.scalar == DELTA);
    let mut places = HashMap::new();
    let mut groups: Vec<Vec<&[u8]>> = Vec::new();
    for raw in points(data.bytes) {
        match places.entry(Key::of(Point { kind: data.kind, raw }, is_delta)) {
            Entry::Vacant(entry) => {
                entry.insert(groups.len());
                groups.push(vec![raw]);
            }
            Entry::Occupied(entry) => {
                if let Some(group) = groups.get_mut(*entry.get()) {
                    group.push(raw);
                }
            }
        }
    }
    groups
}

/// What datapoints of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Told {
        /// As JSON, in which one value may stand for several: integers and doubles, texts and bytes.
        attributes: String,
        time: u64,
        start: Option<u64>,
        shape: Shape,
    },
    /// It holds numbers that are not finite, which JSON cannot tell: all these are one group.
    Untold,
}

/// What histograms need to have in common besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Shape {
    bounds: Vec<u64>,
    scale: i32,
    has: (bool, bool),
    flags: u32,
}

impl Key {
    fn of(point: Point<'_>, is_delta: bool) -> Self {
        const _: () = assert!(
            NUMBER::time_unix_nano == HISTOGRAM::time_unix_nano
                && NUMBER::time_unix_nano == EXPONENTIAL::time_unix_nano
                && NUMBER::start_time_unix_nano == HISTOGRAM::start_time_unix_nano
                && NUMBER::start_time_unix_nano == EXPONENTIAL::start_time_unix_nano
        );
        let scalar = |number| wire::find(point.raw, number).map_or(0, |field| field.scalar);
        let shape = match point.kind {
            Kind::Histogram => {
                let point = HistogramDataPointView::new(point.raw);
                let bounds: Vec<f64> = point.explicit_bounds().iter().collect();
                if !bounds.iter().all(|bound| bound.is_finite()) {
                    return Self::Untold;
                }
                Shape {
                    bounds: bounds.into_iter().map(f64::to_bits).collect(),
                    has: (point.min().is_some(), point.max().is_some()),
                    flags: point.flags(),
                    ..Shape::default()
                }
            }
            Kind::Exponential => {
                let point = ExponentialHistogramDataPointView::new(point.raw);
                Shape {
                    scale: point.scale(),
                    has: (point.min().is_some(), point.max().is_some()),
                    flags: point.flags(),
                    ..Shape::default()
                }
            }
            _ => Shape::default(),
        };
        let mut map = Vec::new();
        for attribute in point.attributes() {
            put_len(&mut map, 1, attribute);
        }
        let mut attributes = String::new();
        let written = push_json(&mut attributes, Value::Map(MapView::new(&map)), Style::Escaped);
        if written.is_err() {
            return Self::Untold;
        }
        Self::Told {
            attributes,
            time: scalar(NUMBER::time_unix_nano),
            start: is_delta.then(|| scalar(NUMBER::start_time_unix_nano)),
            shape,
        }
    }
}
