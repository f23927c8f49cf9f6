//! Start and end of the process, and what probes see meanwhile.

use std::net::TcpListener;
use std::thread;

use crate::backend::Backend;
use crate::client::{self, METHODS, PATHS, PROTOBUF};
use crate::common::{Sandbox, poll};
use crate::pipeline;
use crate::telemetry;

#[test]
fn a_port_in_use_ends_the_start_with_one_message() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let configuration = pipeline::configuration("exporters: {nop: }", "", "nop");
    let sandbox = Sandbox::new().file("config.yaml", &configuration);
    for protocol in ["grpc", "http"] {
        let set = format!("receivers.otlp.protocols.{protocol}.endpoint={address}");
        let finished = sandbox.holt(&["--config", "config.yaml", "--set", &set]);
        assert_eq!(finished.code, Some(1), "{finished}");
        let naming: Vec<&str> =
            finished.stderr.lines().filter(|line| line.contains(&address)).collect();
        let [line] = naming[..] else { panic!("{finished}") };
        assert!(line.starts_with("Error: ") && line.contains("\"otlp\" receiver"), "{line}");
        assert!(line.contains("in use"), "{line}");
    }
}

#[test]
fn both_signals_drain_and_end_with_success() {
    let bodies = telemetry::encoded();
    for signal in ["TERM", "INT"] {
        let backend = Backend::start();
        let sections = format!(
            "exporters:\n  otlp_http: {{endpoint: '{}', compression: none}}
processors:\n  batch: {{timeout: 1h, send_batch_size: 100000}}",
            backend.url()
        );
        let holt = pipeline::start(&pipeline::configuration(&sections, "batch", "otlp_http"));
        for _ in 0..3 {
            for ((path, method), body) in PATHS.into_iter().zip(METHODS).zip(&bodies) {
                assert_eq!(client::post(&holt.http(), path, &[PROTOBUF], body).status, 200);
                assert_eq!(client::grpc(&holt.grpc(), method, None, body).code, 0);
            }
        }
        assert_eq!(backend.requests().len(), 0, "the batch is full only in an hour");
        holt.signal(signal);
        let finished = holt.finish();
        assert_eq!(finished.code, Some(0), "{finished}");
        assert!(finished.stderr.contains("Received signal from OS"), "{finished}");
        let last = finished.stderr.lines().last().unwrap_or_default();
        assert!(last.contains("\tShutdown complete."), "{finished}");
        let mut traces = telemetry::traces();
        traces.resource_spans = vec![traces.resource_spans; 6].concat();
        let mut metrics = telemetry::metrics();
        metrics.resource_metrics = vec![metrics.resource_metrics; 6].concat();
        let mut logs = telemetry::logs();
        logs.resource_logs = vec![logs.resource_logs; 6].concat();
        assert_eq!(backend.traces(), [traces]);
        assert_eq!(backend.metrics(), [metrics]);
        assert_eq!(backend.logs(), [logs]);
    }
}

#[test]
fn open_requests_are_answered_before_the_end() {
    let backend = Backend::start();
    backend.hold();
    let holt = pipeline::forwarding_to(&backend.url());
    let (http, grpc) = (holt.http(), holt.grpc());
    let bodies = [telemetry::encoded(), telemetry::encoded()].map(|[traces, ..]| traces);
    let [for_http, for_grpc] = bodies;
    let over_http =
        thread::spawn(move || client::post(&http, PATHS[0], &[PROTOBUF], &for_http).status);
    let over_grpc = thread::spawn(move || client::grpc(&grpc, METHODS[0], None, &for_grpc).code);
    backend.wait_for(2);
    holt.signal("TERM");
    holt.log_line("Starting shutdown...");
    backend.release();
    assert_eq!((over_http.join().unwrap(), over_grpc.join().unwrap()), (200, 0));
    let finished = holt.finish();
    assert_eq!(finished.code, Some(0), "{finished}");
}

#[test]
fn what_could_not_be_sent_by_the_deadline_is_counted_and_named() {
    let backend = Backend::start();
    backend.hold();
    let sections = format!("exporters:\n  otlp_http/slow: {{endpoint: '{}'}}", backend.url());
    let configuration = pipeline::configuration(&sections, "", "otlp_http/slow");
    let holt = pipeline::start_with(&configuration, &["--graceful-shutdown", "1"]);
    let answer = client::post(&holt.http(), PATHS[0], &[PROTOBUF], &telemetry::encoded()[0]);
    assert_eq!(answer.status, 200, "{answer:?}");
    backend.wait_for(1);
    let finished = holt.terminate();
    let line = finished.stderr.lines().find(|line| line.contains("dropped_items"));
    let line = line.unwrap_or_else(|| panic!("{finished}"));
    assert!(line.contains("otlp_http/slow") && line.contains("\"dropped_items\": 3"), "{line}");
}

#[test]
fn the_health_check_follows_the_service() {
    let backend = Backend::start();
    backend.hold();
    let mut configuration = pipeline::configuration(
        &format!(
            "extensions:\n  health_check: {{endpoint: '127.0.0.1:0'}}\nexporters:\n  otlp_http: \
             {{endpoint: '{}'}}",
            backend.url()
        ),
        "",
        "otlp_http",
    );
    configuration += "  extensions: [health_check]\n";
    let holt = pipeline::start(&configuration);
    holt.ready();
    let address = holt.endpoint("Starting health_check extension");
    let health = || client::http("GET", &address, "/", &[], b"");
    let answer = health();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.message.text().contains("Server available"), "{answer:?}");
    // While the exporter still waits for its backend, the service is up but not ready.
    client::post(&holt.http(), PATHS[0], &[PROTOBUF], &telemetry::encoded()[0]);
    backend.wait_for(1);
    holt.signal("TERM");
    poll(|| health().status == 503).expect("not ready any more");
    backend.release();
    let finished = holt.finish();
    assert_eq!(finished.code, Some(0), "{finished}");
}

#[test]
fn the_demonstration_needs_no_configuration() {
    let sandbox = Sandbox::new();
    let holt = sandbox.start(&[
        "run",
        "--set=receivers.otlp.protocols.grpc.endpoint=127.0.0.1:0",
        "--set=receivers.otlp.protocols.http.endpoint=127.0.0.1:0",
    ]);
    let metrics = telemetry::metrics_of(vec![
        telemetry::attribute("k8s.pod.name", telemetry::text("pod-1")),
        telemetry::attribute("k8s.namespace.name", telemetry::text("shop")),
    ]);
    let body = prost::Message::encode_to_vec(&metrics);
    assert_eq!(client::post(&holt.http(), PATHS[1], &[PROTOBUF], &body).status, 200);
    let finished = holt.terminate();
    assert_eq!(finished.code, Some(0), "{finished}");
    let points: Vec<&str> =
        finished.stderr.lines().filter(|line| line.starts_with("metric.")).collect();
    assert_eq!(points.len(), telemetry::DATAPOINTS, "{finished}");
    for point in points {
        for attribute in ["cluster_name=demo", "pod=pod-1", "namespace=shop"] {
            assert!(point.contains(attribute), "{point}");
        }
    }
}
