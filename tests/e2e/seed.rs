//! Configurations as they are found in the field, running.

use crate::backend::Backend;
use crate::client::{self, METHODS, PATHS, PROTOBUF};
use crate::pipeline;
use crate::telemetry;

fn seed(name: &str) -> String {
    let path = format!("{}/tests/seed/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// What makes the receiver of every seed hermetic.
const FREE_PORTS: [&str; 2] = [
    "--set=receivers.otlp.protocols.grpc.endpoint=127.0.0.1:0",
    "--set=receivers.otlp.protocols.http.endpoint=127.0.0.1:0",
];

#[test]
fn the_simplest_prints_traces() {
    let holt = pipeline::start_with(&seed("01-simplest.crd.yaml"), &FREE_PORTS);
    assert_eq!(client::grpc(&holt.grpc(), METHODS[0], None, &telemetry::encoded()[0]).code, 0);
    holt.log_line("\"resource spans\": 2, \"spans\": 3}");
    assert_eq!(client::grpc(&holt.grpc(), METHODS[1], None, b"").code, 12, "traces only");
    assert_eq!(holt.terminate().code, Some(0));
}

#[test]
fn three_signals_go_through_a_batch_and_the_health_check_answers() {
    let backend = Backend::start();
    let central = pipeline::forwarding_to(&backend.url());
    let endpoint = format!("--set=exporters.otlp.endpoint={}", central.grpc());
    let mut arguments = FREE_PORTS.to_vec();
    arguments.extend([
        endpoint.as_str(),
        "--set=exporters.otlp.tls.insecure=true",
        "--set=extensions.health_check.endpoint=127.0.0.1:0",
    ]);
    let holt = pipeline::start_with(&seed("02-three-signals.yaml"), &arguments);
    holt.ready();
    let health = holt.endpoint("Starting health_check extension");
    let answer = client::http("GET", &health, "/", &[], b"");
    assert_eq!(answer.status, 200, "{answer:?}");
    for (path, body) in PATHS.into_iter().zip(telemetry::encoded()) {
        assert_eq!(client::post(&holt.http(), path, &[PROTOBUF], &body).status, 200);
    }
    backend.wait_for(3);
    assert_eq!(backend.traces(), [telemetry::traces()]);
    assert_eq!(backend.metrics(), [telemetry::metrics()]);
    assert_eq!(backend.logs(), [telemetry::logs()]);
    assert_eq!(holt.terminate().code, Some(0));
}

#[test]
fn the_main_collector_runs_with_otlphttp_for_prometheus() {
    let backend = Backend::start();
    let text = seed("04-main-collector.crd.yaml");
    let text = text
        .replace(
            "prometheus:\n        endpoint: 0.0.0.0:9090",
            &format!("otlphttp:\n        endpoint: {}", backend.url()),
        )
        .replace("[debug, prometheus]", "[debug, otlphttp]");
    let holt = pipeline::start_with(&text, &FREE_PORTS);
    let body = &telemetry::encoded()[1];
    assert_eq!(client::post(&holt.http(), PATHS[1], &[PROTOBUF], body).status, 200);
    let line = holt.log_line("\"data points\": ");
    assert!(line.contains(&format!("\"data points\": {}", telemetry::DATAPOINTS)), "{line}");
    backend.wait_for(1);
    assert_eq!(backend.metrics(), [telemetry::metrics()]);
    assert_eq!(holt.terminate().code, Some(0));
}
