//! What goes in comes out: every protocol, encoding and compression, with nothing lost.

use std::fmt::Debug;

use prost::Message;

use crate::backend::Backend;
use crate::client::{self, JSON, METHODS, PATHS, PROTOBUF};
use crate::pipeline;
use crate::telemetry;

/// Asserts that the backend has each of the three requests this many times and nothing else.
fn assert_received(backend: &Backend, times: usize) {
    let requests = backend.wait_for(times * 3);
    assert_eq!(requests.len(), times * 3);
    assert_all_are(&backend.traces(), &telemetry::traces(), times);
    assert_all_are(&backend.metrics(), &telemetry::metrics(), times);
    assert_all_are(&backend.logs(), &telemetry::logs(), times);
}

fn assert_all_are<T: PartialEq + Debug>(received: &[T], expected: &T, times: usize) {
    for request in received {
        // Line by line, a difference is easier to see.
        let (request_text, expected_text) = (format!("{request:#?}"), format!("{expected:#?}"));
        let mut lines = request_text.lines().zip(expected_text.lines());
        let difference = lines.find(|(request, expected)| request != expected);
        assert!(request == expected, "{difference:?}\n{request_text}");
    }
    assert_eq!(received.len(), times);
}

#[test]
fn http_with_every_compression() {
    let backend = Backend::start();
    let holt = pipeline::forwarding_to(&backend.url());
    let address = holt.http();
    for (path, plain) in PATHS.into_iter().zip(telemetry::encoded()) {
        let compressed = [
            (None, plain.clone()),
            (Some("gzip"), client::gzip(&plain)),
            (Some("zstd"), client::zstd(&plain)),
        ];
        for (encoding, body) in compressed {
            let mut headers = vec![PROTOBUF];
            headers.extend(encoding.map(|encoding| ("Content-Encoding", encoding)));
            let answer = client::post(&address, path, &headers, &body);
            assert_eq!(answer.status, 200, "{encoding:?}: {answer:?}");
            assert_eq!(answer.message.header("content-type"), Some("application/x-protobuf"));
        }
    }
    assert_received(&backend, 3);
}

#[test]
fn grpc_with_every_compression() {
    let backend = Backend::start();
    let holt = pipeline::forwarding_to(&backend.url());
    let address = holt.grpc();
    for (method, plain) in METHODS.into_iter().zip(telemetry::encoded()) {
        let compressed = [
            (None, plain.clone()),
            (Some("gzip"), client::gzip(&plain)),
            (Some("zstd"), client::zstd(&plain)),
        ];
        for (encoding, message) in compressed {
            let answer = client::grpc(&address, method, encoding, &message);
            assert_eq!(answer.code, 0, "{encoding:?}: {answer:?}");
        }
    }
    assert_received(&backend, 3);
}

