//! Pipelines joined by a `forward` connector: what enters the first leaves the others, through the
//! processors of both.

use crate::backend::Backend;
use crate::client::{self, JSON};
use crate::pipeline;

fn configuration(backend: &Backend) -> String {
    format!(
        "
receivers:
  otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}
processors:
  attributes/first: {{actions: [{{key: way, value: first, action: insert}}]}}
  transform/second: {{log_statements: ['set(log.attributes[\"way\"], Concat([log.attributes[\"way\"], \"second\"], \" \"))']}}
  transform/third: {{log_statements: ['set(log.attributes[\"way\"], Concat([log.attributes[\"way\"], \"third\"], \" \"))']}}
connectors:
  forward:
exporters:
  otlp_http: {{endpoint: '{}', compression: none, sending_queue: {{enabled: false}}, \
             retry_on_failure: {{enabled: false}}}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    logs/in: {{receivers: [otlp], processors: [attributes/first], exporters: [forward]}}
    logs/a: {{receivers: [forward], processors: [transform/second], exporters: [otlp_http]}}
    logs/b: {{receivers: [forward], processors: [transform/third], exporters: [otlp_http]}}
",
        backend.url()
    )
}

#[test]
fn what_enters_one_pipeline_leaves_all_that_are_joined_to_it() {
    let backend = Backend::start();
    let holt = pipeline::start(&configuration(&backend));
    let body = r#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"severityNumber": 9}]}]}]}"#;
    let answer = client::post(&holt.http(), "/v1/logs", &[JSON], body.as_bytes());
    assert_eq!(answer.status, 200);
    backend.wait_for(2);
    let mut ways: Vec<String> = backend
        .logs()
        .iter()
        .map(|request| {
            let record = &request.resource_logs[0].scope_logs[0].log_records[0];
            let value = record.attributes[0].value.clone().unwrap();
            format!("{value:?}")
        })
        .collect();
    ways.sort();
    assert_eq!(ways.len(), 2);
    assert!(ways[0].contains("first second") && ways[1].contains("first third"), "{ways:?}");
}

#[test]
fn a_refusal_behind_the_connector_reaches_the_client() {
    let backend = Backend::answering(crate::backend::Reply::status(400));
    let holt = pipeline::start(&configuration(&backend));
    let body = r#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"severityNumber": 9}]}]}]}"#;
    let answer = client::post(&holt.http(), "/v1/logs", &[JSON], body.as_bytes());
    assert!(answer.status >= 400, "{}", answer.status);
}
