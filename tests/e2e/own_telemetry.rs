//! The collector's own telemetry as others receive it: metrics, spans and log records over OTLP,
//! lines of the log, pages for people and profiles.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point;

use crate::backend::Backend;
use crate::client::{self, JSON};
use crate::common::{Running, Sandbox, poll};

const SPANS: &str = r#"{"resourceSpans": [{"scopeSpans": [{"spans": [
  {"name": "a"}, {"name": "b"}, {"name": "c"}]}]}]}"#;

fn started(telemetry: &str, extensions: &str, names: &str) -> (Sandbox, Running) {
    let configuration = format!(
        "
receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}}}
exporters: {{debug: {{verbosity: basic}}, otlp_http: {{endpoint: 'http://127.0.0.1:1', retry_on_failure: {{enabled: false}}, sending_queue: {{enabled: false}}}}}}
extensions: {{{extensions}}}
service:
  extensions: [{names}]
  telemetry:
    resource: {{service.name: observed, team: payments}}
{telemetry}
  pipelines:
    traces: {{receivers: [otlp], exporters: [debug]}}
    logs: {{receivers: [otlp], exporters: [otlp_http]}}
"
    );
    let sandbox = Sandbox::new().own_metrics().file("config.yaml", &configuration);
    let holt = sandbox.start(&["--config", "config.yaml"]);
    holt.log_line("Starting holt...");
    (sandbox, holt)
}

fn send(holt: &Running, path: &str, body: &str) -> u16 {
    client::post(&holt.http(), path, &[JSON], body.as_bytes()).status
}

const NO_METRICS: &str = "    metrics: {level: none}";

#[test]
fn metrics_are_sent_from_time_to_time() {
    let backend = Backend::start();
    let telemetry = format!(
        "    metrics:
      readers:
        - periodic:
            interval: 20
            exporter: {{otlp: {{protocol: http/protobuf, endpoint: '{}'}}}}",
        backend.url()
    );
    let (_sandbox, holt) = started(&telemetry, "", "");
    assert_eq!(send(&holt, "/v1/traces", SPANS), 200);
    let accepted = |request: &ExportMetricsServiceRequest| {
        let metrics = request.resource_metrics.iter().flat_map(|one| &one.scope_metrics);
        let metrics = metrics.flat_map(|scope| &scope.metrics);
        let found = metrics.filter(|metric| metric.name == "otelcol_receiver_accepted_spans");
        found.into_iter().any(|metric| {
            let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
            assert!(sum.is_monotonic && metric.unit == "{span}");
            sum.data_points[0].value == Some(number_data_point::Value::AsInt(3))
        })
    };
    poll(|| {
        backend.metrics().iter().any(|request| {
            let resource = request.resource_metrics[0].resource.as_ref().unwrap();
            let text = |key: &str| {
                let found = resource.attributes.iter().find(|one| one.key == key);
                found.and_then(|one| one.value.clone()).and_then(|value| value.value)
            };
            assert_eq!(text("service.name"), Some(Value::StringValue("observed".to_owned())));
            assert_eq!(text("team"), Some(Value::StringValue("payments".to_owned())));
            accepted(request)
        })
    })
    .expect("three spans are told of");
}

#[test]
fn spans_tell_of_what_was_received_and_exported() {
    let backend = Backend::start();
    let telemetry = format!(
        "{NO_METRICS}
    traces:
      processors:
        - simple: {{exporter: {{otlp: {{protocol: http/protobuf, endpoint: '{}'}}}}}}",
        backend.url()
    );
    let (_sandbox, holt) = started(&telemetry, "", "");
    assert_eq!(send(&holt, "/v1/traces", SPANS), 200);
    let logs = r#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"severityNumber": 9}]}]}]}"#;
    assert_eq!(send(&holt, "/v1/logs", logs), 503);
    let spans = || {
        let requests = backend.traces().into_iter();
        let spans = requests.flat_map(|request| request.resource_spans);
        let spans = spans.flat_map(|one| one.scope_spans).flat_map(|scope| scope.spans);
        spans.collect::<Vec<_>>()
    };
    poll(|| spans().len() >= 4).expect("two receives and two exports");
    let spans = spans();
    let named = |name: &str| {
        let found = spans.iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("{name}: {spans:#?}"))
    };
    let number = |span: &opentelemetry_proto::tonic::trace::v1::Span, key: &str| {
        let found = span.attributes.iter().find(|one| one.key == key);
        found.and_then(|one| one.value.clone()).and_then(|value| value.value)
    };
    let received = named("receiver/otlp/TraceDataReceived");
    assert_eq!(number(received, "accepted_spans"), Some(Value::IntValue(3)));
    let exported = named("exporter/debug/traces");
    assert_eq!(exported.parent_span_id, received.span_id);
    let failed = named("exporter/otlp_http/logs");
    assert_eq!(number(failed, "items.failed"), Some(Value::IntValue(1)));
    assert_eq!(failed.status.as_ref().unwrap().code, 2);
    assert_eq!(
        number(named("receiver/otlp/LogsReceived"), "refused_log_records"),
        Some(Value::IntValue(1))
    );
}

