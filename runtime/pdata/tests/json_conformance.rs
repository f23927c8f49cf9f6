//! OTLP/JSON against what the Go collector answered: `tests/conformance/json`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A panic is how a test fails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use holt_pdata::{Batch, Repairs, Signal, json};

/// What Go refuses and we take: more of the protobuf JSON mapping, and JSON escapes in any string.
const TAKEN: &[&str] = &[
    // `null` is an absent value.
    "null number",
    "null id",
    "null enumeration",
    "null sum",
    "double null",
    "asInt null",
    "body {\"boolValue\":null}",
    "body {\"intValue\":null}",
    "body {\"bytesValue\":null}",
    // Base64 may be URL-safe, and without padding.
    "body {\"bytesValue\":\"AA\"}",
    "body {\"bytesValue\":\"-_-_\"}",
    "body {\"bytesValue\":\"+\\/+\\/\"}",
];

/// What Go takes and we refuse, since it would lose data or is no JSON number.
const REFUSED: &[&str] =
    &["another value behind the request", "double \"0x1p-2\"", "double \"1_0\""];

/// What both take, but Go stops reading at.
const READ_ON: &[&str] = &["empty key"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/json")
}

/// Names and texts of a signal's cases, in order.
fn cases(signal: Signal) -> Vec<(String, String)> {
    let text =
        std::fs::read_to_string(folder().join(format!("cases/{}.txt", signal.name()))).unwrap();
    let cases = text.lines().map(|line| line.split_once(": ").unwrap());
    cases.map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// Answers by name.
fn answers(signal: Signal) -> BTreeMap<String, serde_json::Value> {
    let text =
        std::fs::read_to_string(folder().join(format!("goldens/{}.jsonl", signal.name()))).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|answer| (answer["name"].as_str().unwrap().to_owned(), answer))
        .collect()
}

fn text(batch: &Batch) -> String {
    String::from_utf8(json::encode(batch)).unwrap()
}

/// Compares one case; answers what differs.
fn compare(signal: Signal, name: &str, input: &str, answer: &serde_json::Value) -> Option<String> {
    let ours = json::decode(signal, input.as_bytes());
    if let Some(error) = answer["error"].as_str() {
        return match (ours, TAKEN.contains(&name)) {
            (Ok(batch), false) => Some(format!("Go: {error}\nours: {}", text(&batch))),
            (Err(error), true) => Some(format!("should be taken: {error}")),
            _ => None,
        };
    }
    let expected = answer["json"].as_str().unwrap();
    let proto = STANDARD.decode(answer["proto"].as_str().unwrap_or_default()).unwrap();
    let theirs = Batch::decode(signal, Bytes::from(proto)).unwrap();
    assert_eq!(theirs.repairs(), Repairs::default(), "{name}");
    if text(&theirs) != expected {
        return Some(format!("Go:   {expected}\nours: {} of its bytes", text(&theirs)));
    }
    match (ours, REFUSED.contains(&name)) {
        (Ok(batch), true) => Some(format!("should be refused: {}", text(&batch))),
        (Err(_), true) => None,
        (Err(error), false) => Some(format!("Go:   {expected}\nours: {error}")),
        (Ok(batch), false) if READ_ON.contains(&name) => {
            (text(&batch) == expected).then(|| "does not differ".to_owned())
        }
        (Ok(batch), false) => {
            (text(&batch) != expected).then(|| format!("Go:   {expected}\nours: {}", text(&batch)))
        }
    }
}

#[test]
fn json_is_read_and_written_as_by_the_go_collector() {
    let mut seen = Vec::new();
    let mut differences = Vec::new();
    for signal in Signal::ALL {
        let mut answers = answers(signal);
        for (name, input) in cases(signal) {
            let answer = answers.remove(&name).unwrap_or_else(|| panic!("no answer to {name}"));
            if let Some(difference) = compare(signal, &name, &input, &answer) {
                differences.push(format!("{} {name}\n{input}\n{difference}\n", signal.name()));
            }
            seen.push(name);
        }
        assert!(answers.is_empty(), "answers without a case: {:?}", answers.keys());
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    for name in TAKEN.iter().chain(REFUSED).chain(READ_ON) {
        assert!(seen.iter().any(|seen| seen == name), "no case {name}");
    }
}
