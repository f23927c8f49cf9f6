//! Edits through `edit` equal the same edits on prost's types.

#![allow(clippy::unwrap_used)] // A panic is how a test fails.

use bytes::Bytes;
use holt_pdata::messages::numbers;
use holt_pdata::{Batch, Editor, Level, Open, Signal, ValueView, Verdict, edit};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use prost::Message;

#[path = "../../../benches/fixtures/spans.rs"]
mod spans;

/// An editor made of a closure.
struct Each<F>(F);

impl<'a, F: FnMut(&mut Open<'a>) -> Verdict> Editor<'a> for Each<F> {
    type Error = std::convert::Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        Ok((self.0)(open))
    }
}

fn traces() -> (ExportTraceServiceRequest, Batch) {
    let request = spans::request(40, spans::Text::Korean);
    let batch = Batch::decode(Signal::Traces, Bytes::from(request.encode_to_vec())).unwrap();
    assert_eq!(batch.items(), 40);
    (request, batch)
}

fn decoded(batch: &Batch) -> ExportTraceServiceRequest {
    // What was written must be readable without repair, and hold what `items` says.
    let again = Batch::decode(batch.signal(), batch.bytes().clone()).unwrap();
    assert_eq!(again.repairs(), holt_pdata::Repairs::default());
    assert_eq!(again.items(), batch.items());
    ExportTraceServiceRequest::decode(batch.bytes().clone()).unwrap()
}

fn run<'a>(batch: &'a Batch, level: Level, f: impl FnMut(&mut Open<'a>) -> Verdict) -> Batch {
    edit(batch, level, &mut Each(f)).unwrap()
}

fn text(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.into())) };
    KeyValue { key: key.into(), value: Some(value), ..Default::default() }
}

fn each_span(
    request: &mut ExportTraceServiceRequest,
    mut f: impl FnMut(&mut opentelemetry_proto::tonic::trace::v1::Span),
) {
    for resource in &mut request.resource_spans {
        for scope in &mut resource.scope_spans {
            scope.spans.iter_mut().for_each(&mut f);
        }
    }
}

#[test]
fn an_editor_that_changes_nothing_returns_the_same_bytes() {
    let (_, batch) = traces();
    let same = run(&batch, Level::SpanEvent, |_| Verdict::Keep);
    assert_eq!(same.bytes().as_ptr(), batch.bytes().as_ptr());
}

#[test]
fn attributes_are_replaced_appended_and_removed() {
    let (mut request, batch) = traces();
    let edited = run(&batch, Level::Record, |open| {
        open.record.set_attribute("url.scheme", ValueView::Str("http"));
        open.record.set_attribute("k", ValueView::Int(-1));
        open.record.remove_attribute("server.port");
        Verdict::Keep
    });
    each_span(&mut request, |span| {
        for attribute in &mut span.attributes {
            if attribute.key == "url.scheme" {
                *attribute = text("url.scheme", "http");
            }
        }
        span.attributes.retain(|attribute| attribute.key != "server.port");
        let value = AnyValue { value: Some(any_value::Value::IntValue(-1)) };
        span.attributes.push(KeyValue {
            key: "k".into(),
            value: Some(value),
            ..Default::default()
        });
    });
    assert_eq!(decoded(&edited), request);
}

#[test]
fn scalars_are_set_and_cleared_in_number_order() {
    let (mut request, batch) = traces();
    let edited = run(&batch, Level::Record, |open| {
        open.record.set_text(numbers::SPAN::name, "renamed");
        open.record.set_text(numbers::SPAN::trace_state, "a=b");
        open.record.set_varint(numbers::SPAN::kind, 0);
        open.record.set_varint(numbers::SPAN::dropped_links_count, 3);
        open.record.set_fixed32(numbers::SPAN::flags, 1);
        Verdict::Keep
    });
    each_span(&mut request, |span| {
        span.name = "renamed".into();
        span.trace_state = "a=b".into();
        span.kind = 0;
        span.dropped_links_count = 3;
        span.flags = 1;
    });
    assert_eq!(decoded(&edited), request);
    // Number order throughout is what prost writes, so the bytes agree too.
    assert_eq!(edited.bytes(), &request.encode_to_vec());
}

