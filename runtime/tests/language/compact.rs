//! Records in the compact form of the tutorial: OTLP/JSON in which attributes and bodies are plain
//! JSON, and resource and scope stand with each record.

use holt_pdata::{Batch, Signal, json as otlp};
use serde_json::{Map, Value, json};

use super::blocks::Fault;

/// Records and the request that carries them.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) signal: Signal,
    pub(crate) request: Value,
}

/// The names of a signal's levels in OTLP/JSON: resources, scopes, records.
const fn levels(signal: Signal) -> [&'static str; 3] {
    match signal {
        Signal::Logs => ["resourceLogs", "scopeLogs", "logRecords"],
        Signal::Traces => ["resourceSpans", "scopeSpans", "spans"],
        Signal::Metrics => ["resourceMetrics", "scopeMetrics", "metrics"],
        Signal::Profiles => ["resourceProfiles", "scopeProfiles", "profiles"],
    }
}

/// The signal of a kind of record.
pub(crate) fn signal(kind: &str) -> Option<Signal> {
    match kind {
        "log" => Some(Signal::Logs),
        "span" => Some(Signal::Traces),
        "metric" => Some(Signal::Metrics),
        _ => None,
    }
}

/// The request for a record or a list of records. Records that follow each other and have the same
/// resource and scope share them.
pub(crate) fn input(signal: Signal, line: usize, text: &str) -> Result<Input, Fault> {
    let records: Value =
        serde_json::from_str(text).map_err(|error| (line + error.line(), error.to_string()))?;
    let records = match records {
        Value::Array(records) => records,
        record => vec![record],
    };
    let [resources, scopes, items] = levels(signal);
    let mut request: Vec<Value> = Vec::new();
    for mut record in records {
        let fields = record.as_object_mut().ok_or((line, "a record is an object".to_owned()))?;
        let resource = fields.remove("resource").unwrap_or_else(|| json!({}));
        let resource = json!({ "attributes": entries(&resource) });
        let mut scope = fields.remove("scope").unwrap_or_else(|| json!({}));
        expand(&mut scope);
        expand(&mut record);
        let same_resource = request.last().is_some_and(|last| last["resource"] == resource);
        if !same_resource {
            request.push(json!({ "resource": resource, scopes: [] }));
        }
        let groups = request.last_mut().unwrap()[scopes].as_array_mut().unwrap();
        if groups.last().is_none_or(|last| last["scope"] != scope) {
            groups.push(json!({ "scope": scope, items: [] }));
        }
        groups.last_mut().unwrap()[items].as_array_mut().unwrap().push(record);
    }
    Ok(Input { signal, request: json!({ resources: request }) })
}

/// The records of a batch.
pub(crate) fn output(batch: &Batch) -> Vec<Value> {
    let request: Value = serde_json::from_slice(&otlp::encode(batch)).unwrap();
    let [resources, scopes, items] = levels(batch.signal());
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut records = Vec::new();
    for resource in list(&request, resources) {
        let attributes = object(&resource["resource"]["attributes"]);
        for group in list(&resource, scopes) {
            let mut scope = group["scope"].clone();
            compress(&mut scope);
            for mut record in list(&group, items) {
                compress(&mut record);
                let fields = record.as_object_mut().unwrap();
                if !attributes.is_empty() {
                    fields.insert("resource".to_owned(), attributes.clone().into());
                }
                if scope.as_object().is_some_and(|scope| !scope.is_empty()) {
                    fields.insert("scope".to_owned(), scope.clone());
                }
                records.push(record);
            }
        }
    }
    records
}

/// Plain attributes and bodies to those of OTLP/JSON.
fn expand(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(expand),
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "attributes" => *member = entries(member).into(),
                    "body" => *member = any_value(member),
                    _ => expand(member),
                }
            }
        }
        _ => {}
    }
}

/// Attributes and bodies of OTLP/JSON to plain ones.
fn compress(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(compress),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match name.as_str() {
                    "attributes" => *member = object(member).into(),
                    "body" => *member = plain(member),
                    _ => compress(member),
                }
            }
            // Empty is as good as absent.
            members.retain(|_, member| !matches!(member, Value::Object(map) if map.is_empty()));
        }
        _ => {}
    }
}

fn entries(value: &Value) -> Vec<Value> {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(key, value)| json!({ "key": key, "value": any_value(value) })).collect()
}

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

fn object(entries: &Value) -> Map<String, Value> {
    let entries = entries.as_array().into_iter().flatten();
    entries
        .map(|entry| {
            let key = entry["key"].as_str().unwrap_or_default();
            (key.to_owned(), plain(&entry["value"]))
        })
        .collect()
}

fn plain(value: &Value) -> Value {
    let Some((kind, value)) = value.as_object().and_then(|object| object.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "intValue" => match value.as_str() {
            Some(text) => text.parse::<i64>().unwrap().into(),
            None => value.clone(),
        },
        "doubleValue" => value.as_f64().map_or(value.clone(), Value::from),
        "arrayValue" => {
            value["values"].as_array().into_iter().flatten().map(plain).collect::<Vec<_>>().into()
        }
        "kvlistValue" => object(&value["values"]).into(),
        _ => value.clone(),
    }
}
