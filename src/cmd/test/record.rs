//! Records: what tests put in, and what they expect to come out.

use holt_collector::config::codes::{MISSING, UNKNOWN_KEY};
use holt_collector::config::de::suggest;
use holt_collector::config::yaml::Node;
use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use holt_pdata::Signal;
use serde_json::{Map, Value};

use super::convert::{Converter, split_value};
use super::fields::{
    LOG, METRIC_AROUND, METRIC_OF_POINT, MONOTONIC, POINT, POINT_AROUND, POINTS, SPAN, TEMPORALITY,
    TYPE, TYPES,
};

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Log,
    Span,
    Metric,
    Datapoint,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Log, Self::Span, Self::Metric, Self::Datapoint];

    /// Its name, which is its key in tests and begins its paths.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Span => "span",
            Self::Metric => "metric",
            Self::Datapoint => "datapoint",
        }
    }

    /// The signal that carries it.
    pub(super) const fn signal(self) -> Signal {
        match self {
            Self::Log => Signal::Logs,
            Self::Span => Signal::Traces,
            Self::Metric | Self::Datapoint => Signal::Metrics,
        }
    }
}

/// A record in OTLP/JSON, with `resource` and `scope` beside its own fields, and with `metric` when it
/// is a datapoint.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) kind: Kind,
    pub(super) value: Value,
    /// Where it is written.
    pub(super) place: Location,
}

/// Reads a record: a map with the one key that says what it is.
pub(super) fn record(
    node: &Node,
    others: &[&str],
    expected: bool,
    findings: &mut Vec<Diagnostic>,
) -> Option<Record> {
    let mut convert = Converter { findings, expected };
    let entry = node.as_mapping().and_then(|mapping| match mapping.entries.len() {
        1 => mapping.entries.first(),
        _ => None,
    });
    let names = || Kind::ALL.map(Kind::name).into_iter().chain(others.iter().copied());
    let Some((key, entry)) = entry else {
        let message = format!("expected a record, found {}", node.describe());
        let list = suggest::list(names());
        convert.wrong(node, message, &format!("write a map with one key: {list}"));
        return None;
    };
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == key) else {
        let mut finding = Diagnostic::error(UNKNOWN_KEY, format!("unknown sort of record `{key}`"))
            .label(entry.key, "");
        if let Some(near) = suggest::nearest(key, names()) {
            finding = finding.note(format!("did you mean `{near}`?"));
        }
        findings.push(finding.note(format!("the sorts are {}", suggest::list(names()))));
        return None;
    };
    let before = convert.findings.len();
    let mut value = match kind {
        Kind::Log => convert.object(&entry.value, "log", &[&LOG]),
        Kind::Span => convert.object(&entry.value, "span", &[&SPAN]),
        Kind::Metric => convert.object(&entry.value, "metric", &[&METRIC_OF_POINT, &METRIC_AROUND]),
        Kind::Datapoint => convert.object(&entry.value, "datapoint", &[&POINT, &POINT_AROUND]),
    };
    match kind {
        Kind::Metric => assemble(&mut value, expected),
        Kind::Datapoint => {
            split_value(&mut value);
            point_metric(&mut value, expected);
        }
        Kind::Log | Kind::Span => {}
    }
    if kind == Kind::Datapoint && !expected && !value.contains_key("metric") {
        let finding = Diagnostic::error(MISSING, "the datapoint has no `metric`")
            .label(entry.key, "")
            .note("name it: `metric: requests`, or `metric: {name: requests, type: sum}`");
        convert.findings.push(finding);
    }
    (convert.findings.len() == before).then_some(Record {
        kind,
        value: Value::Object(value),
        place: node.location,
    })
}

/// Puts the datapoints of a metric where its type has them. Of an expected metric without a type they
/// stay where they are, until it is known what they are compared with.
fn assemble(metric: &mut Map<String, Value>, expected: bool) {
    let points = metric.remove(POINTS);
    let kind = match metric.remove(TYPE) {
        Some(Value::String(name)) => Some(name),
        _ if expected => None,
        _ => Some(likely(points.as_ref().and_then(|points| points.get(0))).to_owned()),
    };
    let mut data = Map::new();
    let parts = [
        ("aggregationTemporality", metric.remove(TEMPORALITY)),
        ("isMonotonic", metric.remove(MONOTONIC)),
        ("dataPoints", points),
    ];
    for (name, value) in parts {
        data.extend(value.map(|value| (name.to_owned(), value)));
    }
    let slot = match &kind {
        Some(kind) => TYPES.iter().find(|(name, _)| name == kind).map(|(_, slot)| *slot),
        None if data.is_empty() => None,
        None => Some(POINTS),
    };
    if let Some(slot) = slot {
        metric.insert(slot.to_owned(), Value::Object(data));
    }
}

/// The type that a datapoint without one has.
fn likely(point: Option<&Value>) -> &'static str {
    let has = |key: &str| point.is_some_and(|point| point.get(key).is_some());
    if has("quantileValues") {
        "summary"
    } else if has("scale") || has("positive") || has("negative") {
        "exponential_histogram"
    } else if has("count") || has("bucketCounts") {
        "histogram"
    } else {
        "gauge"
    }
}

/// Gives the metric of a datapoint the shape it has around datapoints: without them.
fn point_metric(point: &mut Map<String, Value>, expected: bool) {
    let kind = likely(Some(&Value::Object(point.clone())));
    if let Some(Value::Object(metric)) = point.get_mut("metric") {
        if !expected && !metric.contains_key(TYPE) {
            metric.insert(TYPE.to_owned(), kind.into());
        }
        assemble(metric, expected);
    }
}

/// Where the data of a metric is: the key of its type.
pub(super) fn data_key(metric: &Value) -> Option<&'static str> {
    let slots = TYPES.iter().map(|(_, slot)| *slot).chain([POINTS]);
    slots.into_iter().find(|slot| metric.get(slot).is_some())
}