#[test]
fn children_may_edit_their_parents() {
    let (mut request, batch) = traces();
    let edited = run(&batch, Level::Record, |open| {
        let name = open.record.attribute("enduser.id").unwrap();
        open.resource.set_attribute("last.user", name);
        open.scope.set_text(numbers::INSTRUMENTATION_SCOPE::version, "");
        open.scope_envelope.set_text(numbers::SCOPE_SPANS::schema_url, "https://example.org/1");
        Verdict::Keep
    });
    for resource in &mut request.resource_spans {
        let last = resource.scope_spans[0].spans.last().unwrap().attributes.clone();
        let user = last.into_iter().find(|attribute| attribute.key == "enduser.id").unwrap();
        let attribute = KeyValue { key: "last.user".into(), ..user };
        resource.resource.as_mut().unwrap().attributes.push(attribute);
        resource.scope_spans[0].scope.as_mut().unwrap().version = String::new();
        resource.scope_spans[0].schema_url = "https://example.org/1".into();
    }
    assert_eq!(decoded(&edited), request);
}

#[test]
fn events_and_their_span_are_edited_together() {
    let (mut request, batch) = traces();
    let edited = run(&batch, Level::SpanEvent, |open| {
        let kind = open.child.attribute("exception.type").unwrap();
        open.record.set_attribute("error.type", kind);
        open.record.clear(numbers::SPAN::status);
        open.child.set_text(numbers::SPAN_EVENT::name, "error");
        Verdict::Keep
    });
    each_span(&mut request, |span| {
        if let Some(event) = span.events.first_mut() {
            event.name = "error".into();
            span.attributes.push(text("error.type", "java.net.SocketTimeoutException"));
            span.status = None;
        }
    });
    assert_eq!(decoded(&edited), request);
}

#[test]
fn dropped_records_go_and_empty_parents_with_them() {
    let (mut request, batch) = traces();
    let mut seen = 0;
    let edited = run(&batch, Level::Record, |_| {
        seen += 1;
        if seen <= 10 || seen % 2 == 0 { Verdict::Drop } else { Verdict::Keep }
    });
    request.resource_spans.remove(0);
    for resource in &mut request.resource_spans {
        let mut index = 0;
        resource.scope_spans[0].spans.retain(|_| {
            index += 1;
            index % 2 == 1
        });
    }
    assert_eq!(edited.items(), 15);
    assert_eq!(decoded(&edited), request);
    let none = run(&batch, Level::Resource, |_| Verdict::Drop);
    assert!(none.is_empty() && none.bytes().is_empty());
}

#[test]
fn edits_without_a_resource_create_one() {
    let bytes = ExportTraceServiceRequest {
        resource_spans: vec![opentelemetry_proto::tonic::trace::v1::ResourceSpans {
            scope_spans: vec![Default::default()],
            ..Default::default()
        }],
    }
    .encode_to_vec();
    let batch = Batch::decode(Signal::Traces, Bytes::from(bytes)).unwrap();
    let edited = run(&batch, Level::Resource, |open| {
        open.resource.set_attribute("cluster_name", ValueView::Str("서울"));
        Verdict::Keep
    });
    let request = decoded(&edited);
    let resource = request.resource_spans[0].resource.as_ref().unwrap();
    assert_eq!(resource.attributes, [text("cluster_name", "서울")]);
    assert_eq!(edited.bytes(), &request.encode_to_vec());
}

