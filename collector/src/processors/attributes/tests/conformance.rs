//! What the Go collector's processor answered, compared with both engines.

use holt_pdata::{ArrayView, Signal, ValueView};
use serde_json::Value;

use super::{ENGINES, batch, read, run_for, shown};
use crate::component::{ClientAddress, ClientMetadata};
use crate::testing::node;

/// Cases in which the order of attributes differs: the reference fills the gap that a removed
/// attribute leaves with the last one, Holt keeps the order.
const OTHER_ORDER: [&str; 4] =
    ["delete", "delete key and pattern", "delete duplicates", "order of actions"];

/// How many of these there are: a lost file must not pass.
const CASES: usize = 315;

fn cases() -> Vec<Value> {
    let root =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/attributes");
    let mut cases = Vec::new();
    for file in ["actions", "context", "convert", "match"] {
        let text = std::fs::read(root.join(file).with_extension("json")).unwrap();
        cases.extend(serde_json::from_slice::<Vec<Value>>(&text).unwrap());
    }
    cases
}

/// The client that a case names.
fn client(case: &Value) -> Option<ClientMetadata> {
    let members = |value: &Value| value.as_object().cloned().into_iter().flatten();
    if case.is_null() {
        return None;
    }
    let address = case["address"].as_str();
    let address = address.map(|text| ClientAddress::Socket(text.parse().unwrap()));
    let mut client = ClientMetadata::new(address);
    for (key, values) in members(&case["metadata"]) {
        values.as_array().unwrap().iter().for_each(|one| client.push(&key, one.as_str().unwrap()));
    }
    if case["auth"].is_object() {
        let mut encoded = Vec::new();
        for (key, value) in members(&case["auth"]) {
            let value = encoded_value(&value);
            holt_runtime::encode::put_entry(&mut encoded, &key, ValueView::decode(&value));
        }
        client.auth = Some(encoded);
    }
    Some(client)
}

/// A value of an authenticator, encoded.
fn encoded_value(value: &Value) -> Vec<u8> {
    let mut encoded = Vec::new();
    match value {
        Value::String(text) => ValueView::Str(text).encode(&mut encoded),
        Value::Number(number) => ValueView::Int(number.as_i64().unwrap()).encode(&mut encoded),
        Value::Array(texts) => {
            let mut list = Vec::new();
            for text in texts {
                let text = ValueView::Str(text.as_str().unwrap());
                holt_runtime::encode::put_value(&mut list, text);
            }
            ValueView::Array(ArrayView::new(&list)).encode(&mut encoded);
        }
        other => panic!("{other}"),
    }
    encoded
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
    let (mut compared, mut refused) = (0, 0);
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
            let mut output = shown(&run_for(&config.unwrap(), &input, client(&case["client"])));
            let mut expected = shown(&batch(signal, &case["output"]));
            if OTHER_ORDER.contains(&name) {
                sort_attributes(&mut output);
                sort_attributes(&mut expected);
            }
            assert_eq!(output, expected, "{name} ({engine:?}):\n{yaml}");
            compared += 1;
        }
    }
    assert_eq!(compared + refused, ENGINES.len() * CASES);
    assert_eq!(compared, ENGINES.len() * 293);
}
