//! OTLP/JSON: what is written, what is accepted, what is refused and how the refusal reads.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A panic is how a test fails.

use bytes::Bytes;
use holt_pdata::{Batch, Repairs, Signal, json};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

#[path = "../../../benches/fixtures/spans.rs"]
mod spans;

fn decode(signal: Signal, text: &str) -> Batch {
    json::decode(signal, text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn encoded(batch: &Batch) -> String {
    String::from_utf8(json::encode(batch)).unwrap()
}

/// A traces request around the text of one span's members.
fn span(members: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{members}}}]}}]}}]}}"#)
}

fn logs(members: &str) -> String {
    format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{{members}}}]}}]}}]}}"#)
}

fn metrics(members: &str) -> String {
    format!(r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{{members}}}]}}]}}]}}"#)
}

/// Both texts decode to the same bytes.
fn same(signal: Signal, one: &str, other: &str) {
    let (one, other) = (decode(signal, one), decode(signal, other));
    assert_eq!(encoded(&one), encoded(&other));
    assert_eq!(one.bytes(), other.bytes());
}

fn refused(signal: Signal, text: &str) -> String {
    let error = json::decode(signal, text.as_bytes()).unwrap_err();
    assert!(error.offset <= text.len());
    error.to_string()
}

#[test]
fn realistic_spans_survive_a_round_trip() {
    let request = spans::request(40, spans::Text::Korean);
    let batch = Batch::decode(Signal::Traces, Bytes::from(request.encode_to_vec())).unwrap();
    let text = json::encode(&batch);
    assert!(!text.contains(&b'\n'));
    let again = json::decode(Signal::Traces, &text).unwrap();
    assert_eq!(again.items(), 40);
    assert_eq!(again.repairs(), Repairs::default());
    assert_eq!(ExportTraceServiceRequest::decode(again.bytes().clone()).unwrap(), request);
    assert_eq!(again.bytes(), batch.bytes(), "field-number order, as prost writes");
}

#[test]
fn singular_messages_are_always_written() {
    let text = r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{"status":{}}]}]}]}"#;
    assert_eq!(encoded(&decode(Signal::Traces, &span(""))), text);
    let text = r#"{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{"body":{}}]}]}]}"#;
    assert_eq!(encoded(&decode(Signal::Logs, &logs(""))), text);
    assert_eq!(encoded(&decode(Signal::Traces, "{}")), "{}");
    assert_eq!(encoded(&decode(Signal::Traces, " null\n")), "{}");
}

#[test]
fn names_may_be_camel_case_or_as_in_the_proto_files() {
    same(
        Signal::Traces,
        &span(
            r#""traceId":"0102030405060708090a0b0c0d0e0f10","startTimeUnixNano":"5","droppedLinksCount":3"#,
        ),
        r#"{"resource_spans":[{"scope_spans":[{"spans":[{
            "dropped_links_count":"3","start_time_unix_nano":5,
            "trace_id":"0102030405060708090A0B0C0D0E0F10"}]}]}]}"#,
    );
}

