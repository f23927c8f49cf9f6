//! Which pipeline gets what, and what is refused.

mod conformance;

use std::sync::Arc;

use bytes::Bytes;
use holt_pdata::{Batch, Signal, json};

use super::Factory;
use crate::component::{
    Ack, AckOutcome, ClientMetadata, ConnectorConfig, ConnectorFactory, Context, Kind,
    PipelineOutput,
};
use crate::config::ids::ComponentId;
use crate::testing::{Recorder, node, plan, section, settings};

/// What the factory says to settings: a configuration, or messages.
fn configure(yaml: &str) -> Result<Box<dyn ConnectorConfig>, Vec<String>> {
    let node = node(yaml);
    let id = ComponentId::of_type("routing").expect("id");
    let mut findings = Vec::new();
    let parsed = Factory::default().parse(section(&id, &node), &mut findings);
    parsed.ok_or_else(|| {
        let texts =
            findings.into_iter().map(|one| format!("{} {}", one.message, one.notes.join(" ")));
        texts.collect()
    })
}

const REQUEST: &str = r#"{"resourceLogs": [
  {"resource": {"attributes": [{"key": "tenant", "value": {"stringValue": "acme"}}]},
   "scopeLogs": [{"logRecords": [
     {"severityNumber": 9, "body": {"stringValue": "one"}},
     {"severityNumber": 17, "body": {"stringValue": "two"}}]}]},
  {"resource": {"attributes": [{"key": "tenant", "value": {"stringValue": "other"}}]},
   "scopeLogs": [{"logRecords": [{"severityNumber": 17, "body": {"stringValue": "three"}}]}]}]}"#;

/// What the pipelines `logs/a`, `logs/b` and `logs/rest` get of a request: the bodies.
async fn routed(yaml: &str, context: Context) -> Result<[String; 3], String> {
    let config = configure(yaml).map_err(|messages| messages.join("\n"))?;
    routed_by(config.as_ref(), context).await
}

async fn routed_by(config: &dyn ConnectorConfig, context: Context) -> Result<[String; 3], String> {
    let recorders = [(); 3].map(|()| Arc::new(Recorder::default()));
    let names = ["logs/a", "logs/b", "logs/rest"];
    let outputs = names.iter().zip(&recorders).map(|(name, recorder)| PipelineOutput {
        id: name.parse().expect("an id"),
        consumer: recorder.clone(),
    });
    let (settings, _hub) = settings(Kind::Connector, "routing");
    let connector = config
        .create(settings, Signal::Logs, outputs.collect())
        .map_err(|error| error.to_string())?;
    let batch = json::decode(Signal::Logs, REQUEST.as_bytes()).expect("a request");
    let (ack, outcome) = Ack::root();
    connector.consume(batch, context.with_ack(ack)).await.map_err(|error| error.to_string())?;
    assert_eq!(outcome.await, AckOutcome::Delivered);
    Ok(recorders.map(|recorder| bodies(&recorder.batches())))
}