#[test]
fn every_exporter_delivers_the_same() {
    let backend = Backend::start();
    let central = pipeline::forwarding_to(&backend.url());
    let (grpc, http) = (central.grpc(), central.http());
    let mut exporters = "exporters:\n".to_owned();
    let mut ids = Vec::new();
    for compression in ["none", "gzip", "zstd", "snappy"] {
        let id = format!("otlp_grpc/{compression}");
        exporters += &format!(
            "  {id}: {{endpoint: '{grpc}', tls: {{insecure: true}}, compression: {compression}}}\n"
        );
        ids.push(id);
    }
    for compression in ["none", "gzip", "zstd", "zlib", "deflate", "snappy", "lz4"] {
        for encoding in ["proto", "json"] {
            let id = format!("otlp_http/{encoding}_{compression}");
            exporters += &format!(
                "  {id}: {{endpoint: 'http://{http}', compression: {compression}, encoding: \
                 {encoding}}}\n"
            );
            ids.push(id);
        }
    }
    let holt = pipeline::start(&pipeline::configuration(&exporters, "", &ids.join(", ")));
    for (path, body) in PATHS.into_iter().zip(telemetry::encoded()) {
        let answer = client::post(&holt.http(), path, &[PROTOBUF], &body);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_received(&backend, ids.len());
    let finished = holt.terminate();
    assert_eq!(finished.code, Some(0), "{finished}");
    assert!(!finished.stderr.contains("\terror\t"), "{finished}");
}

#[test]
fn json_in_either_case_with_hex_ids_and_numbers_as_text() {
    let backend = Backend::start();
    let holt = pipeline::forwarding_to(&backend.url());
    let json = r#"{"resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
        "scope_spans": [{"scope": {"name": "tests"}, "spans": [{
            "traceId": "0102030405060708090A0B0C0D0E0F10", "spanId": "0102030405060708",
            "name": "GET /", "kind": "SPAN_KIND_SERVER", "unknown": {"a": [1, {}]},
            "startTimeUnixNano": "1763800000123456789", "end_time_unix_nano": 1763800000123456790,
            "attributes": [{"key": "n", "value": {"intValue": "-9223372036854775808"}},
                           {"key": "b", "value": {"bytesValue": "AP8H"}}],
            "status": {"code": 2}}]}]}]}"#;
    let answer = client::post(&holt.http(), PATHS[0], &[JSON], json.as_bytes());
    assert_eq!((answer.status, answer.message.text().as_str()), (200, r#"{"partialSuccess":{}}"#));
    let mut expected = telemetry::traces();
    let resource_spans = &mut expected.resource_spans[0];
    let span = &resource_spans.scope_spans[0].spans[0];
    let values = [("n", 4), ("b", 6)]
        .map(|(key, index)| telemetry::attribute(key, span.attributes[index].value.clone()));
    let span = opentelemetry_proto::tonic::trace::v1::Span {
        trace_id: (1..=16).collect(),
        span_id: (1..=8).collect(),
        name: "GET /".to_owned(),
        kind: 2,
        start_time_unix_nano: 1_763_800_000_123_456_789,
        end_time_unix_nano: 1_763_800_000_123_456_790,
        attributes: values.into(),
        status: Some(opentelemetry_proto::tonic::trace::v1::Status {
            code: 2,
            ..Default::default()
        }),
        ..Default::default()
    };
    *resource_spans = opentelemetry_proto::tonic::trace::v1::ResourceSpans {
        resource: Some(opentelemetry_proto::tonic::resource::v1::Resource {
            attributes: vec![telemetry::attribute("service.name", telemetry::text("shop"))],
            ..Default::default()
        }),
        scope_spans: vec![opentelemetry_proto::tonic::trace::v1::ScopeSpans {
            scope: Some(opentelemetry_proto::tonic::common::v1::InstrumentationScope {
                name: "tests".to_owned(),
                ..Default::default()
            }),
            spans: vec![span],
            ..Default::default()
        }],
        ..Default::default()
    };
    expected.resource_spans.truncate(1);
    assert_eq!(backend.traces(), [expected]);
}

#[test]
fn an_empty_request_is_a_success_and_goes_nowhere() {
    let backend = Backend::start();
    let holt = pipeline::forwarding_to(&backend.url());
    for (path, method) in PATHS.into_iter().zip(METHODS) {
        assert_eq!(client::post(&holt.http(), path, &[PROTOBUF], b"").status, 200);
        assert_eq!(client::post(&holt.http(), path, &[JSON], b"{}").status, 200);
        assert_eq!(client::grpc(&holt.grpc(), method, None, b"").code, 0);
    }
    // A resource without spans is no item either.
    let mut hollow = telemetry::traces();
    hollow.resource_spans.iter_mut().for_each(|resource| resource.scope_spans.clear());
    let answer = client::post(&holt.http(), PATHS[0], &[PROTOBUF], &hollow.encode_to_vec());
    assert_eq!(answer.status, 200);
    // What comes next is the first that arrives.
    client::post(&holt.http(), PATHS[0], &[PROTOBUF], &telemetry::encoded()[0]);
    assert_eq!(backend.traces(), [telemetry::traces()]);
    assert_eq!(backend.requests().len(), 1);
}

#[test]
fn statements_change_what_passes() {
    let backend = Backend::start();
    let sections = format!(
        "exporters:\n  otlp_http: {{endpoint: '{}', compression: none}}
processors:
  transform:
    trace_statements:
      - set(span.attributes[\"changed\"], Concat([span.name, resource.attributes[\"text\"]], \"|\")) where span.name == \"GET /2\"
      - delete_key(span.attributes, \"bytes\")
    log_statements:
      - context: log
        statements:
          - set(severity_text, \"FATAL\") where IsMatch(body, \"^refused$\")
",
        backend.url()
    );
    let holt = pipeline::start(&pipeline::configuration(&sections, "transform", "otlp_http"));
    for (path, body) in PATHS.into_iter().zip(telemetry::encoded()) {
        assert_eq!(client::post(&holt.http(), path, &[PROTOBUF], &body).status, 200);
    }
    backend.wait_for(3);
    let mut traces = telemetry::traces();
    for span in traces.resource_spans.iter_mut().flat_map(|r| &mut r.scope_spans[0].spans) {
        span.attributes.retain(|attribute| attribute.key != "bytes");
        if span.name == "GET /2" {
            let changed = telemetry::text("GET /2|서울 ☂");
            span.attributes.push(telemetry::attribute("changed", changed));
        }
    }
    let mut logs = telemetry::logs();
    logs.resource_logs[0].scope_logs[0].log_records[0].severity_text = "FATAL".to_owned();
    assert_eq!(backend.traces(), [traces]);
    assert_eq!(backend.metrics(), [telemetry::metrics()]);
    assert_eq!(backend.logs(), [logs]);
}

#[test]
fn the_debug_exporter_prints_text_whole() {
    let sections = "exporters: {debug: {verbosity: detailed}}";
    let holt = pipeline::start(&pipeline::configuration(sections, "", "debug"));
    let body = br#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {"body": {"stringValue": "failed\n\tat checkout {\"line\": 7}\n\tat main"}},
        {"body": {"stringValue": "afterwards"}}
    ]}]}]}"#;
    assert_eq!(client::post(&holt.http(), PATHS[2], &[JSON], body).status, 200);
    let finished = holt.terminate();
    let printed = "Body: Str(failed\n\tat checkout {\"line\": 7}\n\tat main)\n";
    assert!(finished.stderr.contains(printed), "{finished}");
    assert!(finished.stderr.contains("Body: Str(afterwards)\n"), "{finished}");
}
