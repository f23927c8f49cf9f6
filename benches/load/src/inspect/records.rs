//! Spans, datapoints and log records as JSON, without what differs from run to run.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    ExponentialHistogramDataPoint, HistogramDataPoint, Metric, NumberDataPoint, SummaryDataPoint,
    number_data_point,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::{Value, json};

use super::SpanNames;
use super::value::{attributes, hex, optional, resource, scope};

/// The names of all spans, to stand for their ids.
pub(super) fn span_names(requests: &[ExportTraceServiceRequest]) -> SpanNames {
    let scopes = requests.iter().flat_map(|r| &r.resource_spans).flat_map(|r| &r.scope_spans);
    scopes.flat_map(|s| &s.spans).map(|span| (span.span_id.clone(), span.name.clone())).collect()
}

/// One value for each span.
pub(super) fn spans(
    requests: &[ExportTraceServiceRequest],
    names: &SpanNames,
    lines: &mut Vec<Value>,
) {
    for group in requests.iter().flat_map(|request| &request.resource_spans) {
        for scoped in &group.scope_spans {
            lines.extend(scoped.spans.iter().map(|one| {
                json!({
                    "record": "span",
                    "resource": resource(group.resource.as_ref(), &group.schema_url),
                    "scope": scope(scoped.scope.as_ref(), &scoped.schema_url),
                    "span": span(one, names),
                })
            }));
        }
    }
}

fn span(span: &Span, names: &SpanNames) -> Value {
    let events: Vec<Value> = span
        .events
        .iter()
        .map(|event| {
            json!({
                "name": event.name,
                "time": event.time_unix_nano > 0,
                "attributes": attributes(&event.attributes),
                "dropped": event.dropped_attributes_count,
            })
        })
        .collect();
    let links: Vec<Value> = span
        .links
        .iter()
        .map(|link| {
            json!({
                "trace": hex(&link.trace_id),
                "span": hex(&link.span_id),
                "state": link.trace_state,
                "flags": link.flags,
                "attributes": attributes(&link.attributes),
                "dropped": link.dropped_attributes_count,
            })
        })
        .collect();
    json!({
        "name": span.name,
        "kind": span.kind,
        "trace": span.trace_id.len(),
        "parent": span_name(&span.parent_span_id, names),
        "state": span.trace_state,
        "flags": span.flags,
        "times": [span.start_time_unix_nano > 0, span.end_time_unix_nano > 0],
        "attributes": attributes(&span.attributes),
        "events": events,
        "links": links,
        "dropped": [
            span.dropped_attributes_count,
            span.dropped_events_count,
            span.dropped_links_count,
        ],
        "status": span.status.as_ref().map(|status| json!([status.code, status.message])),
    })
}

/// The name of the span with this id; its length if there is none.
fn span_name(id: &[u8], names: &SpanNames) -> Value {
    names.get(id).map_or_else(|| json!(id.len()), |name| json!(name))
}

/// One value for each log record.
pub(super) fn logs(
    requests: &[ExportLogsServiceRequest],
    names: &SpanNames,
    lines: &mut Vec<Value>,
) {
    for group in requests.iter().flat_map(|request| &request.resource_logs) {
        for scoped in &group.scope_logs {
            lines.extend(scoped.log_records.iter().map(|record| {
                json!({
                    "record": "log",
                    "resource": resource(group.resource.as_ref(), &group.schema_url),
                    "scope": scope(scoped.scope.as_ref(), &scoped.schema_url),
                    "log": log(record, names),
                })
            }));
        }
    }
}

fn log(record: &LogRecord, names: &SpanNames) -> Value {
    json!({
        // Given by the program, unlike the time at which it was observed.
        "time": record.time_unix_nano,
        "observed": record.observed_time_unix_nano > 0,
        "severity": [json!(record.severity_number), json!(record.severity_text)],
        "event": record.event_name,
        "body": optional(record.body.as_ref()),
        "attributes": attributes(&record.attributes),
        "dropped": record.dropped_attributes_count,
        "flags": record.flags,
        "trace": record.trace_id.len(),
        "span": span_name(&record.span_id, names),
    })
}

