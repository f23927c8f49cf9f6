//! What statements see of the client, and that profiles have statements.

use std::sync::Arc;

use holt_pdata::{Batch, Signal, json};
use serde_json::{Value, json};

use super::Factory;
use crate::component::{ClientAddress, ClientMetadata, Consumer, Context, Kind, ProcessorFactory};
use crate::testing::{Recorder, node, section, settings};

/// What the processor passes on.
async fn passed_on(yaml: &str, batch: Batch, context: Context) -> Value {
    let (node, id) = (node(yaml), "transform".parse().unwrap());
    let mut diagnostics = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut diagnostics);
    let config = config.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let (settings, _) = settings(Kind::Processor, "transform");
    let recorder = Recorder::refusing([]);
    let next: Arc<dyn Consumer> = recorder.clone();
    let processor = config.create(settings, batch.signal(), next).unwrap();
    processor.consume(batch, context).await.unwrap();
    let batches = recorder.batches();
    serde_json::from_slice(&json::encode(&batches[0])).unwrap()
}

fn batch(signal: Signal, request: &Value) -> Batch {
    json::decode(signal, request.to_string().as_bytes()).unwrap()
}

#[tokio::test]
async fn statements_see_who_sent_the_batch() {
    let address = ClientAddress::Socket("192.0.2.7:4711".parse().unwrap());
    let mut client = ClientMetadata::new(Some(address));
    client.push("X-Tenant", "blue");
    client.grpc.insert("x-trace", "on".parse().unwrap());
    client.grpc.insert("grpc-timeout", "1S".parse().unwrap());
    let context = Context { client: Some(Arc::new(client)), ..Context::none() };
    let yaml = "log_statements:
- set(log.attributes[\"from\"], otelcol.client.addr)
- set(log.attributes[\"tenant\"], otelcol.client.metadata[\"x-TENANT\"][0])
- set(log.attributes[\"all\"], String(otelcol.grpc.metadata))
- set(log.attributes[\"none\"], \"nobody\") where otelcol.client.auth.attributes[\"subject\"] == nil";
    let request =
        json!({ "resourceLogs": [{ "scopeLogs": [{ "logRecords": [{ "flags": 1 }] }] }] });
    let output = passed_on(yaml, batch(Signal::Logs, &request), context).await;
    let attributes = &output["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["attributes"];
    let text = |key: &str, value: &str| json!({ "key": key, "value": { "stringValue": value } });
    let expected = json!([
        text("from", "192.0.2.7:4711"),
        text("tenant", "blue"),
        text("all", r#"{"x-trace":["on"]}"#),
        text("none", "nobody"),
    ]);
    assert_eq!(*attributes, expected);
}

#[tokio::test]
async fn profiles_are_transformed() {
    let yaml = "profile_statements:
- set(profile.attributes[\"host\"], resource.attributes[\"host\"])";
    let request = json!({
        "resourceProfiles": [{
            "resource": { "attributes": [{ "keyStrindex": 1, "value": { "stringValueStrindex": 2 } }] },
            "scopeProfiles": [{ "profiles": [{ "period": "1" }] }],
        }],
        "dictionary": { "stringTable": ["", "host", "h1"], "attributeTable": [{}] },
    });
    let output = passed_on(yaml, batch(Signal::Profiles, &request), Context::none()).await;
    let profile = &output["resourceProfiles"][0]["scopeProfiles"][0]["profiles"][0];
    assert_eq!(profile["attributeIndices"], json!([1]));
    let added = json!({ "keyStrindex": 1, "value": { "stringValue": "h1" } });
    assert_eq!(output["dictionary"]["attributeTable"][1], added);
}
