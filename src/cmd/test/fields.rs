//! The short form of records in tests: which keys there are, and what they are in OTLP/JSON.

use holt_pdata::schema::Enum;
use holt_pdata::schema::enums::{AGGREGATION_TEMPORALITY, SEVERITY_NUMBER, SPAN_KIND, STATUS_CODE};

/// A key of the short form.
#[derive(Debug)]
pub(super) struct Field {
    /// The key.
    pub(super) key: &'static str,
    /// Its name in OTLP/JSON.
    pub(super) json: &'static str,
    /// What it is set to.
    pub(super) form: Form,
}

/// What a key is set to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// Any value that telemetry holds.
    Any,
    /// A map of attributes.
    Attributes,
    /// Text.
    Text,
    /// A whole number of at most 32 bits.
    Whole,
    /// A whole number of 64 bits.
    Long,
    /// A number.
    Double,
    /// A truth value.
    Bool,
    /// A time: nanoseconds since 1970, or RFC 3339.
    Time,
    /// Hexadecimal digits of so many bytes.
    Id(usize),
    /// A number, or its name without the prefix.
    Symbol(&'static Enum, &'static str),
    /// A map with these keys.
    Object(&'static [Field]),
    /// A list of maps with these keys.
    Objects(&'static [Field]),
    /// A list of whole numbers of 64 bits.
    Longs,
    /// A list of numbers.
    Doubles,
    /// The attributes of the resource.
    Resource,
    /// The scope: its name, or a map with [`SCOPE`]'s keys.
    Scope,
    /// A whole number or one with a fraction, which OTLP tells apart.
    Value,
    /// One of [`TYPES`].
    Type,
    /// The metric of a datapoint: its name, or a map with [`METRIC_OF_POINT`]'s keys.
    Metric,
}

const fn field(key: &'static str, json: &'static str, form: Form) -> Field {
    Field { key, json, form }
}

/// The keys of a scope.
pub(super) static SCOPE: [Field; 3] = [
    field("name", "name", Form::Text),
    field("version", "version", Form::Text),
    field("attributes", "attributes", Form::Attributes),
];

/// The keys of a log record.
pub(super) static LOG: [Field; 13] = [
    field("body", "body", Form::Any),
    field("severity_number", "severityNumber", Form::Symbol(&SEVERITY_NUMBER, "SEVERITY_NUMBER_")),
    field("severity_text", "severityText", Form::Text),
    field("attributes", "attributes", Form::Attributes),
    field("time", "timeUnixNano", Form::Time),
    field("observed_time", "observedTimeUnixNano", Form::Time),
    field("trace_id", "traceId", Form::Id(16)),
    field("span_id", "spanId", Form::Id(8)),
    field("flags", "flags", Form::Whole),
    field("event_name", "eventName", Form::Text),
    field("dropped_attributes_count", "droppedAttributesCount", Form::Whole),
    field("resource", "resource", Form::Resource),
    field("scope", "scope", Form::Scope),
];

static STATUS: [Field; 2] = [
    field("code", "code", Form::Symbol(&STATUS_CODE, "STATUS_CODE_")),
    field("message", "message", Form::Text),
];

static EVENT: [Field; 4] = [
    field("name", "name", Form::Text),
    field("time", "timeUnixNano", Form::Time),
    field("attributes", "attributes", Form::Attributes),
    field("dropped_attributes_count", "droppedAttributesCount", Form::Whole),
];

static LINK: [Field; 5] = [
    field("trace_id", "traceId", Form::Id(16)),
    field("span_id", "spanId", Form::Id(8)),
    field("trace_state", "traceState", Form::Text),
    field("attributes", "attributes", Form::Attributes),
    field("flags", "flags", Form::Whole),
];

/// The keys of a span.
pub(super) static SPAN: [Field; 18] = [
    field("name", "name", Form::Text),
    field("kind", "kind", Form::Symbol(&SPAN_KIND, "SPAN_KIND_")),
    field("trace_id", "traceId", Form::Id(16)),
    field("span_id", "spanId", Form::Id(8)),
    field("parent_span_id", "parentSpanId", Form::Id(8)),
    field("trace_state", "traceState", Form::Text),
    field("start_time", "startTimeUnixNano", Form::Time),
    field("end_time", "endTimeUnixNano", Form::Time),
    field("attributes", "attributes", Form::Attributes),
    field("status", "status", Form::Object(&STATUS)),
    field("events", "events", Form::Objects(&EVENT)),
    field("links", "links", Form::Objects(&LINK)),
    field("flags", "flags", Form::Whole),
    field("dropped_attributes_count", "droppedAttributesCount", Form::Whole),
    field("dropped_events_count", "droppedEventsCount", Form::Whole),
    field("dropped_links_count", "droppedLinksCount", Form::Whole),
    field("resource", "resource", Form::Resource),
    field("scope", "scope", Form::Scope),
];

static BUCKETS: [Field; 2] =
    [field("offset", "offset", Form::Whole), field("bucket_counts", "bucketCounts", Form::Longs)];

static QUANTILE: [Field; 2] =
    [field("quantile", "quantile", Form::Double), field("value", "value", Form::Double)];

/// The keys of a datapoint within a metric.
pub(super) static POINT: [Field; 17] = [
    field("value", "value", Form::Value),
    field("attributes", "attributes", Form::Attributes),
    field("time", "timeUnixNano", Form::Time),
    field("start_time", "startTimeUnixNano", Form::Time),
    field("flags", "flags", Form::Whole),
    field("count", "count", Form::Long),
    field("sum", "sum", Form::Double),
    field("min", "min", Form::Double),
    field("max", "max", Form::Double),
    field("bucket_counts", "bucketCounts", Form::Longs),
    field("explicit_bounds", "explicitBounds", Form::Doubles),
    field("scale", "scale", Form::Whole),
    field("zero_count", "zeroCount", Form::Long),
    field("zero_threshold", "zeroThreshold", Form::Double),
    field("positive", "positive", Form::Object(&BUCKETS)),
    field("negative", "negative", Form::Object(&BUCKETS)),
    field("quantile_values", "quantileValues", Form::Objects(&QUANTILE)),
];

/// The keys of a datapoint that stands by itself, besides those of [`POINT`].
pub(super) static POINT_AROUND: [Field; 3] = [
    field("metric", "metric", Form::Metric),
    field("resource", "resource", Form::Resource),
    field("scope", "scope", Form::Scope),
];

/// The key of a metric's datapoints in the converted form, whatever the type of the metric.
pub(super) const POINTS: &str = "$points";
/// The key of a metric's type in the converted form.
pub(super) const TYPE: &str = "$type";
/// The key of its temporality there.
pub(super) const TEMPORALITY: &str = "$temporality";
/// The key of whether it is monotonic there.
pub(super) const MONOTONIC: &str = "$monotonic";

/// The keys of a datapoint's metric.
pub(super) static METRIC_OF_POINT: [Field; 6] = [
    field("name", "name", Form::Text),
    field("description", "description", Form::Text),
    field("unit", "unit", Form::Text),
    field("type", TYPE, Form::Type),
    field(
        "temporality",
        TEMPORALITY,
        Form::Symbol(&AGGREGATION_TEMPORALITY, "AGGREGATION_TEMPORALITY_"),
    ),
    field("monotonic", MONOTONIC, Form::Bool),
];

/// The keys of a metric, besides those of [`METRIC_OF_POINT`].
pub(super) static METRIC_AROUND: [Field; 3] = [
    field("datapoints", POINTS, Form::Objects(&POINT)),
    field("resource", "resource", Form::Resource),
    field("scope", "scope", Form::Scope),
];

/// The types of metrics, and where OTLP/JSON keeps the datapoints of each.
pub(super) const TYPES: [(&str, &str); 5] = [
    ("gauge", "gauge"),
    ("sum", "sum"),
    ("histogram", "histogram"),
    ("exponential_histogram", "exponentialHistogram"),
    ("summary", "summary"),
];