#[test]
fn new_fields_at_the_end_of_a_child_and_behind_it_stay_apart() {
    let spans = vec![opentelemetry_proto::tonic::trace::v1::Span {
        name: "GET".into(),
        ..Default::default()
    }];
    let scope = opentelemetry_proto::tonic::trace::v1::ScopeSpans { spans, ..Default::default() };
    let mut request = ExportTraceServiceRequest {
        resource_spans: vec![opentelemetry_proto::tonic::trace::v1::ResourceSpans {
            scope_spans: vec![scope],
            ..Default::default()
        }],
    };
    let batch = Batch::decode(Signal::Traces, Bytes::from(request.encode_to_vec())).unwrap();
    let edited = run(&batch, Level::Record, |open| {
        open.record.set_fixed32(numbers::SPAN::flags, 1);
        open.scope_envelope.set_text(numbers::SCOPE_SPANS::schema_url, "scope");
        open.resource_envelope.set_text(numbers::RESOURCE_SPANS::schema_url, "resource");
        Verdict::Keep
    });
    each_span(&mut request, |span| span.flags = 1);
    request.resource_spans[0].schema_url = "resource".into();
    request.resource_spans[0].scope_spans[0].schema_url = "scope".into();
    assert_eq!(edited.bytes(), &request.encode_to_vec());
}

/// A sum with two datapoints of three exemplars, whose values count from 0.
fn exemplars() -> Batch {
    let exemplar = |value: usize| format!(r#"{{"asInt":"{value}"}}"#);
    let point = |first: usize| {
        let all: Vec<_> = (first..first + 3).map(exemplar).collect();
        format!(r#"{{"asInt":"1","exemplars":[{}]}}"#, all.join(","))
    };
    let points = [point(0), point(3)].join(",");
    let metric = format!(r#"{{"name":"m","sum":{{"dataPoints":[{points}]}}}}"#);
    let request =
        format!(r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{metric}]}}]}}]}}"#);
    holt_pdata::json::decode(Signal::Metrics, request.as_bytes()).unwrap()
}

/// The values of all exemplars, by datapoint.
fn values(batch: &Batch) -> Vec<Vec<i64>> {
    let again = Batch::decode(Signal::Metrics, batch.bytes().clone()).unwrap();
    assert_eq!(again.items(), batch.items());
    let request = holt_pdata::messages::MetricsView::new(again.bytes());
    let resources = request.resource_metrics().iter();
    let metrics =
        resources.flat_map(|one| one.scope_metrics().iter()).flat_map(|one| one.metrics().iter());
    let points = metrics.flat_map(|metric| metric.sum().unwrap_or_default().data_points().iter());
    points
        .map(|point| point.exemplars().iter().map(|one| one.as_int().unwrap_or(-1)).collect())
        .collect()
}

#[test]
fn exemplars_are_edited_and_dropped() {
    use numbers::EXEMPLAR;
    let batch = exemplars();
    let same = run(&batch, Level::Exemplar, |_| Verdict::Keep);
    assert_eq!(same.bytes().as_ptr(), batch.bytes().as_ptr());
    let edited = run(&batch, Level::Exemplar, |open| {
        let value = open.grandchild.field(EXEMPLAR::as_int).map_or(0, |field| field.scalar);
        open.grandchild.set_fixed64(EXEMPLAR::as_int, value * 10);
        if value % 2 == 0 { Verdict::Keep } else { Verdict::Drop }
    });
    assert_eq!(values(&edited), [vec![0, 20], vec![40]]);
}

#[test]
fn a_walk_ends_where_an_editor_removes_what_is_walked() {
    use numbers::{EXEMPLAR, NUMBER_DATA_POINT, SUM};
    let batch = exemplars();
    let mut seen = Vec::new();
    let edited = run(&batch, Level::Exemplar, |open| {
        let value = open.grandchild.field(EXEMPLAR::as_int).map_or(0, |field| field.scalar);
        seen.push(value);
        open.grandchild.set_fixed64(EXEMPLAR::as_int, 9);
        if value == 1 {
            open.child.clear(NUMBER_DATA_POINT::exemplars);
        }
        Verdict::Keep
    });
    assert_eq!(values(&edited), [vec![], vec![9, 9, 9]]);
    assert_eq!(seen, [0, 1, 3, 4, 5]);
    seen.clear();
    let edited = run(&batch, Level::Exemplar, |open| {
        seen.push(0);
        open.metric_data.clear(SUM::data_points);
        open.items_changed = true;
        Verdict::Keep
    });
    assert_eq!((values(&edited), edited.items(), seen.len()), (Vec::new(), 0, 1));
}
