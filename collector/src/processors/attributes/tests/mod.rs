//! Settings mean what they mean to the Go collector, and bad ones are told in full.

mod conformance;
mod refusals;
mod trees;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal, json};
use holt_runtime::Engine;
use holt_runtime::host::{Client, FixedHost, Host};
use holt_runtime::value::Time;
use serde_json::{Value, json};

use super::{Config, Factory};
use crate::component::{
    ClientMetadata, Consumer, Context, CreateError, Kind, Processor, ProcessorFactory, Refused,
};
use crate::config::ids::ComponentId;
use crate::config::yaml::Node;
use crate::testing::{node, section, settings};

/// Both engines: what one does, the other must do.
const ENGINES: [Engine; 3] = Engine::ALL;

/// A section as one engine runs it, and what is found about it.
fn read(node: &Node, engine: Engine) -> (Option<Config>, Vec<Diagnostic>) {
    let id: ComponentId = "attributes".parse().unwrap();
    let mut findings = Vec::new();
    let config = Config::compile(section(&id, node), engine, &mut findings);
    (config, findings)
}

/// What the processor makes of a batch.
fn run(config: &Config, batch: &Batch) -> Batch {
    run_for(config, batch, None)
}

/// What the processor makes of a batch of that client.
fn run_for(config: &Config, batch: &Batch, client: Option<ClientMetadata>) -> Batch {
    let outcome = config.outcome(batch.signal()).unwrap();
    let program = outcome.as_ref().map_err(|fault| &fault.findings).unwrap();
    program.run(batch, &HostFor(client)).unwrap()
}

/// A host of which every answer is known, for the batch of a client.
struct HostFor(Option<ClientMetadata>);

impl Host for HostFor {
    fn now(&self) -> Time {
        FixedHost::default().now()
    }

    fn random(&self, bytes: &mut [u8]) {
        FixedHost::default().random(bytes);
    }

    fn env(&self, name: &str) -> Option<String> {
        FixedHost::default().env(name)
    }

    fn client(&self) -> Option<&dyn Client> {
        self.0.as_ref().map(|client| client as &dyn Client)
    }
}

fn batch(signal: Signal, value: &Value) -> Batch {
    json::decode(signal, value.to_string().as_bytes()).unwrap()
}

/// A batch as JSON, whatever its bytes look like.
fn shown(batch: &Batch) -> Value {
    serde_json::from_slice(&json::encode(batch)).unwrap()
}

/// A gauge whose datapoints have these attributes.
fn points(attributes: &[Value]) -> Batch {
    let points: Vec<Value> =
        attributes.iter().map(|list| json!({"asInt": "1", "attributes": list})).collect();
    let metric = json!({"name": "cpu", "gauge": {"dataPoints": points}});
    let scope = json!({"metrics": [metric]});
    batch(Signal::Metrics, &json!({"resourceMetrics": [{"scopeMetrics": [scope]}]}))
}

