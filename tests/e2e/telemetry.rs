//! Requests with a bit of everything, so that what is lost on the way is missed.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint,
    Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint,
    number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message;

const TIME: u64 = 1_763_800_000_123_456_789;

/// A value.
pub(crate) fn any(value: Value) -> Option<AnyValue> {
    Some(AnyValue { value: Some(value) })
}

/// A text as a value.
pub(crate) fn text(text: &str) -> Option<AnyValue> {
    any(Value::StringValue(text.to_owned()))
}

/// An attribute.
pub(crate) fn attribute(key: &str, value: Option<AnyValue>) -> KeyValue {
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

/// An attribute for every kind of value.
fn attributes() -> Vec<KeyValue> {
    let list = ArrayValue {
        values: vec![text("하나").unwrap(), AnyValue::default(), any(Value::IntValue(2)).unwrap()],
    };
    let empty = Some(AnyValue::default());
    let map =
        KeyValueList { values: vec![attribute("inner", text("x")), attribute("empty", empty)] };
    vec![
        attribute("text", text("서울 ☂")),
        attribute("empty text", text("")),
        attribute("yes", any(Value::BoolValue(true))),
        attribute("no", any(Value::BoolValue(false))),
        attribute("int", any(Value::IntValue(i64::MIN))),
        attribute("double", any(Value::DoubleValue(0.1))),
        attribute("bytes", any(Value::BytesValue(vec![0, 255, 7]))),
        attribute("list", any(Value::ArrayValue(list))),
        attribute("map", any(Value::KvlistValue(map))),
    ]
}

fn resource(attributes: Vec<KeyValue>) -> Option<Resource> {
    Some(Resource { attributes, dropped_attributes_count: 3, ..Resource::default() })
}

fn scope() -> Option<InstrumentationScope> {
    Some(InstrumentationScope {
        name: "tests".to_owned(),
        version: "1.2".to_owned(),
        attributes: vec![attribute("scope", text("here"))],
        dropped_attributes_count: 1,
    })
}

/// Two spans of one resource and one of another.
pub(crate) fn traces() -> ExportTraceServiceRequest {
    let span = |id: u8| Span {
        trace_id: vec![id; 16],
        span_id: vec![id; 8],
        parent_span_id: vec![id + 1; 8],
        trace_state: "vendor=1".to_owned(),
        flags: 0x101,
        name: format!("GET /{id}"),
        kind: 2,
        start_time_unix_nano: TIME,
        end_time_unix_nano: TIME + u64::from(id),
        attributes: attributes(),
        dropped_attributes_count: 4,
        events: vec![Event {
            time_unix_nano: TIME,
            name: "retry".to_owned(),
            attributes: attributes(),
            dropped_attributes_count: 5,
        }],
        dropped_events_count: 6,
        links: vec![Link {
            trace_id: vec![9; 16],
            span_id: vec![8; 8],
            trace_state: "a=b".to_owned(),
            attributes: vec![attribute("link", text("to"))],
            dropped_attributes_count: 7,
            flags: 1,
        }],
        dropped_links_count: 8,
        status: Some(Status { message: "failed".to_owned(), code: 2 }),
    };
    let of = |attributes, spans| ResourceSpans {
        resource: resource(attributes),
        scope_spans: vec![ScopeSpans {
            scope: scope(),
            spans,
            schema_url: "https://opentelemetry.io/schemas/1.37.0".to_owned(),
        }],
        schema_url: "https://opentelemetry.io/schemas/1.36.0".to_owned(),
    };
    let first = of(attributes(), vec![span(1), span(2)]);
    let second = of(vec![attribute("service.name", text("b"))], vec![span(3)]);
    ExportTraceServiceRequest { resource_spans: vec![first, second] }
}

/// Two datapoints of each of the five kinds, of a resource with these attributes.
pub(crate) fn metrics_of(resource_attributes: Vec<KeyValue>) -> ExportMetricsServiceRequest {
    let attributes = |id: u64| vec![attribute("id", any(Value::IntValue(id as i64)))];
    let number = |id: u64| NumberDataPoint {
        attributes: attributes(id),
        start_time_unix_nano: TIME,
        time_unix_nano: TIME + id,
        flags: 0,
        value: Some(match id {
            1 => number_data_point::Value::AsInt(-5),
            _ => number_data_point::Value::AsDouble(2.5),
        }),
        ..NumberDataPoint::default()
    };
    let histogram = |id: u64| HistogramDataPoint {
        attributes: attributes(id),
        time_unix_nano: TIME,
        count: 6,
        sum: Some(12.5),
        bucket_counts: vec![1, 2, 3],
        explicit_bounds: vec![1.0, 5.0],
        min: Some(0.5),
        max: Some(7.0),
        ..HistogramDataPoint::default()
    };
    let exponential = |id: u64| ExponentialHistogramDataPoint {
        attributes: attributes(id),
        time_unix_nano: TIME,
        count: 4,
        sum: Some(1.0),
        scale: -2,
        zero_count: 1,
        positive: Some(Buckets { offset: -3, bucket_counts: vec![1, 2] }),
        negative: Some(Buckets { offset: 2, bucket_counts: vec![] }),
        zero_threshold: 0.001,
        ..ExponentialHistogramDataPoint::default()
    };
    let summary = |id: u64| SummaryDataPoint {
        attributes: attributes(id),
        time_unix_nano: TIME,
        count: 9,
        sum: 81.0,
        quantile_values: vec![ValueAtQuantile { quantile: 0.99, value: 10.0 }],
        ..SummaryDataPoint::default()
    };
    let both = [1, 2];
    let (temporality, monotonic) = (2, true);
    let data = [
        Data::Gauge(Gauge { data_points: both.map(number).into() }),
        Data::Sum(Sum {
            data_points: both.map(number).into(),
            aggregation_temporality: temporality,
            is_monotonic: monotonic,
        }),
        Data::Histogram(Histogram {
            data_points: both.map(histogram).into(),
            aggregation_temporality: temporality,
        }),
        Data::ExponentialHistogram(ExponentialHistogram {
            data_points: both.map(exponential).into(),
            aggregation_temporality: temporality,
        }),
        Data::Summary(Summary { data_points: both.map(summary).into() }),
    ];
    let metrics = data.into_iter().enumerate().map(|(index, data)| Metric {
        name: format!("metric.{index}"),
        description: "for a test".to_owned(),
        unit: "1".to_owned(),
        metadata: vec![],
        data: Some(data),
    });
    let scope_metrics =
        ScopeMetrics { scope: scope(), metrics: metrics.collect(), schema_url: String::new() };
    let resource = resource(resource_attributes);
    let resource_metrics =
        ResourceMetrics { resource, scope_metrics: vec![scope_metrics], schema_url: String::new() };
    ExportMetricsServiceRequest { resource_metrics: vec![resource_metrics] }
}

/// How many datapoints [`metrics_of`] holds.
pub(crate) const DATAPOINTS: usize = 10;

/// Ten datapoints.
pub(crate) fn metrics() -> ExportMetricsServiceRequest {
    metrics_of(attributes())
}

/// Two log records, one with a text for a body and one with a map.
pub(crate) fn logs() -> ExportLogsServiceRequest {
    let map = KeyValueList { values: vec![attribute("order", any(Value::IntValue(7)))] };
    let record = |body| LogRecord {
        time_unix_nano: TIME,
        observed_time_unix_nano: TIME + 1,
        severity_number: 17,
        severity_text: "ERROR".to_owned(),
        body,
        attributes: attributes(),
        dropped_attributes_count: 2,
        flags: 1,
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        event_name: "order.refused".to_owned(),
    };
    let records = vec![record(text("refused")), record(any(Value::KvlistValue(map)))];
    let scope_logs = ScopeLogs { scope: scope(), log_records: records, schema_url: String::new() };
    let resource_logs = ResourceLogs {
        resource: resource(attributes()),
        scope_logs: vec![scope_logs],
        schema_url: String::new(),
    };
    ExportLogsServiceRequest { resource_logs: vec![resource_logs] }
}

/// The three requests encoded, in the order of [`crate::client::PATHS`].
pub(crate) fn encoded() -> [Vec<u8>; 3] {
    [traces().encode_to_vec(), metrics().encode_to_vec(), logs().encode_to_vec()]
}
