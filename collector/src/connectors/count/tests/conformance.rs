//! What the Go collector's connector answered, compared with ours.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_pdata::{Batch, Signal, json};
use serde_json::Value;

use super::super::Factory;
use crate::component::{ConnectorFactory, Context, Kind, PipelineOutput};
use crate::config::ids::ComponentId;
use crate::testing::{Recorder, node, section, settings};

/// The reference takes a name with `::` for the names of nested keys and ignores what it does not know.
const ON_PURPOSE: [&str; 1] = ["a name with two colons"];

/// How many cases there are: a lost file must not pass.
const CASES: usize = 196;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/count")
}

fn read(path: PathBuf) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for file in ["attributes", "conditions", "config", "usual"] {
        let Value::Array(more) = read(folder().join(file).with_extension("json")) else { panic!() };
        cases.extend(more);
    }
    cases
}

/// The payload of a case, which may only name it.
fn input(case: &Value) -> (Signal, Batch) {
    let name = case["signal"].as_str().unwrap();
    let signal = Signal::ALL.into_iter().find(|signal| signal.name() == name).unwrap();
    let payload = match &case["input"] {
        Value::String(name) => read(folder().join("inputs").join(name).with_extension("json")),
        payload => payload.clone(),
    };
    (signal, json::decode(signal, payload.to_string().as_bytes()).unwrap())
}

/// What came of a case: metrics, `null` when none were handed on.
#[derive(Debug)]
enum Outcome {
    Refused(Vec<Diagnostic>),
    Failed(String),
    Counted(Value),
}

async fn run(case: &Value) -> Outcome {
    let node = node(case["config"].as_str().unwrap());
    let mut findings = Vec::new();
    let id = ComponentId::of_type("count").unwrap();
    let config = Factory::default().parse(section(&id, &node), &mut findings);
    findings.retain(|finding| finding.severity == Severity::Error);
    let Some(config) = config.filter(|_| findings.is_empty()) else {
        return Outcome::Refused(findings);
    };
    let (signal, batch) = input(case);
    let taken = Arc::new(Recorder::default());
    let outputs =
        vec![PipelineOutput { id: "metrics/out".parse().unwrap(), consumer: taken.clone() }];
    let (settings, _hub) = settings(Kind::Connector, "count");
    let connector = config.create(settings, signal, outputs).unwrap();
    if let Err(refused) = connector.consume(batch, Context::none()).await {
        return Outcome::Failed(refused.to_string());
    }
    let batches = taken.batches();
    assert!(batches.len() < 2);
    let shown = batches.first().map(|batch| serde_json::from_slice(&json::encode(batch)).unwrap());
    Outcome::Counted(in_order(shown.unwrap_or_default()))
}

/// Metrics as the oracle writes them: in the order of their names, datapoints in that of their
/// texts, no times off the clock. Members of maps are in order too, for the reference draws it.
fn in_order(mut metrics: Value) -> Value {
    const CLOCK: u64 = 1_000_000_000_000;
    fn list<'v>(value: &'v mut Value, key: &str) -> std::slice::IterMut<'v, Value> {
        value
            .get_mut(key)
            .and_then(Value::as_array_mut)
            .map_or_else(Default::default, |all| all.iter_mut())
    }
    for resource in list(&mut metrics, "resourceMetrics") {
        for scope in list(resource, "scopeMetrics") {
            for metric in list(scope, "metrics") {
                let Some(points) = metric["sum"]["dataPoints"].as_array_mut() else { continue };
                for point in points.iter_mut() {
                    let time = point["timeUnixNano"].as_str().and_then(|time| time.parse().ok());
                    if time.is_some_and(|time: u64| time > CLOCK) {
                        let members = point.as_object_mut().unwrap();
                        members.remove("timeUnixNano");
                        members.remove("startTimeUnixNano");
                    }
                    for attribute in list(point, "attributes") {
                        let values = attribute.pointer_mut("/value/kvlistValue/values");
                        if let Some(values) = values.and_then(Value::as_array_mut) {
                            values.sort_by_key(|member| member["key"].to_string());
                        }
                    }
                }
                points.sort_by_key(Value::to_string);
            }
            if let Some(all) = scope["metrics"].as_array_mut() {
                let key = |metric: &Value| {
                    (metric["name"].to_string(), metric["description"].to_string())
                };
                all.sort_by_key(key);
            }
        }
    }
    metrics
}

/// Whether the words of the reference are in a finding; it says in other words what concerns types
/// and OTTL.
fn is_told(message: &str, findings: &[Diagnostic]) -> bool {
    message.starts_with("decoding failed")
        || message.contains(" condition: ")
        || findings.iter().flat_map(|finding| &finding.notes).any(|note| note.ends_with(message))
}

#[tokio::test]
async fn answers_are_those_of_the_reference() {
    let cases = cases();
    let mut wrong = Vec::new();
    for case in &cases {
        let outcome = run(case).await;
        let message = case["message"].as_str().unwrap_or_default();
        let same = match &outcome {
            Outcome::Refused(findings) => {
                case["outcome"] == "compile_error" && is_told(message, findings)
            }
            // The reference goes on and tells all failures; what functions say is said in other words.
            Outcome::Failed(error) => {
                let start = error.rsplit_once(", ").map_or(error.as_str(), |(start, _)| start);
                case["outcome"] == "run_error" && message.contains(start)
            }
            Outcome::Counted(metrics) => {
                // Where nothing is counted, the reference hands on a payload of nothing.
                let theirs = match &case["output"] {
                    Value::Object(members) if members.is_empty() => Value::Null,
                    theirs => in_order(theirs.clone()),
                };
                case["outcome"] == "ok" && *metrics == theirs
            }
        };
        let name = case["name"].as_str().unwrap();
        if same == ON_PURPOSE.contains(&name) {
            wrong.push(format!("{name}\n  ours   {outcome:?}\n  theirs {case}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(cases.len(), CASES);
}