fn bodies(batches: &[Batch]) -> String {
    assert!(batches.len() < 2, "a pipeline gets one part");
    let text: String = batches
        .iter()
        .map(|batch| {
            Batch::decode(batch.signal(), Bytes::clone(batch.bytes())).expect("valid");
            String::from_utf8(json::encode(batch)).expect("text")
        })
        .collect();
    let words = ["one", "two", "three"].into_iter().filter(|word| text.contains(word));
    words.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn expect(found: &Result<[String; 3], String>, expected: [&str; 3]) {
    assert_eq!(found.as_ref().map(|found| found.each_ref().map(String::as_str)), Ok(expected));
}

#[tokio::test]
async fn items_go_where_the_first_condition_says() {
    let yaml = r#"
default_pipelines: [logs/rest]
table:
  - condition: log.severity_number >= SEVERITY_NUMBER_ERROR and log.body != "three"
    pipelines: [logs/a]
  - {context: log, condition: severity_number >= 17, pipelines: [logs/b]}
"#;
    expect(&routed(yaml, Context::none()).await, ["two", "three", "one"]);
}

#[tokio::test]
async fn resources_go_as_a_whole_and_copies_stay() {
    let yaml = r#"
default_pipelines: [logs/rest]
table:
  - {statement: 'route() where attributes["tenant"] == "acme"', action: copy, pipelines: [logs/a]}
  - {condition: 'resource.attributes["tenant"] != nil', action: copy, pipelines: [logs/b]}
"#;
    let all = "one two three";
    expect(&routed(yaml, Context::none()).await, ["one two", all, all]);
    let moved = yaml.replace("action: copy, pipelines: [logs/b]", "pipelines: [logs/b]");
    expect(&routed(&moved, Context::none()).await, ["one two", all, ""]);
    let first = moved.replace("action: copy, ", "");
    expect(&routed(&first, Context::none()).await, ["one two", "three", ""]);
}

#[tokio::test]
async fn what_no_route_takes_is_dropped_without_default_pipelines() {
    let yaml = r#"
table:
  - {condition: 'log.body == "one"', pipelines: [logs/a]}
  - {condition: 'span.name == "x"', pipelines: [logs/b]}
"#;
    expect(&routed(yaml, Context::none()).await, ["one", "", ""]);
}

#[tokio::test]
async fn requests_go_by_their_metadata() {
    let mut client = ClientMetadata::default();
    client.push("X-Tenant", "acme");
    let context = Context { client: Some(Arc::new(client)), ..Context::none() };
    let yaml = r#"
default_pipelines: [logs/rest]
table:
  - {context: request, condition: 'request["x-tenant"] == "none"', pipelines: [logs/b]}
  - condition: otelcol.client.metadata["x-tenant"][0] == "acme"
    pipelines: [logs/a]
"#;
    expect(&routed(yaml, context.clone()).await, ["one two three", "", ""]);
    let other = yaml.replace("none", "acme");
    expect(&routed(&other, context).await, ["", "one two three", ""]);
    expect(&routed(yaml, Context::none()).await, ["", "", "one two three"]);
}

#[tokio::test]
async fn a_condition_that_fails_does_not_hold() {
    let yaml = |mode: &str| {
        format!(
            "
error_mode: {mode}
default_pipelines: [logs/rest]
table: [{{condition: 'ParseJSON(log.body) != nil', pipelines: [logs/a]}}]"
        )
    };
    expect(&routed(&yaml("ignore"), Context::none()).await, ["", "", "one two three"]);
    assert!(routed(&yaml("propagate"), Context::none()).await.is_err());
}

#[tokio::test]
async fn a_statement_may_remove_what_it_went_by() {
    let yaml = r#"
table:
  - statement: delete_key(resource.attributes, "tenant") where resource.attributes["tenant"] == "acme"
    pipelines: [logs/a]
  - {condition: 'resource.attributes["tenant"] == nil', pipelines: [logs/b]}
"#;
    expect(&routed(yaml, Context::none()).await, ["one two", "", ""]);
}

#[tokio::test]
async fn what_is_meant_for_a_pipeline_that_is_left_out_goes_nowhere_else() {
    let yaml = r#"
default_pipelines: [logs/rest]
table:
  - {condition: 'log.body == "one"', pipelines: [logs/gone]}
  - {condition: 'log.body == "two"', pipelines: [logs/a, logs/gone]}
"#;
    let mut config = configure(yaml).expect("valid");
    config.leave_out(&["logs/gone".parse().expect("an id")]);
    expect(&routed_by(config.as_ref(), Context::none()).await, ["two", "", "three"]);
}

#[tokio::test]
async fn tables_that_cannot_work_are_refused() {
    for (yaml, expected) in [
        ("{}", "invalid routing table: the routing table is empty"),
        ("{table: [{pipelines: [logs]}]}", "no condition or statement provided"),
        (
            "{table: [{condition: 'true', statement: route(), pipelines: [logs]}]}",
            "both condition and statement provided",
        ),
        ("{table: [{condition: 'true'}]}", "invalid route: no pipelines defined"),
        (
            "{table: [{context: log, condition: 'true', action: drop, pipelines: [logs]}]}",
            "invalid Action string: drop",
        ),
        (
            "{table: [{context: scope, condition: 'true', pipelines: [logs]}]}",
            "invalid context: scope",
        ),
        (
            "{table: [{context: request, statement: route(), pipelines: [logs]}]}",
            "requires a 'condition'",
        ),
        ("{table: [{statement: 'set(log.body, 1)', pipelines: [logs]}]}", "`set` is no editor"),
        ("{table: [{condition: 'log.bodi == 1', pipelines: [logs]}]}", "bodi"),
        ("{table: [{context: log, condition: 'true', pipelines: [lgs]}]}", "`lgs` is no pipeline"),
    ] {
        let messages = configure(yaml).err().unwrap_or_default();
        assert!(messages.iter().any(|message| message.contains(expected)), "{yaml}: {messages:?}");
    }
    let missing = "{table: [{condition: 'log.body == 1', pipelines: [logs/none]}]}";
    let found = routed(missing, Context::none()).await;
    assert_eq!(found.err().as_deref(), Some("pipeline not found: missing consumer: \"logs/none\""));
}

#[test]
fn pipelines_that_are_not_there_are_found_when_the_configuration_is_read() {
    let yaml = "
receivers: {nop: }
exporters: {nop: }
connectors:
  routing: {table: [{condition: 'log.body == 1', pipelines: [logs/a, logs/typo, logs/apart]}]}
service:
  pipelines:
    logs/in: {receivers: [nop], exporters: [routing]}
    logs/a: {receivers: [routing], exporters: [nop]}
    logs/apart: {receivers: [nop], exporters: [nop]}
";
    let (_, findings) = plan(yaml);
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`connectors::routing` leads to `logs/typo`, which is not configured",
            "`connectors::routing` leads to `logs/apart`, which does not start with it",
        ]
    );
}
