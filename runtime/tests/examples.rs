//! Every example of every function, on every engine.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;

use common::compile_case_in;
use holt_pdata::{Signal, json};
use holt_runtime::Engine;
use holt_runtime::functions::{Dialect, Example, FUNCTIONS, FunctionDecl};
use holt_runtime::host::FixedHost;
use serde_json::{Value, json};

/// A plain JSON value as OTLP writes it.
fn any_value(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(value) => json!({ "boolValue": value }),
        Value::Number(number) if number.is_i64() => json!({ "intValue": number.to_string() }),
        Value::Number(number) => json!({ "doubleValue": number }),
        Value::String(text) => json!({ "stringValue": text }),
        Value::Array(items) => {
            let values: Vec<_> = items.iter().map(any_value).collect();
            json!({ "arrayValue": { "values": values } })
        }
        Value::Object(_) => json!({ "kvlistValue": { "values": entries(value) } }),
    }
}

fn entries(value: &Value) -> Vec<Value> {
    let entries = value.as_object().unwrap().iter();
    entries.map(|(key, value)| json!({ "key": key, "value": any_value(value) })).collect()
}

/// A value as OTLP writes it, in plain JSON.
fn plain(value: &Value) -> Value {
    let Some((kind, value)) = value.as_object().and_then(|object| object.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "intValue" => value.as_str().unwrap().parse::<i64>().unwrap().into(),
        "doubleValue" => value.as_f64().map_or(value.clone(), Value::from),
        "arrayValue" => {
            value["values"].as_array().into_iter().flatten().map(plain).collect::<Vec<_>>().into()
        }
        "kvlistValue" => object(&value["values"]),
        _ => value.clone(),
    }
}

fn object(entries: &Value) -> Value {
    let entries = entries.as_array().into_iter().flatten();
    entries
        .map(|entry| (entry["key"].as_str().unwrap().to_owned(), plain(&entry["value"])))
        .collect()
}

fn run(function: &FunctionDecl, example: &Example, engine: Engine) -> String {
    let given: Value = serde_json::from_str(example.given).unwrap();
    let record = json!({ "attributes": entries(&given) });
    let (signal, place) = match function.offered.contexts {
        ["span"] => (Signal::Traces, ["resourceSpans", "scopeSpans", "spans"]),
        _ => (Signal::Logs, ["resourceLogs", "scopeLogs", "logRecords"]),
    };
    let [resources, scopes, records] = place;
    let request = json!({ resources: [{ scopes: [{ records: [record] }] }] });
    let batch = json::decode(signal, request.to_string().as_bytes()).unwrap();
    let dialect = Dialect { lambdas: true, ..Dialect::TRANSFORM };
    let texts: (&[&str], &[&str]) = (&[example.statement], &[]);
    let program = compile_case_in(dialect, signal, None, texts, "propagate", engine).unwrap();
    match program.program.run(&batch, &FixedHost::default()) {
        Err(_) => "error".to_owned(),
        Ok(output) => {
            let output: Value = serde_json::from_slice(&json::encode(&output)).unwrap();
            let record = &output[resources][0][scopes][0][records][0];
            object(&record["attributes"]).to_string()
        }
    }
}

#[test]
fn every_example_does_what_it_says() {
    for function in FUNCTIONS {
        for example in function.examples {
            let expect = match example.expect {
                "error" => "error".to_owned(),
                expect => serde_json::from_str::<Value>(expect).unwrap().to_string(),
            };
            for engine in Engine::ALL {
                let got = run(function, example, engine);
                assert_eq!(got, expect, "{} on {engine:?}", example.statement);
            }
        }
    }
}
