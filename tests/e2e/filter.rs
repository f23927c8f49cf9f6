//! What a filter drops does not arrive, and its sender is told that all is well.

use crate::backend::Backend;
use crate::client::{self, JSON};
use crate::pipeline;

/// Newest form for traces and metrics, older form for logs; a transform in front of the filter.
const FILTERED: &str = r#"
processors:
  transform:
    trace_statements: ['set(span.attributes["kept"], true)']
  filter/health:
    trace_conditions:
      - resource.attributes["service.name"] == "probe"
      - IsMatch(span.name, "^GET /health")
    metric_conditions: ['datapoint.attributes["state"] == "idle"']
    logs:
      log_record: ['severity_number < SEVERITY_NUMBER_WARN']
  filter/strict:
    error_mode: propagate
    trace_conditions: ['ParseJSON(span.attributes["json"])["a"] == 1 and span.name == "json"']
exporters:
"#;

fn started(processors: &str, backend: &Backend) -> crate::common::Running {
    let exporter = format!(
        "  otlp_http: {{endpoint: '{}', compression: none, sending_queue: {{enabled: false}}, \
         retry_on_failure: {{enabled: false}}}}",
        backend.url()
    );
    let sections = format!("{FILTERED}{exporter}");
    pipeline::start(&pipeline::configuration(&sections, processors, "otlp_http"))
}

fn post(address: &str, path: &str, body: &str) -> u16 {
    client::post(address, path, &[JSON], body.as_bytes()).status
}

const SPANS: &str = r#"{"resourceSpans": [
  {"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "probe"}}]},
   "scopeSpans": [{"spans": [{"name": "a"}]}]},
  {"scopeSpans": [{"spans": [{"name": "GET /healthz"}]},
                  {"spans": [{"name": "GET /cart"}, {"name": "GET /health"}]}]}]}"#;

const POINTS: &str = r#"{"resourceMetrics": [{"scopeMetrics": [{"metrics": [
  {"name": "cpu", "gauge": {"dataPoints": [
    {"asInt": "1", "attributes": [{"key": "state", "value": {"stringValue": "idle"}}]},
    {"asInt": "2", "attributes": [{"key": "state", "value": {"stringValue": "user"}}]}]}},
  {"name": "idle", "gauge": {"dataPoints": [
    {"asInt": "3", "attributes": [{"key": "state", "value": {"stringValue": "idle"}}]}]}}]}]}]}"#;

#[test]
fn only_what_is_kept_arrives() {
    let backend = Backend::start();
    let holt = started("transform, filter/health", &backend);
    let address = holt.http();
    assert_eq!(post(&address, "/v1/traces", SPANS), 200);
    assert_eq!(post(&address, "/v1/metrics", POINTS), 200);
    let infos = r#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"severityNumber": 9}]}]}]}"#;
    // Nothing remains of this one, which is not a failure.
    assert_eq!(post(&address, "/v1/logs", infos), 200);
    let errors = infos.replace('9', "17");
    assert_eq!(post(&address, "/v1/logs", &errors), 200);
    assert_eq!(backend.wait_for(3).len(), 3);

    let traces = &backend.traces()[0];
    assert_eq!(traces.resource_spans.len(), 1);
    let scopes = &traces.resource_spans[0].scope_spans;
    let names: Vec<_> =
        scopes.iter().flat_map(|scope| &scope.spans).map(|s| s.name.as_str()).collect();
    assert_eq!((scopes.len(), names), (1, vec!["GET /cart"]));
    assert_eq!(scopes[0].spans[0].attributes[0].key, "kept");
    let metrics = &backend.metrics()[0].resource_metrics[0].scope_metrics[0].metrics;
    assert_eq!((metrics.len(), metrics[0].name.as_str()), (1, "cpu"));
    let logs = backend.logs();
    assert_eq!(logs.len(), 1);
    assert_eq!(logs[0].resource_logs[0].scope_logs[0].log_records[0].severity_number, 17);
}

#[test]
fn a_failure_under_propagate_refuses_the_request() {
    let backend = Backend::start();
    let holt = started("filter/strict", &backend);
    let address = holt.http();
    assert_eq!(post(&address, "/v1/traces", SPANS), 503);
    holt.log_line("failed processing traces");
    let sound = r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "json", "attributes":
        [{"key": "json", "value": {"stringValue": "{\"a\": 2}"}}]}]}]}]}"#;
    assert_eq!(post(&address, "/v1/traces", sound), 200);
    assert_eq!(backend.wait_for(1).len(), 1);
}
