//! Settings mean what they mean to the Go collector, compared on all engines.

use holt_grammar::diag::Severity;
use holt_pdata::{Batch, Signal, json};
use holt_runtime::Engine;
use serde_json::Value;

use super::Config;
use crate::component::{Context, Kind, ProcessorConfig, Section};
use crate::config::feature_gates::Gates;
use crate::testing::{Recorder, node, settings};

/// How many cases there are: a lost file must not pass.
const CASES: usize = 126;

fn cases() -> Vec<Value> {
    let root =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/transform");
    let mut cases = Vec::new();
    for file in ["caches", "conditions", "flat", "gates", "modes", "order", "shape"] {
        let text = std::fs::read(root.join(file).with_extension("json")).unwrap();
        cases.extend(serde_json::from_slice::<Vec<Value>>(&text).unwrap());
    }
    cases
}

fn signal(case: &Value) -> Signal {
    let name = case["signal"].as_str().unwrap();
    Signal::ALL.into_iter().find(|signal| signal.name() == name).unwrap()
}

fn shown(batch: &Batch) -> Value {
    let mut shown = serde_json::from_slice(&json::encode(batch)).unwrap();
    sort_attributes(&mut shown);
    shown
}

/// Sorts every list of attributes: where one was removed, the reference changes their order.
fn sort_attributes(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort_attributes),
        Value::Object(members) => {
            members.values_mut().for_each(sort_attributes);
            if let Some(Value::Array(attributes)) = members.get_mut("attributes") {
                attributes.sort_by_key(ToString::to_string);
            }
        }
        _ => {}
    }
}

/// What the processor does with the case's payload: what is handed on, or why nothing is.
async fn outcome(case: &Value, engine: Engine) -> Result<Value, (&'static str, String)> {
    let (node, id) = (node(case["config"].as_str().unwrap()), "transform".parse().unwrap());
    let mut gates = Gates::default();
    let names = case["gates"].as_array().into_iter().flatten();
    gates.apply(names.map(|name| name.as_str().unwrap())).unwrap();
    let mut findings = Vec::new();
    let section = Section { id: &id, node: &node, gates: &gates };
    let config = Config::compile(section, engine, &mut findings);
    let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
    let Some(config) = config.filter(|_| !refused) else {
        return Err(("compile_error", format!("{findings:?}")));
    };
    let taken = Recorder::refusing([]);
    let (settings, _) = settings(Kind::Processor, "transform");
    let processor = config.create(settings, signal(case), taken.clone()).unwrap();
    let input = json::decode(signal(case), case["input"].to_string().as_bytes()).unwrap();
    match processor.consume(input, Context::none()).await {
        Ok(()) => Ok(shown(&taken.batches().pop().unwrap())),
        Err(refused) => Err(("run_error", refused.message)),
    }
}

/// The words of the reference for what is wrong with the shape of the settings are in a finding.
fn is_told(message: &str, findings: &str) -> bool {
    let message = message.strip_prefix("'' ").unwrap_or(message);
    let message = message.split(", got: ").next().unwrap_or(message);
    let about_shape = ["invalid ", "configuring ", "'flatten_data'"];
    !about_shape.iter().any(|start| message.starts_with(start)) || findings.contains(message)
}

#[tokio::test]
async fn answers_are_those_of_the_reference() {
    let mut wrong = Vec::new();
    let cases = cases();
    let on_every_engine =
        cases.iter().flat_map(|case| Engine::ALL.into_iter().map(move |engine| (case, engine)));
    for (case, engine) in on_every_engine {
        let name = format!("{} ({engine:?})", case["name"].as_str().unwrap());
        let wanted = case["outcome"].as_str().unwrap();
        let message = case["message"].as_str().unwrap_or_default();
        match outcome(case, engine).await {
            Ok(output) => {
                let expected = match &case["output"] {
                    Value::Null => Value::Null,
                    output => {
                        let text = output.to_string();
                        shown(&json::decode(signal(case), text.as_bytes()).unwrap())
                    }
                };
                if wanted != "ok" || output != expected {
                    wrong.push(format!(
                        "{name}: {wanted} {message}\nours {output}\ntheirs {expected}"
                    ));
                }
            }
            Err((outcome, told)) => {
                if outcome != wanted || outcome == "compile_error" && !is_told(message, &told) {
                    wrong.push(format!("{name}: {outcome} {told}, expected {wanted} {message}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(cases.len(), CASES);
}

#[test]
fn flattening_is_undone_by_grouping() {
    let cases = cases();
    let case = cases.iter().find(|case| case["name"] == "flatten_data: true (gate on)").unwrap();
    let batch = json::decode(Signal::Logs, case["input"].to_string().as_bytes()).unwrap();
    let apart = batch.flattened();
    assert_eq!(apart.items(), batch.items());
    assert_eq!(apart.grouped().grouped().bytes(), apart.grouped().bytes());
    let traces = Batch::empty(Signal::Traces);
    assert!(traces.flattened().grouped().has_no_resources());
}