#[test]
fn the_log_can_be_json_and_go_to_a_file_and_an_otlp_receiver() {
    let backend = Backend::start();
    let telemetry = format!(
        "{NO_METRICS}
    logs:
      encoding: json
      initial_fields: {{region: eu}}
      output_paths: [stderr, holt.log]
      processors:
        - batch: {{schedule_delay: 10, exporter: {{otlp: {{protocol: http/protobuf, endpoint: '{}'}}}}}}",
        backend.url()
    );
    let (sandbox, holt) = started(&telemetry, "", "");
    let line = holt.log_line("Everything is ready.");
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["level"], "info");
    assert_eq!(line["region"], "eu");
    assert_eq!(line["resource"]["service.name"], "observed");
    assert!(line["caller"].as_str().unwrap().starts_with("service/mod.rs:"), "{line}");
    assert!(line["ts"].is_string() && line.get("stacktrace").is_none(), "{line}");
    let file = sandbox.path().join("holt.log");
    poll(|| std::fs::read_to_string(&file).unwrap().contains("Everything is ready."))
        .expect("the line is in the file");
    poll(|| {
        backend.logs().iter().any(|request| {
            let records = request.resource_logs.iter().flat_map(|one| &one.scope_logs);
            let mut records = records.flat_map(|scope| &scope.log_records);
            records.any(|record| {
                let body = record.body.clone().and_then(|body| body.value);
                let Some(Value::StringValue(text)) = body else { return false };
                text.starts_with("Everything is ready.") && record.severity_number == 9
            })
        })
    })
    .expect("the line is sent on");
}

#[test]
fn pages_show_the_running_service() {
    let zpages = "zpages: {endpoint: '127.0.0.1:0'}";
    let (_sandbox, holt) = started(NO_METRICS, zpages, "zpages");
    let address = holt.endpoint("Starting zPages extension");
    let page = client::http("GET", &address, "/debug/pipelinez", &[], b"");
    assert_eq!(page.status, 200);
    let page = String::from_utf8(page.message.body.to_vec()).unwrap();
    assert!(page.contains("<td>traces</td><td>traces</td>"), "{page}");
}

#[test]
fn health_is_told_with_the_configuration() {
    let health = "healthcheckv2: {http: {endpoint: '127.0.0.1:0', config: {enabled: true}}}";
    let (_sandbox, holt) = started(NO_METRICS, health, "healthcheckv2");
    let address = holt.endpoint("Starting healthcheckv2 extension");
    holt.ready();
    poll(|| client::http("GET", &address, "/status", &[], b"").status == 200).expect("it is well");
    let config = client::http("GET", &address, "/config", &[], b"");
    let config: serde_json::Value = serde_json::from_slice(&config.message.body).unwrap();
    assert_eq!(config["service"]["pipelines"]["traces"]["receivers"][0], "otlp", "{config}");
}

#[test]
fn a_profile_under_load_has_samples() {
    let pprof = "pprof: {endpoint: '127.0.0.1:0'}";
    let (_sandbox, holt) = started(NO_METRICS, pprof, "pprof");
    let address = holt.endpoint("Starting net/http/pprof server");
    holt.ready();
    let profile = std::thread::spawn(move || {
        client::http("GET", &address, "/debug/pprof/profile?seconds=1", &[], b"")
    });
    while !profile.is_finished() {
        send(&holt, "/v1/traces", SPANS);
    }
    let profile = profile.join().unwrap();
    assert_eq!(profile.status, 200);
    let mut plain = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(&profile.message.body[..]);
    std::io::Read::read_to_end(&mut reader, &mut plain).unwrap();
    // The names of functions stand in it as they are.
    assert!(plain.windows(5).any(|window| window == b"tokio"), "{} bytes", plain.len());
}