/// The attributes of the datapoints of such a gauge.
fn attributes_of(batch: &Batch) -> Value {
    let shown = shown(batch);
    let metric = &shown["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0];
    let points = metric["gauge"]["dataPoints"].as_array().unwrap();
    points.iter().map(|point| point["attributes"].clone()).collect()
}

fn text(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

#[test]
fn the_seeds_processor_names_the_cluster_of_every_datapoint() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/seed");
    for (file, cluster) in
        [("03-workload-grafana-stack.crd.yaml", "sk"), ("05-workload-collector.crd.yaml", "qms")]
    {
        let request = crate::config::LoadRequest {
            configs: vec![root.join(file).to_str().unwrap().to_owned()],
            ..crate::config::LoadRequest::default()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let environment = std::collections::HashMap::<String, String>::new();
        let loaded = runtime.block_on(crate::config::load(&request, &environment)).unwrap();
        let config = crate::config::decode(&loaded.tree).unwrap();
        let id: ComponentId = "attributes/clustername".parse().unwrap();
        let section = &config.processors[&id];

        let before = points(&[
            json!([text("pod", "a")]),
            json!([text("pod", "b"), text("cluster_name", "kept")]),
            json!([]),
        ]);
        for engine in ENGINES {
            let (config, findings) = read(&section.settings, engine);
            assert!(findings.is_empty(), "{findings:?}");
            let after = run(&config.unwrap(), &before);
            let expected = json!([
                [text("pod", "a"), text("cluster_name", cluster)],
                [text("pod", "b"), text("cluster_name", "kept")],
                [text("cluster_name", cluster)],
            ]);
            assert_eq!(attributes_of(&after), expected, "{file} {engine:?}");
        }
    }
}

#[test]
fn what_changes_nothing_shares_its_bytes() {
    let yaml = "actions: [{key: k, value: v, action: insert}, {key: n, action: convert, \
                converted_type: int}, {pattern: zz, action: hash}, {key: zz, action: delete}]";
    let number = json!({"key": "n", "value": {"intValue": "1"}});
    let before = points(&[json!([text("k", "here"), number])]);
    for engine in ENGINES {
        let (config, _) = read(&node(yaml), engine);
        let after = run(&config.unwrap(), &before);
        assert_eq!(after.bytes().as_ptr(), before.bytes().as_ptr(), "{engine:?}");
    }
}

#[test]
fn entries_with_the_same_key_are_hashed_each() {
    let before = points(&[json!([text("d", "1"), text("k", "v"), text("d", "2")])]);
    for engine in ENGINES {
        let (config, _) = read(&node("actions: [{pattern: d, action: hash}]"), engine);
        let one = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
        let two = "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35";
        let expected = json!([[text("d", one), text("k", "v"), text("d", two)]]);
        assert_eq!(attributes_of(&run(&config.unwrap(), &before)), expected);
    }
}

#[test]
fn a_default_stands_in_for_a_missing_source_only() {
    let actions = "actions:
      - {key: a, from_attribute: empty, default_value: d, action: insert}
      - {key: b, from_attribute: nope, default_value: [1, x], action: upsert}
      - {key: c, from_attribute: nope, default_value: d, action: update}
      - {key: e, from_attribute: nope, default_value: d, action: update}";
    let empty = json!({"key": "empty", "value": {}});
    let before = points(&[json!([empty, text("c", "old")])]);
    let list = json!({"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "x"}]}});
    let expected = json!([[
        empty,
        text("c", "d"),
        {"key": "a", "value": {}},
        {"key": "b", "value": list},
    ]]);
    for engine in ENGINES {
        let (config, _) = read(&node(actions), engine);
        assert_eq!(attributes_of(&run(&config.unwrap(), &before)), expected, "{engine:?}");
    }
}

/// A resource without `service.name`, and one whose name is the word that stands in for it.
#[test]
fn a_resource_without_a_service_name_has_a_name_of_its_own() {
    let span = json!({"spans": [{"name": "s"}]});
    let named = json!({"attributes": [text("service.name", "a")]});
    let request = json!({"resourceSpans": [
        {"resource": {}, "scopeSpans": [span]},
        {"resource": named, "scopeSpans": [span]},
    ]});
    let before = batch(Signal::Traces, &request);
    for (match_type, services, expected) in [
        ("strict", "\"<nil-service-name>\"", [true, false]),
        ("strict", "\"\"", [false, false]),
        ("regexp", "nil", [true, false]),
        ("regexp", "\".*\"", [true, true]),
        ("regexp", "\"^$\"", [false, false]),
        ("strict", "a", [false, true]),
    ] {
        let yaml = format!(
            "include: {{match_type: {match_type}, services: [{services}]}}\n\
             actions: [{{key: hit, value: x, action: insert}}]"
        );
        for engine in ENGINES {
            let (config, findings) = read(&node(&yaml), engine);
            assert!(findings.is_empty(), "{findings:?}");
            let after = shown(&run(&config.unwrap(), &before));
            let hits = [0, 1].map(|resource| {
                let span = &after["resourceSpans"][resource]["scopeSpans"][0]["spans"][0];
                span.get("attributes").is_some()
            });
            assert_eq!(hits, expected, "{yaml} {engine:?}");
        }
    }
}

/// Keeps what it is given.
#[derive(Default)]
struct Taken(Mutex<Vec<Batch>>);

#[async_trait]
impl Consumer for Taken {
    async fn consume(&self, batch: Batch, _: Context) -> Result<(), Refused> {
        self.0.lock().unwrap().push(batch);
        Ok(())
    }
}

fn create(yaml: &str, signal: Signal) -> Result<(Arc<Taken>, Arc<dyn Processor>), CreateError> {
    let (node, id) = (node(yaml), "attributes".parse().unwrap());
    let mut findings = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut findings);
    let taken = Arc::new(Taken::default());
    let (settings, _) = settings(Kind::Processor, "attributes");
    let created = config.expect("valid").create(settings, signal, taken.clone())?;
    Ok((taken, created))
}

#[tokio::test]
async fn batches_go_on_changed() {
    let yaml = "actions: [{key: k, value: v, action: insert}]";
    let (taken, processor) = create(yaml, Signal::Metrics).unwrap();
    processor.consume(points(&[json!([])]), Context::none()).await.unwrap();
    let taken = taken.0.lock().unwrap();
    let taken: Vec<Value> = taken.iter().map(attributes_of).collect();
    assert_eq!(taken, [json!([[text("k", "v")]])]);
}

#[test]
fn a_pipeline_of_a_signal_without_the_property_is_refused() {
    let yaml = "include: {match_type: strict, services: [a]}\n\
                actions: [{key: k, value: v, action: insert}]";
    assert!(create(yaml, Signal::Traces).is_ok());
    let error = create(yaml, Signal::Logs).err().unwrap().to_string();
    assert!(error.contains("`processors::attributes::include`: `services`"), "{error}");
    assert!(error.contains("the Go collector says: services, span_names, span_kinds"), "{error}");
    let error = create(yaml, Signal::Profiles).err().unwrap();
    assert!(matches!(error, CreateError::UnsupportedSignal));
}
