//! Requests that the receiver itself refuses, and what the client is told.

use crate::client::{self, JSON, METHODS, PATHS, PROTOBUF};
use crate::common::Running;
use crate::pipeline;
use crate::telemetry;

/// A collector that takes traces only, with small limits.
fn collector() -> Running {
    pipeline::start(
        "
receivers:
  otlp:
    protocols:
      grpc: {endpoint: '127.0.0.1:0', max_recv_msg_size_mib: 1}
      http: {endpoint: '127.0.0.1:0', max_request_body_size: 1048576}
exporters:
  nop:
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [nop]}
",
    )
}

#[test]
fn other_methods_paths_and_media_types() {
    let holt = collector();
    let address = holt.http();
    let status = |method: &str, path: &str, headers: &[(&str, &str)]| {
        client::http(method, &address, path, headers, b"").status
    };
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(status(method, PATHS[0], &[PROTOBUF]), 405, "{method}");
    }
    assert_eq!(status("POST", "/v1/spans", &[PROTOBUF]), 404);
    assert_eq!(status("POST", "/v1/traces/", &[PROTOBUF]), 404);
    assert_eq!(status("POST", PATHS[1], &[PROTOBUF]), 404, "no pipeline takes metrics");
    for media_type in ["text/plain", "application/protobuf", "", "application/grpc"] {
        assert_eq!(status("POST", PATHS[0], &[("Content-Type", media_type)]), 415, "{media_type}");
    }
    assert_eq!(status("POST", PATHS[0], &[]), 415, "none");
    let json = ("Content-Type", "Application/JSON; charset=utf-8");
    assert_eq!(client::post(&address, PATHS[0], &[json], b"{}").status, 200);
}

#[test]
fn methods_that_are_not_there() {
    let holt = collector();
    let answer = client::grpc(&holt.grpc(), METHODS[1], None, b"");
    assert_eq!(answer.code, 12, "no pipeline takes metrics: {answer:?}");
    let answer = client::grpc(&holt.grpc(), "/foo.Bar/Export", None, b"");
    assert_eq!(answer.code, 12, "{answer:?}");
}

/// A length-delimited field of a protobuf message.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    [&[number << 3 | 2, length], content].concat()
}

#[test]
fn malformed_protobuf_names_the_field_and_the_offset() {
    let holt = collector();
    // The second span has a number for a name.
    let good = field(2, &field(5, b"GET /"));
    let bad = field(2, &[5 << 3, 1]);
    let bytes = field(1, &field(2, &[good, bad].concat()));
    let answer = client::post(&holt.http(), PATHS[0], &[PROTOBUF], &bytes);
    assert_eq!(answer.status, 400, "{answer:?}");
    let text = answer.message.text();
    let name = "resource_spans[0].scope_spans[0].spans[1].name";
    assert!(text.contains(name) && text.contains("15"), "{text}");
    let answer = client::grpc(&holt.grpc(), METHODS[0], None, &bytes);
    assert_eq!(answer.code, 13, "as grpc-go says it: {answer:?}");
    assert!(answer.message.contains(name), "{answer:?}");
    // And a request that was cut off.
    let cut = &telemetry::encoded()[0];
    let cut = &cut[..cut.len() - 1];
    assert_eq!(client::post(&holt.http(), PATHS[0], &[PROTOBUF], cut).status, 400);
    assert_eq!(client::grpc(&holt.grpc(), METHODS[0], None, cut).code, 13);
}

#[test]
fn malformed_json_names_the_field_and_the_place() {
    let holt = collector();
    let refused = |text: &str| {
        let answer = client::post(&holt.http(), PATHS[0], &[JSON], text.as_bytes());
        assert_eq!(answer.status, 400, "{text}: {answer:?}");
        assert_eq!(answer.message.header("content-type"), Some("application/json"));
        let status: serde_json::Value = serde_json::from_slice(&answer.message.body).unwrap();
        assert_eq!(status["code"], 3, "{status}");
        status["message"].as_str().unwrap().to_owned()
    };
    let message =
        refused(r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "zz"}]}]}]}"#);
    assert!(message.contains("traceId"), "{message}");
    for text in ["", "hello", "[]", r#"{"resourceSpans": ["#, r#"{"resourceSpans": 5}"#] {
        refused(text);
    }
}

#[test]
fn bodies_that_are_not_what_their_encoding_says() {
    let holt = collector();
    let address = holt.http();
    let body = &telemetry::encoded()[0];
    let encoded = |encoding: &str, body: &[u8]| {
        client::post(&address, PATHS[0], &[PROTOBUF, ("Content-Encoding", encoding)], body).status
    };
    assert_eq!(encoded("gzip", body), 400);
    assert_eq!(encoded("zstd", body), 400);
    let gzip = client::gzip(body);
    assert_eq!(encoded("gzip", &gzip[..gzip.len() / 2]), 400);
    assert_eq!(encoded("br", body), 400);
    assert_eq!(client::grpc(&holt.grpc(), METHODS[0], Some("gzip"), body).code, 13);
    assert_eq!(client::grpc(&holt.grpc(), METHODS[0], Some("br"), body).code, 12);
}

#[test]
fn too_large_is_said_to_be_too_large() {
    let holt = collector();
    let zeros = vec![0; (1 << 20) + 1];
    let answer = client::post(&holt.http(), PATHS[0], &[PROTOBUF], &zeros);
    assert_eq!(answer.status, 413, "{answer:?}");
    let answer = client::grpc(&holt.grpc(), METHODS[0], None, &zeros);
    assert_eq!(answer.code, 8, "{answer:?}");
    assert!(answer.message.contains("1048577 vs. 1048576"), "{answer:?}");
}

#[test]
fn bombs_stop_at_the_limit() {
    let holt = collector();
    // Both formats allow members one behind the other: small to make, half a gigabyte to read.
    let zeros = vec![0; 1 << 19];
    for (encoding, member) in [("gzip", client::gzip(&zeros)), ("zstd", client::zstd(&zeros))] {
        let bomb = member.repeat(1024);
        assert!(bomb.len() < 1 << 20, "{} bytes are refused as they are", bomb.len());
        let headers = [PROTOBUF, ("Content-Encoding", encoding)];
        let answer = client::post(&holt.http(), PATHS[0], &headers, &bomb);
        assert_eq!(answer.status, 413, "{encoding}: {answer:?}");
        let answer = client::grpc(&holt.grpc(), METHODS[0], Some(encoding), &bomb);
        assert_eq!(answer.code, 8, "{encoding}: {answer:?}");
    }
    #[cfg(target_os = "linux")]
    {
        let peak = holt.peak_memory();
        assert!(peak < 128 << 20, "the collector grew to {peak} bytes");
    }
    assert_eq!(holt.terminate().code, Some(0));
}
