//! The exporter against a backend that answers as told.

use bytes::Bytes;
use std::time::Duration;

use crate::net::status::{Code, Status};
use crate::testing::{Backend, address_of, eventually, http, plan, spans_request, start};

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

fn yaml(address: &str, rest: &str) -> String {
    format!(
        "
receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}}}
exporters:
  otlp_grpc:
    endpoint: '{address}'
    tls: {{insecure: true}}
{rest}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [otlp_grpc]}}}}}}
"
    )
}

const DIRECT: &str = "
    sending_queue: {enabled: false}
    retry_on_failure: {enabled: false}";

#[tokio::test]
async fn a_request_passes_through_unchanged() {
    let backend = Backend::start([]).await;
    for compression in ["none", "gzip", "zstd", "snappy"] {
        let settings =
            format!("{DIRECT}\n    compression: {compression}\n    headers: {{X-Key: a}}");
        let running = start(&yaml(&backend.address, &settings)).await;
        let address = address_of(&running, "http");
        let request = spans_request(7);
        let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let (headers, message) = backend.call(backend.calls() - 1);
        assert_eq!(message, request);
        assert_eq!(headers["x-key"], "a");
        assert!(headers["user-agent"].to_str().unwrap().starts_with("Holt/"));
        assert_eq!(running.metrics().total("otelcol_exporter_sent_spans"), 7);
        running.stop().await;
    }
}

#[tokio::test]
async fn the_backends_refusal_is_the_clients() {
    let wait = Some(Duration::from_secs(3));
    let backend = Backend::start([
        Err(Status::new(Code::Unavailable, "restarting")),
        Err(Status::new(Code::InvalidArgument, "no such tenant")),
        Err(Status::new(Code::ResourceExhausted, "slow down").with_retry_after(wait)),
    ])
    .await;
    let running = start(&yaml(&backend.address, DIRECT)).await;
    let address = address_of(&running, "http");
    let mut seen = Vec::new();
    for _ in 0..3 {
        let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &spans_request(1)).await;
        let status = Status::decode(&answer.body).unwrap();
        seen.push((answer.status, status.code, status.message));
    }
    assert_eq!(seen[0], (503, Code::Unavailable, "restarting".to_owned()));
    assert_eq!(seen[1], (400, Code::InvalidArgument, "no such tenant".to_owned()));
    assert_eq!(seen[2], (429, Code::ResourceExhausted, "slow down".to_owned()));
    assert_eq!(running.metrics().total("otelcol_exporter_send_failed_spans"), 3);
    running.stop().await;
}

#[tokio::test]
async fn a_backend_that_is_down_is_retryable_and_found_again() {
    let backend = Backend::start([]).await;
    let backend_address = backend.address.clone();
    drop(backend);
    let running = start(&yaml(&backend_address, DIRECT)).await;
    let address = address_of(&running, "http");
    // The port may take a moment to be closed.
    let mut status = 0;
    for _ in 0..200 {
        let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &spans_request(1)).await;
        status = answer.status;
        if status == 503 {
            break;
        }
    }
    assert_eq!(status, 503);
    let backend = Backend::start_at(&backend_address, []).await;
    let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &spans_request(1)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(backend.calls(), 1);
    running.stop().await;
}

#[tokio::test]
async fn partial_success_counts_as_success() {
    let partial = Bytes::from_static(b"\x0a\x0b\x08\x03\x12\x07too old");
    let backend = Backend::start([Ok(partial)]).await;
    let running = start(&yaml(&backend.address, DIRECT)).await;
    let address = address_of(&running, "http");
    let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &spans_request(5)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(running.metrics().total("otelcol_exporter_rejected_spans"), 3);
    running.stop().await;
}

#[tokio::test]
async fn what_is_queued_survives_a_backend_that_comes_back() {
    let backend = Backend::start([]).await;
    backend.refuse_all(Status::new(Code::Unavailable, "restarting"));
    let fast = "    retry_on_failure: {initial_interval: 10ms, max_interval: 20ms}";
    let running = start(&yaml(&backend.address, fast)).await;
    let address = address_of(&running, "http");
    for _ in 0..3 {
        let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &spans_request(2)).await;
        assert_eq!(answer.status, 200);
    }
    eventually(|| backend.calls() > 6).await;
    assert_eq!(running.metrics().total("otelcol_exporter_sent_spans"), 0);
    backend.accept_all();
    let outcome = running.stop().await;
    assert_eq!(outcome, crate::service::Outcome::default());
}

#[tokio::test]
async fn what_cannot_be_sent_before_the_deadline_is_named() {
    let backend = Backend::start([]).await;
    backend.refuse_all(Status::new(Code::Unavailable, "gone"));
    let (plan, _) = plan(&yaml(&backend.address, ""));
    let options = crate::service::ServiceOptions { drain_timeout: Duration::from_millis(300) };
    let service = crate::service::Service::build(&plan, &Default::default(), options).unwrap();
    let running = service.start().await.unwrap();
    let address = address_of(&running, "http");
    http(&address, "POST", "/v1/traces", &[PROTOBUF], &spans_request(9)).await;
    let outcome = running.stop().await;
    let unsent: Vec<_> =
        outcome.unsent.iter().map(|(_, id, items)| (id.to_string(), *items)).collect();
    assert_eq!(unsent, [("otlp_grpc".to_owned(), 9)]);
}

#[test]
fn settings_are_checked() {
    let messages = |settings: &str| {
        let (_, diagnostics) = plan(&yaml("h:4317", settings));
        diagnostics.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(messages("    compression: zstd"), [""; 0]);
    let found = messages("    compression: lz4\n    balancer_name: rr\n    timeout: -1s");
    assert_eq!(found.len(), 3, "{found:?}");
    let found = messages(
        "    sending_queue: {num_consumers: 0, storage: file_storage, wait_for_result: true}",
    );
    assert_eq!(found.len(), 2, "{found:?}");
    let found = messages("    retry_on_failure: {max_elapsed_time: 1s}");
    assert_eq!(found.len(), 2, "{found:?}");
    let found = messages("    sending_queue: {sizer: requests, batch: {}}");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn an_endpoint_is_needed_and_checked() {
    let messages = |address: &str| {
        let (_, diagnostics) = plan(&yaml(address, ""));
        diagnostics.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert!(messages("")[0].contains("is missing"));
    assert!(messages("backend")[0].contains("missing port in address"));
}
