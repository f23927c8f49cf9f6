//! What the Go collector's connector answered, compared with ours.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_pdata::{Batch, Signal, json};
use serde_json::{Value, json};

use super::super::Factory;
use crate::component::{ClientMetadata, ConnectorFactory, Context, Kind, PipelineOutput, Section};
use crate::config::feature_gates::Gates;
use crate::config::ids::ComponentId;
use crate::testing::{Recorder, node, settings};

/// Where answers differ: a part of the name of cases, and why.
const ON_PURPOSE: [(&str, &str); 11] = [
    ("pipeline as text", "a text is taken for a list of one, as elsewhere"),
    ("pipelines as text", "likewise"),
    ("one text with a comma", "likewise"),
    ("otelcol context with a path of resources", "it is asked, for it can be"),
    ("one pipeline twice", "it gets what is routed to it once"),
    ("metrics: items fail, None", "where a route takes no item, resources without items stay"),
    ("metrics: items fail, ignore", "likewise"),
    ("metrics: items fail, silent", "likewise"),
    ("metrics: path of datapoint", "the reference loses the metadata of metrics"),
    ("metrics: context datapoint", "likewise"),
    ("metrics: delete_key(datapoint", "likewise"),
];

/// How many cases there are: a lost file must not pass.
const CASES: usize = 420;

/// What each pipeline got: the resources, in the order of their texts.
type Routed = BTreeMap<String, Vec<String>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/routing")
}

fn read(path: PathBuf) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for file in ["config", "contexts", "errors", "order", "request", "statements"] {
        let Value::Array(more) = read(folder().join(file).with_extension("json")) else { panic!() };
        cases.extend(more);
    }
    cases
}

fn signal(case: &Value) -> Signal {
    let name = case["signal"].as_str().unwrap();
    Signal::ALL.into_iter().find(|signal| signal.name() == name).unwrap()
}

/// The payload of a case, which may only name it.
fn input(case: &Value) -> Batch {
    let payload = match &case["input"] {
        Value::String(name) => read(folder().join("inputs").join(name).with_extension("json")),
        payload => payload.clone(),
    };
    json::decode(signal(case), payload.to_string().as_bytes()).unwrap()
}

fn context(case: &Value) -> Context {
    let mut client = ClientMetadata::default();
    let Value::Object(known) = &case["client"] else { return Context::none() };
    for (key, values) in known["metadata"].as_object().unwrap() {
        for value in values.as_array().unwrap() {
            client.push(key, value.as_str().unwrap());
        }
    }
    for (key, values) in known["grpc"].as_object().unwrap() {
        for value in values.as_array().unwrap() {
            let name: http::HeaderName = key.parse().unwrap();
            client.grpc.append(name, value.as_str().unwrap().parse().unwrap());
        }
    }
    Context { client: Some(Arc::new(client)), ..Context::none() }
}

/// The resources of a request as texts, in order.
fn resources(batch: &Batch) -> Vec<String> {
    let shown: Value = serde_json::from_slice(&json::encode(batch)).unwrap();
    let lists = shown.as_object().unwrap().values();
    let mut texts: Vec<_> =
        lists.flat_map(|list| list.as_array().unwrap()).map(Value::to_string).collect();
    texts.sort();
    texts
}

fn theirs(case: &Value) -> Routed {
    let member = match signal(case) {
        Signal::Traces => "resourceSpans",
        Signal::Metrics => "resourceMetrics",
        _ => "resourceLogs",
    };
    let pipelines = case["output"].as_object().into_iter().flatten();
    let routed = pipelines.map(|(pipeline, list)| {
        let payload = json!({ member: list }).to_string();
        (pipeline.clone(), resources(&json::decode(signal(case), payload.as_bytes()).unwrap()))
    });
    routed.collect()
}

#[derive(Debug)]
enum Outcome {
    Refused(Vec<Diagnostic>),
    NotCreated(String),
    Failed(String),
    Routed(Routed),
}

async fn run(case: &Value) -> Outcome {
    let node = node(case["config"].as_str().unwrap());
    let mut findings = Vec::new();
    let id = ComponentId::of_type("routing").unwrap();
    let mut gates = Gates::default();
    let set = case["gates"].as_array().into_iter().flatten();
    gates.apply(set.map(|gate| gate.as_str().unwrap())).unwrap();
    let section = Section { id: &id, node: &node, gates: &gates };
    let config = Factory::default().parse(section, &mut findings);
    findings.retain(|finding| finding.severity == Severity::Error);
    let Some(config) = config.filter(|_| findings.is_empty()) else {
        return Outcome::Refused(findings);
    };
    let taken: Vec<_> =
        ["a", "b", "c", "rest"].map(|name| (name, Arc::new(Recorder::default()))).into();
    let outputs = taken.iter().map(|(name, consumer)| PipelineOutput {
        id: format!("{}/{name}", signal(case).name()).parse().unwrap(),
        consumer: consumer.clone(),
    });
    let (settings, _hub) = settings(Kind::Connector, "routing");
    let connector = match config.create(settings, signal(case), outputs.collect()) {
        Ok(connector) => connector,
        Err(error) => return Outcome::NotCreated(error.to_string()),
    };
    if let Err(refused) = connector.consume(input(case), context(case)).await {
        return Outcome::Failed(refused.to_string());
    }
    let routed = taken.into_iter().filter_map(|(name, taken)| {
        let batches = taken.batches();
        assert!(batches.len() < 2, "a pipeline gets one request");
        Some((name.to_owned(), resources(batches.first()?)))
    });
    Outcome::Routed(routed.collect())
}

/// Whether the words of the reference are in a finding; it says in other words what concerns types
/// and OTTL.
fn is_told(message: &str, findings: &[Diagnostic]) -> bool {
    ["decoding failed", "unable to "].iter().any(|start| message.starts_with(start))
        || findings.iter().flat_map(|finding| &finding.notes).any(|note| note.ends_with(message))
}

#[tokio::test]
async fn answers_are_those_of_the_reference() {
    let cases = cases();
    let mut wrong = Vec::new();
    for case in &cases {
        let outcome = run(case).await;
        let message = case["message"].as_str().unwrap_or_default();
        let same = match (&outcome, case["outcome"].as_str().unwrap()) {
            (Outcome::Refused(findings), "compile_error") => is_told(message, findings),
            (Outcome::NotCreated(error), "compile_error") => error == message,
            // Functions say what is wrong in other words.
            (Outcome::Failed(error), "run_error") => !error.is_empty(),
            (Outcome::Routed(routed), "ok") => *routed == theirs(case),
            _ => false,
        };
        let name = case["name"].as_str().unwrap();
        if same == ON_PURPOSE.iter().any(|(part, _)| name.contains(part)) {
            let config = &case["config"];
            wrong.push(format!(
                "{name} {config}\n  ours   {outcome:?}\n  theirs {} {message} {:?}",
                case["outcome"],
                theirs(case),
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(cases.len(), CASES);
}
