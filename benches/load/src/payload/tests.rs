//! The payloads are what the reports say they are: counts, sizes, shares, determinism.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use prost::Message;

use super::*;
use crate::count::count_items;

fn shape(signal: Signal) -> Shape {
    Shape { signal, items: 1000, korean: 0.0, bare_points: true, seed: 1 }
}

#[test]
fn items_have_the_promised_size() {
    for (signal, expected) in
        [(Signal::Traces, 616.0), (Signal::Metrics, 309.0), (Signal::Logs, 433.0)]
    {
        let bytes: usize = (0..20).map(|index| shape(signal).request(index).len()).sum();
        let size = bytes as f64 / 20_000.0;
        assert!((size / expected - 1.0).abs() < 0.01, "{}: {size} bytes an item", signal.name());
    }
}

#[test]
fn every_request_has_exactly_the_items_asked_for() {
    for signal in Signal::ALL {
        for items in [1, 2, 3, 7, 10, 25, 100, 1000] {
            let request = Shape { items, ..shape(signal) }.request(3);
            let counted = count_items(signal, request.as_slice()).unwrap();
            assert_eq!(counted, items as u64, "{} {items}", signal.name());
        }
    }
}

#[test]
fn the_seed_fixes_the_bytes_and_the_index_changes_them() {
    for signal in Signal::ALL {
        let shape = shape(signal);
        assert_eq!(shape.request(5), shape.request(5));
        assert_ne!(shape.request(5), shape.request(6));
        assert_ne!(shape.request(5), Shape { seed: 2, ..shape }.request(5));
    }
}

#[test]
fn spans_are_realistic() {
    let request = shape(Signal::Traces).request(0);
    let request = ExportTraceServiceRequest::decode(request.as_slice()).unwrap();
    assert_eq!(request.resource_spans.len(), 4);
    for resource in request.resource_spans.iter().filter_map(|r| r.resource.as_ref()) {
        assert_eq!(resource.attributes.len(), 10);
        for key in ["k8s.namespace.name", "k8s.container.name", "k8s.pod.name"] {
            assert!(resource.attributes.iter().any(|a| a.key == key), "{key}");
        }
    }
    let spans: Vec<_> =
        request.resource_spans.iter().flat_map(|r| &r.scope_spans).flat_map(|s| &s.spans).collect();
    assert!(spans.iter().all(|s| (10..=15).contains(&s.attributes.len())));
    assert!(spans.iter().all(|s| s.end_time_unix_nano >= s.start_time_unix_nano));
    let events = spans.iter().filter(|s| !s.events.is_empty()).count();
    assert!((60..=140).contains(&events), "{events} of 1000 spans carry an exception");
    let mut ids: Vec<_> = spans.iter().map(|s| &s.span_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1000);
}

#[test]
fn points_come_in_tens_and_are_bare_unless_asked() {
    let points_with_pod = |bare_points| {
        let request = Shape { bare_points, ..shape(Signal::Metrics) }.request(0);
        let request = ExportMetricsServiceRequest::decode(request.as_slice()).unwrap();
        let mut with_pod = 0;
        for metric in
            request.resource_metrics.iter().flat_map(|r| &r.scope_metrics).flat_map(|s| &s.metrics)
        {
            let attributes: Vec<_> = match metric.data.as_ref().unwrap() {
                Data::Gauge(g) => g.data_points.iter().map(|p| &p.attributes).collect(),
                Data::Sum(s) => s.data_points.iter().map(|p| &p.attributes).collect(),
                Data::Histogram(h) => h.data_points.iter().map(|p| &p.attributes).collect(),
                other => panic!("unexpected {other:?}"),
            };
            assert_eq!(attributes.len(), 10);
            with_pod +=
                attributes.iter().filter(|a| a.iter().any(|a| a.key == "k8s.pod.name")).count();
        }
        with_pod
    };
    assert_eq!(points_with_pod(true), 0);
    assert_eq!(points_with_pod(false), 1000);
}

#[test]
fn log_bodies_are_json() {
    let request = Shape { korean: 0.5, ..shape(Signal::Logs) }.request(0);
    let request = ExportLogsServiceRequest::decode(request.as_slice()).unwrap();
    for record in
        request.resource_logs.iter().flat_map(|r| &r.scope_logs).flat_map(|s| &s.log_records)
    {
        assert_eq!(record.attributes.len(), 6);
        let Some(opentelemetry_proto::tonic::common::v1::any_value::Value::StringValue(body)) =
            record.body.as_ref().and_then(|b| b.value.as_ref())
        else {
            panic!("the body is no string: {record:?}");
        };
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert!(body.get("msg").is_some(), "{body}");
    }
}

#[test]
fn the_korean_share_is_kept() {
    let is_korean = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    let share = |korean: f64| {
        let request = Shape { korean, ..shape(Signal::Logs) }.request(0);
        let request = ExportLogsServiceRequest::decode(request.as_slice()).unwrap();
        let scopes = request.resource_logs.iter().flat_map(|r| &r.scope_logs);
        let records = scopes.flat_map(|s| &s.log_records);
        let logs = records.filter(|r| is_korean(&format!("{:?}", r.body))).count();
        let request = Shape { korean, ..shape(Signal::Traces) }.request(0);
        let request = ExportTraceServiceRequest::decode(request.as_slice()).unwrap();
        let scopes = request.resource_spans.iter().flat_map(|r| &r.scope_spans);
        let spans = scopes.flat_map(|s| &s.spans).filter(|s| is_korean(&s.name)).count();
        (logs, spans)
    };
    assert_eq!(share(0.0), (0, 0));
    assert_eq!(share(1.0), (1000, 1000));
    let (logs, spans) = share(0.2);
    assert!((150..250).contains(&logs), "{logs} of 1000 logs");
    assert!((150..250).contains(&spans), "{spans} of 1000 spans");
}

#[test]
fn a_grpc_body_has_its_prefix_and_gzip_shrinks_it() {
    let shape = shape(Signal::Logs);
    let plain = Pool::build(&shape, Protocol::Grpc, false).unwrap();
    let body = plain.body(0);
    assert_eq!(body[0], 0);
    let length = u32::from_be_bytes(body[1..5].try_into().unwrap()) as usize;
    assert_eq!(length, body.len() - 5);
    assert_eq!(body[5..], shape.request(0));
    let zipped = Pool::build(&shape, Protocol::Grpc, true).unwrap();
    assert_eq!(zipped.body(0)[0], 1);
    assert!(zipped.body(0).len() * 2 < body.len());
    assert_eq!(plain.body(0), plain.body(plain.bodies.len() as u64));
}

#[test]
fn nonsense_is_refused() {
    let none = Shape { items: 0, ..shape(Signal::Logs) };
    assert!(matches!(Pool::build(&none, Protocol::Http, false), Err(PayloadError::NoItems)));
    let odd = Shape { korean: 20.0, ..shape(Signal::Logs) };
    assert!(matches!(Pool::build(&odd, Protocol::Http, false), Err(PayloadError::KoreanShare(_))));
}
