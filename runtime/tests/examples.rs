//! Every example of every function, on every engine.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;

use common::{compile_case, compile_case_in, normalised};
use holt_pdata::{Signal, json};
use holt_runtime::Engine;
use holt_runtime::functions::{By, Dialect, Example, FUNCTIONS, FunctionDecl};
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

fn attributes(function: &FunctionDecl, example: &Example, engine: Engine) -> String {
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

/// What a statement makes of a request with one record; `wrap` puts records into a request.
fn records(
    example: &Example,
    (signal, context): (Signal, &str),
    wrap: impl Fn(Value) -> Value,
    engine: Engine,
) -> (String, String) {
    let canonical = |records: Value| {
        let batch = json::decode(signal, wrap(records).to_string().as_bytes()).unwrap();
        normalised(&batch)
    };
    let given: Value = serde_json::from_str(example.given).unwrap();
    let input = json::decode(signal, wrap(json!([given])).to_string().as_bytes()).unwrap();
    let program =
        compile_case(signal, Some(context), &[example.statement], &[], "propagate", engine);
    let got = match program.unwrap().program.run(&input, &FixedHost::default()) {
        Err(_) => "error".to_owned(),
        Ok(output) => normalised(&output),
    };
    let expect = match serde_json::from_str::<Value>(example.expect) {
        Err(_) => example.expect.to_owned(),
        Ok(Value::Array(records)) => canonical(Value::Array(records)),
        Ok(record) => canonical(json!([record])),
    };
    (got, expect)
}

fn metrics(metrics: Value) -> Value {
    json!({ "resourceMetrics": [{ "scopeMetrics": [{ "metrics": metrics }] }] })
}

fn spans(spans: Value) -> Value {
    json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] })
}

/// What a condition says to a metric.
fn verdict(example: &Example, engine: Engine) -> String {
    let given: Value = serde_json::from_str(example.given).unwrap();
    let request = metrics(json!([given])).to_string();
    let input = json::decode(Signal::Metrics, request.as_bytes()).unwrap();
    let marks: (&[&str], &[&str]) = (&["set(metric.unit, \"held\")"], &[example.statement]);
    let compiled = compile_case(Signal::Metrics, Some("metric"), marks.0, marks.1, "", engine);
    let output = compiled.unwrap().program.run(&input, &FixedHost::default()).unwrap();
    String::from_utf8(json::encode(&output)).unwrap().contains("\"held\"").to_string()
}

/// What an example gives and what it should give.
fn outcome(function: &FunctionDecl, example: &Example, engine: Engine) -> (String, String) {
    match (function.offered.by, function.offered.contexts) {
        (By::Filter, _) => (verdict(example, engine), example.expect.to_owned()),
        (_, [context @ ("metric" | "datapoint")]) => {
            records(example, (Signal::Metrics, context), metrics, engine)
        }
        (_, ["span"]) if function.is_editor() => {
            records(example, (Signal::Traces, "span"), spans, engine)
        }
        _ => {
            let expect = match example.expect {
                "error" => "error".to_owned(),
                expect => serde_json::from_str::<Value>(expect).unwrap().to_string(),
            };
            (attributes(function, example, engine), expect)
        }
    }
}

#[test]
fn every_example_does_what_it_says() {
    for function in FUNCTIONS {
        for example in function.examples {
            for engine in Engine::ALL {
                let (got, expect) = outcome(function, example, engine);
                assert_eq!(got, expect, "{} on {engine:?}", example.statement);
            }
        }
    }
}
