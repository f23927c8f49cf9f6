//! Requests that the OpenTelemetry SDKs really send, captured in `tests/fixtures/otlp`: none of
//! them may need a repair, and nothing of them may get lost.

#![allow(clippy::unwrap_used, clippy::panic)] // A panic is how a test fails.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use holt_pdata::{Batch, Repairs, Signal, json};
use serde_json::Value;

mod common;
use common::checks;
use common::mirror::{by_prost, by_views};

/// The SDKs whose requests are there, at the least.
const SDKS: [&str; 5] = ["go", "java", "node", "python", "rust"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/otlp")
}

/// Files of an SDK with that extension, each with its signal.
fn fixtures(sdk: &Path, extension: &str) -> Vec<(PathBuf, Signal, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(sdk).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|found| found == extension) {
            let name = path.file_name().unwrap().to_str().unwrap();
            let signal = Signal::ALL.into_iter().find(|signal| name.contains(signal.name()));
            let signal = signal.unwrap_or_else(|| panic!("no signal in the name {name}"));
            found.push((path.clone(), signal, std::fs::read(&path).unwrap()));
        }
    }
    found
}

fn sdks() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

#[test]
fn every_sdk_is_there_with_every_signal_it_sends() {
    for sdk in SDKS {
        let found = fixtures(&folder().join(sdk), "binpb");
        for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
            assert!(found.iter().any(|(_, found, _)| *found == signal), "{sdk} {}", signal.name());
        }
    }
    for sdk in sdks() {
        let count = fixtures(&sdk, "binpb").len() + fixtures(&sdk, "json").len();
        assert!(count > 0, "{} is empty", sdk.display());
    }
}

#[test]
fn captured_protobuf_needs_no_repair() {
    for (path, signal, bytes) in sdks().iter().flat_map(|sdk| fixtures(sdk, "binpb")) {
        let name = path.display();
        let batch = Batch::decode(signal, Bytes::from(bytes.clone()))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(batch.repairs(), Repairs::default(), "{name}");
        assert!(batch.items() > 0, "{name}");
        assert!(by_views(&batch, false) == by_prost(signal, &bytes).unwrap(), "{name}");

        let text = json::encode(&batch);
        let again = json::decode(signal, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(by_views(&again, true) == by_views(&batch, true), "{name}");
        checks::wire(signal, &bytes);
    }
}

#[test]
fn captured_json_is_read_as_a_whole() {
    let mut count = 0;
    for (path, signal, text) in sdks().iter().flat_map(|sdk| fixtures(sdk, "json")) {
        let name = path.display();
        let batch = json::decode(signal, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(batch.items() > 0, "{name}");
        assert_eq!(leaves(&text), leaves(&json::encode(&batch)), "{name}");
        checks::json(signal, &text);
        count += 1;
    }
    assert!(count > 0, "some SDK sends JSON");
}

/// All values in a JSON text that are not at their default, sorted, whether they were written as
/// numbers or strings.
fn leaves(text: &[u8]) -> Vec<String> {
    fn collect(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| collect(value, out)),
            Value::Object(members) => members.values().for_each(|value| collect(value, out)),
            Value::String(text) if text.is_empty() || text == "0" => {}
            Value::String(text) => out.push(text.clone()),
            Value::Number(number) if number.as_f64() == Some(0.0) => {}
            // 1.0 is 1.
            Value::Number(number) if number.is_f64() => {
                out.push(number.as_f64().unwrap_or_default().to_string());
            }
            Value::Number(number) => out.push(number.to_string()),
            Value::Bool(true) => out.push("true".to_owned()),
            Value::Bool(false) | Value::Null => {}
        }
    }
    let mut out = Vec::new();
    collect(&serde_json::from_slice(text).unwrap(), &mut out);
    out.sort_unstable();
    out
}
