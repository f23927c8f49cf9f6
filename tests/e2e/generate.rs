//! `holt generate` against a running collector.

use opentelemetry_proto::tonic::metrics::v1::metric::Data;

use crate::backend::Backend;
use crate::common::Sandbox;
use crate::pipeline;

const COUNT: usize = 137;

#[test]
fn all_that_was_asked_for_arrives() {
    let backend = Backend::start();
    let holt = pipeline::forwarding_to(&backend.url());
    let endpoints = [("grpc", holt.grpc()), ("http", format!("http://{}", holt.http()))];
    for signal in ["traces", "metrics", "logs"] {
        for (protocol, endpoint) in &endpoints {
            let finished = Sandbox::new().holt(&[
                "generate",
                signal,
                "--count=137",
                "--rate=2000",
                "--protocol",
                protocol,
                "--endpoint",
                endpoint,
                "--attributes=shop=yes,deployment.environment=test",
            ]);
            assert_eq!(finished.code, Some(0), "{finished}");
            assert!(finished.stdout.starts_with("sent 137 "), "{finished}");
        }
    }
    let traces = backend.traces();
    let traces = traces.iter().flat_map(|request| &request.resource_spans);
    let spans = traces.clone().flat_map(|resource| &resource.scope_spans);
    assert_eq!(spans.map(|scope| scope.spans.len()).sum::<usize>(), 2 * COUNT);
    for resource in traces.map(|traces| traces.resource.as_ref().unwrap()) {
        let has = |key: &str| resource.attributes.iter().any(|attribute| attribute.key == key);
        assert!(has("shop") && has("deployment.environment") && has("service.name"));
    }
    let logs = backend.logs();
    let logs = logs.iter().flat_map(|request| &request.resource_logs);
    let logs = logs.flat_map(|resource| &resource.scope_logs);
    assert_eq!(logs.map(|scope| scope.log_records.len()).sum::<usize>(), 2 * COUNT);
    let metrics = backend.metrics();
    let metrics = metrics.iter().flat_map(|request| &request.resource_metrics);
    let metrics = metrics.flat_map(|resource| &resource.scope_metrics);
    let points = metrics.flat_map(|scope| &scope.metrics).map(|metric| match &metric.data {
        Some(Data::Sum(sum)) => sum.data_points.len(),
        other => panic!("{other:?}"),
    });
    assert_eq!(points.sum::<usize>(), 2 * COUNT);
}

#[test]
fn the_debug_exporter_counts_them_too() {
    let sections = "exporters: {debug: {verbosity: basic}}";
    let holt = pipeline::start(&pipeline::configuration(sections, "", "debug"));
    let endpoint = holt.grpc();
    let arguments = ["generate", "traces", "--count=137", "--rate=2000", "--endpoint", &endpoint];
    assert_eq!(Sandbox::new().holt(&arguments).code, Some(0));
    let finished = holt.terminate();
    let counts = finished.stderr.lines().filter_map(|line| {
        let (_, count) = line.split_once("\"spans\": ")?;
        count.split(|letter: char| !letter.is_ascii_digit()).next()?.parse::<usize>().ok()
    });
    assert_eq!(counts.sum::<usize>(), COUNT, "{finished}");
}

#[test]
fn nobody_there_is_said_with_the_way_out() {
    let endpoints = [("grpc", "127.0.0.1:1"), ("http", "http://127.0.0.1:1")];
    for (protocol, endpoint) in endpoints {
        let arguments = ["generate", "logs", "--protocol", protocol, "--endpoint", endpoint];
        let finished = Sandbox::new().holt(&arguments);
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(1), ""), "{finished}");
        assert!(finished.stderr.contains(endpoint), "{finished}");
        assert!(finished.stderr.contains("`holt run` starts one"), "{finished}");
    }
}