#[test]
fn unknown_keys_are_skipped_whatever_they_hold() {
    same(
        Signal::Traces,
        &span(r#""name":"a""#),
        &span(
            r#""x":[{"y":[1,-2.5e3,"\"}]",null,true,false,{}]}],"":1,"name":"a","z":{"name":"b"}"#,
        ),
    );
}

#[test]
fn null_is_absent() {
    same(
        Signal::Traces,
        &span(r#""name":"a""#),
        &span(
            r#""name":"a","traceId":null,"kind":null,"flags":null,"attributes":null,"status":null"#,
        ),
    );
}

#[test]
fn repeated_keys_count_last_and_lists_and_messages_grow() {
    same(
        Signal::Traces,
        &span(
            r#""name":"b","status":{"message":"m","code":2},"attributes":[{"key":"k"},{"key":"l"}]"#,
        ),
        &span(
            r#""status":{"message":"m","code":1},"attributes":[{"key":"k"}],"kind":3,"name":"a",
            "attributes":[{"key":"l"}],"name":"b","kind":0,"status":{"code":"STATUS_CODE_ERROR"}"#,
        ),
    );
    same(
        Signal::Logs,
        &logs(r#""body":{"intValue":"1"}"#),
        &logs(r#""body":{"stringValue":"a","intValue":1}"#),
    );
    same(
        Signal::Logs,
        &logs(r#""body":{"stringValue":""}"#),
        &logs(r#""body":{"stringValue":"a"},"body":{"stringValue":""}"#),
    );
    same(
        Signal::Metrics,
        &metrics(r#""sum":{"dataPoints":[{"asInt":"1"}]}"#),
        &metrics(r#""gauge":{"dataPoints":[{},{}]},"sum":{"dataPoints":[{"asInt":"1"}]}"#),
    );
}

#[test]
fn members_of_a_oneof_keep_their_defaults() {
    for body in [
        r#"{"stringValue":""}"#,
        r#"{"boolValue":false}"#,
        r#"{"intValue":"0"}"#,
        r#"{"doubleValue":0}"#,
        r#"{"doubleValue":-0}"#,
        r#"{"doubleValue":"NaN"}"#,
        r#"{"arrayValue":{}}"#,
        r#"{"kvlistValue":{}}"#,
        r#"{"bytesValue":""}"#,
        r#"{"bytesValue":"AP8="}"#,
    ] {
        let written = encoded(&decode(Signal::Logs, &logs(&format!(r#""body":{body}"#))));
        assert!(written.contains(body), "{written} should contain {body}");
    }
}

#[test]
fn base64_may_lack_padding_or_be_url_safe() {
    for variant in ["\"-_8\"", "\"+/8\"", "\"+\\/8=\"", "\"-_8=\""] {
        let body = |value: &str| logs(&format!(r#""body":{{"bytesValue":{value}}}"#));
        same(Signal::Logs, &body("\"+/8=\""), &body(variant));
    }
}

#[test]
fn ids_of_zeros_are_no_ids() {
    let none = span(r#""name":"a""#);
    same(
        Signal::Traces,
        &none,
        &span(r#""name":"a","spanId":"0000000000000000","parentSpanId":"""#),
    );
}

#[test]
fn text_that_is_not_utf8_is_mended_and_noted() {
    let mut text = span(r#""name":"a?b""#).into_bytes();
    let at = text.iter().position(|byte| *byte == b'?').unwrap();
    text[at] = 0xff;
    let batch = json::decode(Signal::Traces, &text).unwrap();
    assert!(batch.repairs().text);
    assert!(encoded(&batch).contains("a\u{fffd}b"));
    let halved = decode(Signal::Traces, &span(r#""name":"\ud800""#));
    assert!(halved.repairs().text);
}

#[test]
fn refusals_name_place_and_expectation() {
    assert_eq!(
        refused(Signal::Traces, &span(r#""name":"a","startTimeUnixNano":"soon""#)),
        "malformed traces request in JSON: expected a 64-bit unsigned integer, found the string \
         \"soon\" (byte 75, field resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano)"
    );
    assert_eq!(
        refused(Signal::Traces, &span(r#""traceId":"xyz""#)),
        "malformed traces request in JSON: expected 32 hexadecimal digits or nothing, found the \
         string \"xyz\" (byte 54, field resourceSpans[0].scopeSpans[0].spans[0].traceId)"
    );
    assert_eq!(
        refused(Signal::Logs, ""),
        "malformed logs request in JSON: expected an object, found the end of the text (byte 0, \
         field (request))"
    );
    assert_eq!(
        refused(Signal::Logs, "{} {}"),
        "malformed logs request in JSON: expected nothing after the request, found an object \
         (byte 3, field (request))"
    );
    assert_eq!(
        refused(Signal::Metrics, r#"{"resourceMetrics":{}}"#),
        "malformed metrics request in JSON: expected a list, found an object (byte 19, field \
         resourceMetrics)"
    );
    assert_eq!(
        refused(
            Signal::Metrics,
            &metrics(r#""histogram":{"dataPoints":[{"explicitBounds":[1,null]}]}"#)
        ),
        "malformed metrics request in JSON: expected a number, or one in quotes, \"NaN\", \
         \"Infinity\", \"-Infinity\", found `null` (byte 98, field resourceMetrics[0].\
         scopeMetrics[0].metrics[0].histogram.dataPoints[0].explicitBounds[1])"
    );
    for text in [
        "{\"a\":1,}",
        "{,}",
        "{\"a\" 1}",
        "[",
        "{\"resourceLogs\":[{}",
        "{a:1}",
        "{\"resourceLogs\":[{},]}",
        "\u{feff}{}",
    ] {
        refused(Signal::Logs, text);
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| {
        let open = r#"{"arrayValue":{"values":["#.repeat(depth);
        logs(&format!(r#""body":{open}{{}}{}"#, "]}}".repeat(depth)))
    };
    let deepest = decode(Signal::Logs, &nested(46));
    assert_eq!(
        encoded(&deepest),
        encoded(&json::decode(Signal::Logs, &json::encode(&deepest)).unwrap())
    );
    assert!(refused(Signal::Logs, &nested(60)).contains("nest too deeply"));
    let skipped = format!("{{\"x\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(refused(Signal::Logs, &skipped).contains("nest too deeply"));
}
