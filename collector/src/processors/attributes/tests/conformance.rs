//! What the Go collector's processor answered, compared with both engines.

use holt_pdata::Signal;
use serde_json::Value;

use super::{ENGINES, batch, read, run, shown};
use crate::component::NOT_SUPPORTED_YET;
use crate::testing::node;

/// Cases in which the order of attributes differs: the reference fills the gap that a removed
/// attribute leaves with the last one, Holt keeps the order.
const OTHER_ORDER: [&str; 4] =
    ["delete", "delete key and pattern", "delete duplicates", "order of actions"];

/// How many of these there are: a lost file must not pass.
const CASES: usize = 238;
/// Cases with `from_context`, which is refused.
const NOT_THERE_YET: usize = 3;

fn cases() -> Vec<Value> {
    let root =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/attributes");
    let mut cases = Vec::new();
    for file in ["actions", "convert", "match"] {
        let text = std::fs::read(root.join(file).with_extension("json")).unwrap();
        cases.extend(serde_json::from_slice::<Vec<Value>>(&text).unwrap());
    }
    cases
}

/// Sorts every list of attributes.
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

#[test]
fn answers_are_those_of_the_reference() {
    let (mut compared, mut refused, mut not_there_yet) = (0, 0, 0);
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        let yaml = case["config"].as_str().unwrap();
        let signal = match case["signal"].as_str() {
            Some("traces") => Signal::Traces,
            Some("metrics") => Signal::Metrics,
            Some("logs") => Signal::Logs,
            other => panic!("{other:?}"),
        };
        let settings = node(yaml);
        for engine in ENGINES {
            let (config, mut findings) = read(&settings, engine);
            if findings.iter().any(|finding| finding.code == NOT_SUPPORTED_YET) {
                assert!(yaml.contains("from_context"), "{name}: {findings:?}");
                not_there_yet += 1;
                continue;
            }
            if case["outcome"] == "compile_error" {
                if let Some(Err(fault)) = config.as_ref().and_then(|one| one.outcome(signal)) {
                    findings.extend(fault.findings.iter().cloned());
                }
                let message = case["message"].as_str().unwrap();
                let is_told = |note: &String| note.ends_with(message);
                // What concerns types is told in other words.
                let expected = message.starts_with("decoding failed")
                    || findings.iter().any(|finding| finding.notes.iter().any(is_told));
                assert!(!findings.is_empty() && expected, "{name}: {message}: {findings:?}");
                refused += 1;
                continue;
            }
            assert_eq!(case["outcome"], "ok", "{name}");
            let input = batch(signal, &case["input"]);
            let mut output = shown(&run(&config.unwrap(), &input));
            let mut expected = shown(&batch(signal, &case["output"]));
            if OTHER_ORDER.contains(&name) {
                sort_attributes(&mut output);
                sort_attributes(&mut expected);
            }
            assert_eq!(output, expected, "{name} ({engine:?}):\n{yaml}");
            compared += 1;
        }
    }
    assert_eq!(not_there_yet, ENGINES.len() * NOT_THERE_YET);
    assert_eq!(compared + refused + not_there_yet, ENGINES.len() * CASES);
    assert_eq!(compared, ENGINES.len() * 213);
}
