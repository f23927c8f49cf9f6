//! What a client learns when the backend is away or refuses: whether another try makes sense.

use crate::backend::{Backend, Reply};
use crate::client::{self, METHODS, PATHS, PROTOBUF};
use crate::common::Running;
use crate::pipeline;
use crate::telemetry;

const NO_QUEUE: &str = "sending_queue: {enabled: false}, retry_on_failure: {enabled: false}";
/// Nothing listens on this port of any test machine.
const NOBODY: &str = "127.0.0.1:1";

/// What clients over HTTP and gRPC are told about the same trace.
fn answers(holt: &Running) -> (u16, u32) {
    let body = &telemetry::encoded()[0];
    let http = client::post(&holt.http(), PATHS[0], &[PROTOBUF], body);
    let grpc = client::grpc(&holt.grpc(), METHODS[0], None, body);
    (http.status, grpc.code)
}

#[test]
fn a_backend_that_is_down_is_worth_another_try() {
    let exporters = [
        ("otlp_http", format!("{{endpoint: 'http://{NOBODY}', {NO_QUEUE}}}")),
        ("otlp_grpc", format!("{{endpoint: '{NOBODY}', tls: {{insecure: true}}, {NO_QUEUE}}}")),
    ];
    for (name, settings) in exporters {
        let sections = format!("exporters:\n  {name}: {settings}");
        let holt = pipeline::start(&pipeline::configuration(&sections, "", name));
        assert_eq!(answers(&holt), (503, 14), "{name}");
        let finished = holt.terminate();
        assert!(finished.stderr.contains("Rejecting data."), "{finished}");
        assert!(finished.stderr.contains(NOBODY), "{finished}");
        assert_eq!(finished.code, Some(0), "{finished}");
    }
}

#[test]
fn what_the_backend_answers_decides_the_answer() {
    let backend = Backend::start();
    let near = pipeline::forwarding_to(&backend.url());
    // And the same one collector further away, over gRPC.
    let sections = format!(
        "exporters:\n  otlp_grpc: {{endpoint: '{}', tls: {{insecure: true}}, {NO_QUEUE}}}",
        near.grpc()
    );
    let far = pipeline::start(&pipeline::configuration(&sections, "", "otlp_grpc"));
    let table = [
        (503, (503, 14)),
        (502, (503, 14)),
        (504, (503, 14)),
        (429, (429, 8)),
        (400, (400, 3)),
        (401, (401, 16)),
        (403, (403, 7)),
        (404, (404, 12)),
        (500, (500, 2)),
    ];
    for (status, expected) in table {
        for holt in [&near, &far] {
            (0..2).for_each(|_| backend.answer_next(Reply::status(status)));
            assert_eq!(answers(holt), expected, "after {status}");
        }
    }
}

#[test]
fn a_wish_to_wait_is_passed_on() {
    let backend = Backend::answering(Reply::status(429).header("Retry-After", "7"));
    let holt = pipeline::forwarding_to(&backend.url());
    let answer = client::post(&holt.http(), PATHS[0], &[PROTOBUF], &telemetry::encoded()[0]);
    assert_eq!((answer.status, answer.message.header("retry-after")), (429, Some("7")));
}

#[test]
fn the_queue_tries_again_until_it_gets_through() {
    let backend = Backend::start();
    (0..2).for_each(|_| backend.answer_next(Reply::status(503)));
    let sections = format!(
        "exporters:\n  otlp_http: {{endpoint: '{}', compression: none, retry_on_failure: \
         {{initial_interval: 1ms, max_interval: 2ms}}}}",
        backend.url()
    );
    let holt = pipeline::start(&pipeline::configuration(&sections, "", "otlp_http"));
    let answer = client::post(&holt.http(), PATHS[0], &[PROTOBUF], &telemetry::encoded()[0]);
    assert_eq!(answer.status, 200, "the queue has taken it: {answer:?}");
    let requests = backend.wait_for(3);
    assert!(requests.iter().all(|request| request.body == requests[0].body));
    let finished = holt.terminate();
    assert!(finished.stderr.contains("Will retry the request after interval."), "{finished}");
    assert_eq!(backend.requests().len(), 3, "delivered once");
}

#[test]
fn what_will_never_be_taken_is_dropped_and_said() {
    let backend = Backend::answering(Reply::status(400));
    let sections = format!("exporters:\n  otlp_http: {{endpoint: '{}'}}", backend.url());
    let holt = pipeline::start(&pipeline::configuration(&sections, "", "otlp_http"));
    client::post(&holt.http(), PATHS[0], &[PROTOBUF], &telemetry::encoded()[0]);
    let line = holt.log_line("Dropping data.");
    assert!(line.contains("\"dropped_items\": 3") && line.contains("400"), "{line}");
    assert_eq!(backend.requests().len(), 1);
}

#[test]
fn a_partial_success_is_said() {
    let partial = b"\x0a\x0b\x08\x02\x12\x07too old";
    let reply = Reply::status(200).header("Content-Type", "application/x-protobuf").body(*partial);
    let backend = Backend::answering(reply);
    let holt = pipeline::forwarding_to(&backend.url());
    let answer = client::post(&holt.http(), PATHS[0], &[PROTOBUF], &telemetry::encoded()[0]);
    assert_eq!(answer.status, 200, "it is a success: {answer:?}");
    let line = holt.log_line("Partial success response");
    assert!(line.contains("too old") && line.contains("\"dropped_items\": 2"), "{line}");
}