/// One value for each datapoint; for a metric without points, one that says so.
pub(super) fn points(requests: &[ExportMetricsServiceRequest], lines: &mut Vec<Value>) {
    for group in requests.iter().flat_map(|request| &request.resource_metrics) {
        for scoped in &group.scope_metrics {
            for metric in &scoped.metrics {
                let (kind, mut points) = data(metric);
                if points.is_empty() {
                    points.push(Value::Null);
                }
                lines.extend(points.into_iter().map(|point| {
                    json!({
                        "record": "point",
                        "resource": resource(group.resource.as_ref(), &group.schema_url),
                        "scope": scope(scoped.scope.as_ref(), &scoped.schema_url),
                        "metric": [metric.name, metric.description, metric.unit],
                        "metadata": attributes(&metric.metadata),
                        "kind": kind,
                        "point": point,
                    })
                }));
            }
        }
    }
}

/// The kind of a metric with what belongs to it, and its points.
fn data(metric: &Metric) -> (Value, Vec<Value>) {
    match &metric.data {
        None => (Value::Null, Vec::new()),
        Some(Data::Gauge(gauge)) => {
            (json!("gauge"), gauge.data_points.iter().map(number).collect())
        }
        Some(Data::Sum(sum)) => (
            json!(["sum", sum.aggregation_temporality, sum.is_monotonic]),
            sum.data_points.iter().map(number).collect(),
        ),
        Some(Data::Histogram(histogram)) => (
            json!(["histogram", histogram.aggregation_temporality]),
            histogram.data_points.iter().map(explicit).collect(),
        ),
        Some(Data::ExponentialHistogram(histogram)) => (
            json!(["exponential histogram", histogram.aggregation_temporality]),
            histogram.data_points.iter().map(exponential).collect(),
        ),
        Some(Data::Summary(summary)) => {
            (json!("summary"), summary.data_points.iter().map(quantiles).collect())
        }
    }
}

fn number(point: &NumberDataPoint) -> Value {
    let value = match point.value {
        None => Value::Null,
        Some(number_data_point::Value::AsInt(number)) => json!({ "int": number }),
        Some(number_data_point::Value::AsDouble(number)) => double(number),
    };
    json!({
        "attributes": attributes(&point.attributes),
        "value": value,
        "times": [point.start_time_unix_nano > 0, point.time_unix_nano > 0],
        "flags": point.flags,
        "exemplars": point.exemplars.len(),
    })
}

fn explicit(point: &HistogramDataPoint) -> Value {
    json!({
        "attributes": attributes(&point.attributes),
        "count": point.count,
        "sum": point.sum.map(double),
        "range": [point.min.map(double), point.max.map(double)],
        "buckets": point.bucket_counts,
        "bounds": point.explicit_bounds.iter().copied().map(double).collect::<Vec<_>>(),
        "times": [point.start_time_unix_nano > 0, point.time_unix_nano > 0],
        "flags": point.flags,
        "exemplars": point.exemplars.len(),
    })
}

fn exponential(point: &ExponentialHistogramDataPoint) -> Value {
    let buckets = |buckets: Option<&Buckets>| {
        buckets.map(|buckets| json!([buckets.offset, buckets.bucket_counts]))
    };
    json!({
        "attributes": attributes(&point.attributes),
        "count": point.count,
        "sum": point.sum.map(double),
        "range": [point.min.map(double), point.max.map(double)],
        "scale": point.scale,
        "zero": [json!(point.zero_count), double(point.zero_threshold)],
        "positive": buckets(point.positive.as_ref()),
        "negative": buckets(point.negative.as_ref()),
        "times": [point.start_time_unix_nano > 0, point.time_unix_nano > 0],
        "flags": point.flags,
        "exemplars": point.exemplars.len(),
    })
}

fn quantiles(point: &SummaryDataPoint) -> Value {
    let values = point.quantile_values.iter();
    json!({
        "attributes": attributes(&point.attributes),
        "count": point.count,
        "sum": double(point.sum),
        "quantiles": values.map(|q| [double(q.quantile), double(q.value)]).collect::<Vec<_>>(),
        "times": [point.start_time_unix_nano > 0, point.time_unix_nano > 0],
        "flags": point.flags,
    })
}

/// As text, since JSON has neither NaN nor infinities.
fn double(number: f64) -> Value {
    json!({ "double": number.to_string() })
}
