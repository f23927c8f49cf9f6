//! What is counted, and what is refused.

mod conformance;

use std::sync::Arc;

use holt_pdata::{Signal, json};

use super::Factory;
use crate::component::{ConnectorConfig, ConnectorFactory, Context, Kind, PipelineOutput};
use crate::config::ids::ComponentId;
use crate::testing::{Recorder, node, section, settings};

/// What the factory says to settings: a configuration, or messages.
fn configure(yaml: &str) -> Result<Box<dyn ConnectorConfig>, Vec<String>> {
    let node = node(yaml);
    let id = ComponentId::of_type("count").expect("id");
    let mut findings = Vec::new();
    let parsed = Factory::default().parse(section(&id, &node), &mut findings);
    parsed.ok_or_else(|| {
        let texts =
            findings.into_iter().map(|one| format!("{} {}", one.message, one.notes.join(" ")));
        texts.collect()
    })
}

/// The metrics of a request, as JSON.
async fn counted(yaml: &str, signal: Signal, request: &str) -> Result<String, String> {
    let config = configure(yaml).map_err(|messages| messages.join("\n"))?;
    let recorder = Arc::new(Recorder::default());
    let id = "metrics/out".parse().expect("an id");
    let outputs = vec![PipelineOutput { id, consumer: recorder.clone() }];
    let (settings, _hub) = settings(Kind::Connector, "count");
    let connector = config.create(settings, signal, outputs).map_err(|error| error.to_string())?;
    let batch = json::decode(signal, request.as_bytes()).expect("a request");
    connector.consume(batch, Context::none()).await.map_err(|error| error.to_string())?;
    let texts = recorder.batches().into_iter().map(|batch| {
        let checked = holt_pdata::Batch::decode(batch.signal(), batch.bytes().clone());
        String::from_utf8(json::encode(&checked.expect("valid"))).expect("text")
    });
    Ok(texts.collect())
}

const LOGS: &str = r#"{"resourceLogs": [
  {"resource": {"attributes": [{"key": "service", "value": {"stringValue": "cart"}}]},
   "scopeLogs": [{"logRecords": [
     {"timeUnixNano": "20", "severityNumber": 17, "attributes": [{"key": "code", "value": {"intValue": "5"}}]},
     {"timeUnixNano": "10", "severityNumber": 17},
     {"timeUnixNano": "30", "severityNumber": 9, "attributes": [{"key": "code", "value": {"intValue": "5"}}]}]}]},
  {"scopeLogs": [{"logRecords": [{"severityNumber": 1}]}]}]}"#;

#[tokio::test]
async fn items_are_counted_by_resource_condition_and_attributes() {
    let yaml = r#"
logs:
  errors: {description: Errors., conditions: ['log.severity_number >= SEVERITY_NUMBER_ERROR']}
  codes: {attributes: [{key: code, default_value: 7}, {key: service}]}
"#;
    let found = counted(yaml, Signal::Logs, LOGS).await.expect("counted");
    let scope = super::SCOPE;
    let times = r#""startTimeUnixNano":"10","timeUnixNano":"30""#;
    let service = r#"{"key":"service","value":{"stringValue":"cart"}}"#;
    let expected = format!(
        r#"{{"resourceMetrics":[{{"resource":{{"attributes":[{service}]}},"scopeMetrics":[{{"scope":{{"name":"{scope}"}},"metrics":[{{"name":"codes","sum":{{"dataPoints":[{{"attributes":[{{"key":"code","value":{{"intValue":"5"}}}},{service}],{times},"asInt":"2"}},{{"attributes":[{{"key":"code","value":{{"intValue":"7"}}}},{service}],{times},"asInt":"1"}}],"aggregationTemporality":1,"isMonotonic":true}}}},{{"name":"errors","description":"Errors.","sum":{{"dataPoints":[{{{times},"asInt":"2"}}],"aggregationTemporality":1,"isMonotonic":true}}}}]}}]}}]}}"#
    );
    assert_eq!(found, expected);
}

#[tokio::test]
async fn without_settings_everything_is_counted() {
    let spans = r#"{"resourceSpans": [{"scopeSpans": [{"spans": [
        {"name": "a", "events": [{"name": "e"}, {"name": "f"}]}, {"name": "b"}, {"name": "c"}]}]}]}"#;
    let found = counted("{}", Signal::Traces, spans).await.expect("counted");
    assert!(
        found
            .contains(r#""name":"trace.span.count","description":"The number of spans observed.""#)
    );
    assert!(found.contains(r#""name":"trace.span.event.count""#));
    assert!(found.contains(r#""asInt":"3""#) && found.contains(r#""asInt":"2""#), "{found}");
    let points = r#"{"resourceMetrics": [{"scopeMetrics": [{"metrics": [
        {"name": "g", "gauge": {"dataPoints": [{"asInt": "1"}, {"asInt": "2"}]}},
        {"name": "h", "exponentialHistogram": {"dataPoints": [{"count": "1"}]}}]}]}]}"#;
    let found = counted("{}", Signal::Metrics, points).await.expect("counted");
    assert!(found.contains(r#""name":"metric.count""#) && found.contains(r#""asInt":"2""#));
    assert!(
        found.contains(r#""name":"metric.datapoint.count""#) && found.contains(r#""asInt":"3""#)
    );
}

#[tokio::test]
async fn nothing_counted_is_nothing_sent() {
    let yaml = "{logs: {none: {conditions: ['log.severity_number == 99']}}}";
    assert_eq!(counted(yaml, Signal::Logs, LOGS).await.as_deref(), Ok(""));
}

#[tokio::test]
async fn failures_refuse_the_batch() {
    let yaml = "{logs: {broken: {conditions: ['ParseJSON(log.severity_text) != nil']}}}";
    assert!(counted(yaml, Signal::Logs, LOGS).await.is_err());
    let empty = r#"{"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "m"}]}]}]}"#;
    let refused = counted("{}", Signal::Metrics, empty).await;
    assert_eq!(refused.err().as_deref(), Some("metric \"m\": invalid metric type: Empty"));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    for (yaml, expected) in [
        ("{spans: {'': {}}}", "spans: metric name missing"),
        ("{metrics: {m: {attributes: [{key: a}]}}}", "metrics attributes not supported"),
        ("{logs: {m: {attributes: [{default_value: a}]}}}", "attribute key missing"),
        ("{logs: {m: {conditions: ['span.name == \"a\"']}}}", "span"),
    ] {
        let messages = configure(yaml).err().unwrap_or_default();
        assert!(messages.iter().any(|message| message.contains(expected)), "{yaml}: {messages:?}");
    }
}
