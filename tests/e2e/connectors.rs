//! Pipelines joined by connectors that choose and count, and files between two collectors.

use crate::backend::{Backend, Reply};
use crate::client::{self, JSON};
use crate::common::{Running, Sandbox, poll};
use crate::pipeline;

fn exporter(name: &str, backend: &Backend) -> String {
    format!(
        "  otlp_http/{name}: {{endpoint: '{}', compression: none, sending_queue: {{enabled: \
         false}}, retry_on_failure: {{enabled: false}}}}\n",
        backend.url()
    )
}

const RECEIVERS: &str = "receivers:\n  otlp: {protocols: {http: {endpoint: '127.0.0.1:0'}}}\n";

fn post(holt: &Running, path: &str, body: &str) -> u16 {
    client::post(&holt.http(), path, &[JSON], body.as_bytes()).status
}

const LOGS: &str = r#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [
    {"severityNumber": 9, "body": {"stringValue": "fine"}},
    {"severityNumber": 17, "body": {"stringValue": "bad"}}]}]}]}"#;

/// The bodies of all log records that a backend got.
fn bodies(backend: &Backend) -> String {
    let requests = backend.logs();
    let resources = requests.iter().flat_map(|request| &request.resource_logs);
    let scopes = resources.flat_map(|resource| &resource.scope_logs);
    let records = scopes.flat_map(|scope| &scope.log_records);
    records.map(|record| format!("{:?}", record.body)).collect()
}

#[test]
fn log_records_are_routed_and_counted() {
    let (errors, rest) = (Backend::start(), Backend::start());
    let holt = pipeline::start(&format!(
        "{RECEIVERS}
connectors:
  routing:
    default_pipelines: [logs/rest]
    table: [{{condition: log.severity_number >= SEVERITY_NUMBER_ERROR, pipelines: [logs/errors]}}]
  count:
exporters:
{}{}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    logs/in: {{receivers: [otlp], exporters: [routing, count]}}
    logs/errors: {{receivers: [routing], exporters: [otlp_http/errors]}}
    logs/rest: {{receivers: [routing], exporters: [otlp_http/rest]}}
    metrics: {{receivers: [count], exporters: [otlp_http/rest]}}
",
        exporter("errors", &errors),
        exporter("rest", &rest)
    ));
    assert_eq!(post(&holt, "/v1/logs", LOGS), 200);
    errors.wait_for(1);
    rest.wait_for(2);
    assert!(bodies(&errors).contains("bad") && !bodies(&errors).contains("fine"));
    assert!(bodies(&rest).contains("fine") && !bodies(&rest).contains("bad"));
    let metric = &rest.metrics()[0].resource_metrics[0].scope_metrics[0].metrics[0];
    assert_eq!(metric.name, "log.record.count");
    assert!(format!("{:?}", metric.data).contains("AsInt(2)"), "{metric:?}");
}

#[test]
fn the_second_backend_takes_over_and_the_first_comes_back() {
    let (first, second) = (Backend::start(), Backend::start());
    first.answer_next(Reply::status(503));
    let holt = pipeline::start(&format!(
        "{RECEIVERS}
connectors:
  failover: {{priority_levels: [[logs/first], [logs/second]], retry_interval: 1ms}}
exporters:
{}{}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    logs/in: {{receivers: [otlp], exporters: [failover]}}
    logs/first: {{receivers: [failover], exporters: [otlp_http/first]}}
    logs/second: {{receivers: [failover], exporters: [otlp_http/second]}}
",
        exporter("first", &first),
        exporter("second", &second)
    ));
    assert_eq!(post(&holt, "/v1/logs", LOGS), 200);
    assert_eq!((first.requests().len(), second.requests().len()), (1, 1));
    let is_back = poll(|| {
        assert_eq!(post(&holt, "/v1/logs", LOGS), 200);
        first.requests().len() > 1
    });
    assert!(is_back.is_ok());
    holt.log_line("Pipelines of a preferred level take data again.");
}

#[test]
fn files_hold_what_was_received() {
    let sandbox = Sandbox::new().file(
        "config.yaml",
        &format!(
            "{RECEIVERS}
exporters:
  file: {{path: out/telemetry.jsonl, create_directory: true}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    logs: {{receivers: [otlp], exporters: [file]}}
    traces: {{receivers: [otlp], exporters: [file]}}
"
        ),
    );
    let holt = sandbox.start(&["--config", "config.yaml"]);
    let spans = r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{"name":"a","status":{}}]}]}]}"#;
    assert_eq!(post(&holt, "/v1/logs", LOGS), 200);
    assert_eq!(post(&holt, "/v1/traces", spans), 200);
    let finished = holt.terminate();
    assert_eq!(finished.code, Some(0), "{finished}");
    let text = std::fs::read_to_string(sandbox.path().join("out/telemetry.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with(r#"{"resourceLogs":["#) && lines[0].contains("bad"), "{text}");
    assert_eq!(lines[1], spans);
}

#[test]
fn what_one_collector_writes_another_reads() {
    let sandbox = Sandbox::new().directory("out").file(
        "write.yaml",
        &format!(
            "{RECEIVERS}
exporters:
  file: {{path: out/telemetry.jsonl}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    logs: {{receivers: [otlp], exporters: [file]}}
    traces: {{receivers: [otlp], exporters: [file]}}
    metrics: {{receivers: [otlp], exporters: [file]}}
"
        ),
    );
    let backend = Backend::start();
    let read = format!(
        "
receivers:
  otlpjsonfile: {{include: ['out/*.jsonl'], start_at: beginning, storage: file_storage}}
exporters:
{}
extensions:
  file_storage: {{directory: out/state, create_directory: true}}
service:
  extensions: [file_storage]
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    logs: {{receivers: [otlpjsonfile], exporters: [otlp_http/b]}}
    traces: {{receivers: [otlpjsonfile], exporters: [otlp_http/b]}}
    metrics: {{receivers: [otlpjsonfile], exporters: [otlp_http/b]}}
",
        exporter("b", &backend)
    );
    let sandbox = sandbox.file("read.yaml", &read);
    let writer = sandbox.start(&["--config", "write.yaml"]);
    let spans = r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "a"}]}]}]}"#;
    let points = r#"{"resourceMetrics": [{"scopeMetrics": [{"metrics": [
        {"name": "m", "gauge": {"dataPoints": [{"asInt": "1"}]}}]}]}]}"#;
    assert_eq!(post(&writer, "/v1/logs", LOGS), 200);
    assert_eq!(post(&writer, "/v1/traces", spans), 200);
    let reader = sandbox.start(&["--config", "read.yaml"]);
    backend.wait_for(2);
    assert_eq!(post(&writer, "/v1/metrics", points), 200);
    backend.wait_for(3);
    let counts = (backend.logs().len(), backend.traces().len(), backend.metrics().len());
    assert_eq!(counts, (1, 1, 1));
    assert_eq!(reader.terminate().code, Some(0));
    // Another run goes on where the first has ended.
    let reader = sandbox.start(&["--config", "read.yaml"]);
    reader.ready();
    assert_eq!(post(&writer, "/v1/traces", spans), 200);
    backend.wait_for(4);
    assert_eq!((backend.requests().len(), backend.traces().len()), (4, 2));
    assert_eq!(reader.terminate().code, Some(0));
}
