//! What came out beside what was expected: a record of each in, lines of what differs out.
//!
//! An expected record names what matters. It is completed with everything else that the record has,
//! and then both must be the same; so what is shown is exactly what was asked for and is different.

use serde_json::{Map, Value};

use super::fields::POINTS;
use super::record::{Record, data_key};
use super::requests::Output;
use crate::cmd::eval::diff::{self, Line};

/// What differs; nothing when the record is as expected. With `exact`, it may have nothing else.
pub(super) fn differences(wanted: &Record, got: &Output, exact: bool) -> Vec<Line> {
    let mut wanted_value = wanted.value.clone();
    place_points(&mut wanted_value, &got.value);
    if let (Some(metric), Some(of)) = (wanted_value.get_mut("metric"), got.value.get("metric")) {
        place_points(metric, of);
    }
    let should = completed(&got.value, &wanted_value, exact);
    diff::record(got.kind.name(), &should, &got.value)
}

/// Puts datapoints without a type where the metric that came out has its own.
fn place_points(wanted: &mut Value, got: &Value) {
    if let (Some(key), Value::Object(fields)) = (data_key(got), wanted)
        && let Some(data) = fields.remove(POINTS)
    {
        fields.insert(key.to_owned(), data);
    }
}

/// What a value should be: what is wanted, and for the rest what it is.
fn completed(got: &Value, wanted: &Value, exact: bool) -> Value {
    match (got, wanted) {
        (Value::Object(got), Value::Object(wanted)) if !is_other_kind(got, wanted) => {
            Value::Object(object(got, wanted, exact))
        }
        (Value::Array(got), Value::Array(wanted)) if is_entries(got) && is_entries(wanted) => {
            entries(got, wanted, exact)
        }
        (Value::Array(got), Value::Array(wanted)) if got.len() == wanted.len() => {
            got.iter().zip(wanted).map(|(got, wanted)| completed(got, wanted, exact)).collect()
        }
        (_, Value::Object(wanted)) => Value::Object(object(&Map::new(), wanted, exact)),
        (_, Value::Array(wanted)) => {
            wanted.iter().map(|wanted| completed(&Value::Null, wanted, exact)).collect()
        }
        (got, wanted) if is_same(got, wanted) => got.clone(),
        (_, wanted) => wanted.clone(),
    }
}

/// The names of values of different types.
const VALUES: [&str; 9] = [
    "stringValue",
    "boolValue",
    "intValue",
    "doubleValue",
    "arrayValue",
    "kvlistValue",
    "bytesValue",
    "asInt",
    "asDouble",
];

/// Whether two values are of different types, so that nothing of the one belongs to the other.
fn is_other_kind(got: &Map<String, Value>, wanted: &Map<String, Value>) -> bool {
    let kind = |value: &Map<String, Value>| {
        value.keys().find(|key| VALUES.contains(&key.as_str())).cloned()
    };
    let is_value = |value: &Map<String, Value>| value.is_empty() || value.len() == 1;
    match (kind(got), kind(wanted)) {
        (Some(one), Some(other)) => one != other && is_value(got) && is_value(wanted),
        _ => false,
    }
}

fn object(
    got: &Map<String, Value>,
    wanted: &Map<String, Value>,
    exact: bool,
) -> Map<String, Value> {
    let mut out = Map::new();
    // A datapoint has one value.
    let replaced = |key: &str| {
        let number = ["asInt", "asDouble"];
        number.contains(&key) && number.iter().any(|key| wanted.contains_key(*key))
    };
    for (key, value) in got {
        match wanted.get(key) {
            Some(Value::Null) => {}
            Some(wanted) => {
                out.insert(key.clone(), completed(value, wanted, exact));
            }
            None if replaced(key) || exact && !is_default(value) => {}
            None => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    for (key, wanted) in wanted {
        let counts = VALUES.contains(&key.as_str()) || !is_default(wanted);
        if !got.contains_key(key) && counts {
            out.insert(key.clone(), completed(&Value::Null, wanted, exact));
        }
    }
    out
}

/// Whether a value stands for a field that is not there.
fn is_default(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == "0",
        Value::Array(items) => items.iter().all(|item| item.get("value") == Some(&Value::Null)),
        // A value of OTLP's is there even if it is zero.
        Value::Object(fields) => {
            fields.iter().all(|(key, value)| !VALUES.contains(&key.as_str()) && is_default(value))
        }
    }
}

/// Whether a list holds keys with values.
fn is_entries(list: &[Value]) -> bool {
    list.iter().all(|entry| entry.get("key").is_some_and(Value::is_string))
}

fn entries(got: &[Value], wanted: &[Value], exact: bool) -> Value {
    let key = |entry: &Value| entry.get("key").cloned().unwrap_or_default();
    let value = |entry: &Value| entry.get("value").cloned().unwrap_or_default();
    let entry = |key: Value, value: Value| {
        Value::Object(Map::from_iter([("key".to_owned(), key), ("value".to_owned(), value)]))
    };
    let mut out = Vec::new();
    for known in got {
        match wanted.iter().find(|wanted| key(wanted) == key(known)) {
            Some(wanted) if value(wanted).is_null() => {
                // As in OTTL, what holds nothing is nil too.
                if value(known) == Value::Object(Map::new()) {
                    out.push(known.clone());
                }
            }
            Some(wanted) => {
                out.push(entry(key(known), completed(&value(known), &value(wanted), exact)));
            }
            None if exact => {}
            None => out.push(known.clone()),
        }
    }
    for wanted in wanted {
        let is_new = got.iter().all(|known| key(known) != key(wanted));
        if is_new && !value(wanted).is_null() {
            out.push(entry(key(wanted), completed(&Value::Null, &value(wanted), exact)));
        }
    }
    Value::Array(out)
}

/// Whether two scalars say the same; OTLP/JSON writes some numbers as text.
fn is_same(got: &Value, wanted: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Number(number) => number.as_f64(),
        _ => None,
    };
    match (number(got), number(wanted)) {
        (Some(got), Some(wanted)) => got == wanted,
        _ => got == wanted,
    }
}

#[cfg(test)]
mod tests {
    use holt_grammar::source::{Location, SourceMap};
    use holt_grammar::span::Span;
    use serde_json::json;

    use super::super::record::Kind;
    use super::*;

    fn lines(wanted: Value, got: Value, exact: bool) -> String {
        let source = SourceMap::default().add("test", "");
        let place = Location { source, span: Span::at(0) };
        let wanted = Record { kind: Kind::Log, value: wanted, place };
        let got = Output { kind: Kind::Log, value: got, number: 0 };
        diff::render(&differences(&wanted, &got, exact), 0, false)
    }

    fn attributes(entries: &[(&str, Value)]) -> Value {
        entries.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
    }

    #[test]
    fn only_what_is_named_counts() {
        let got = json!({
            "severityNumber": 9,
            "attributes": attributes(&[
                ("a", json!({"intValue": "1"})),
                ("m", json!({"kvlistValue": {"values": attributes(&[
                    ("x", json!({"stringValue": "1"})), ("y", json!({"boolValue": true}))])}})),
            ]),
        });
        let inner = attributes(&[("y", json!({"boolValue": true}))]);
        let wanted = json!({
            "flags": 0,
            "attributes": attributes(&[
                ("m", json!({"kvlistValue": {"values": inner}})), ("gone", Value::Null)]),
        });
        assert_eq!(lines(wanted.clone(), got.clone(), false), "");
        assert_eq!(
            lines(wanted, got, true),
            "+ log.attributes[\"m\"][\"x\"]: \"1\"\n+ log.attributes[\"a\"]: 1\n\
             + log.severity_number: 9\n"
        );
    }

    #[test]
    fn numbers_are_told_apart_by_type_and_not_by_form() {
        let of = |value: Value| json!({"attributes": attributes(&[("a", value)])});
        let double = of(json!({"doubleValue": 1}));
        assert_eq!(lines(of(json!({"doubleValue": 1.0})), double.clone(), false), "");
        assert_eq!(
            lines(of(json!({"intValue": "1"})), double, false),
            "~ log.attributes[\"a\"]: 1 → 1.0\n"
        );
    }

    #[test]
    fn what_must_not_be_there_is_an_extra() {
        let got = json!({"attributes": attributes(&[("a", json!({"intValue": "1"}))])});
        let wanted = json!({"attributes": attributes(&[("a", Value::Null)])});
        assert_eq!(lines(wanted, got.clone(), false), "+ log.attributes[\"a\"]: 1\n");
        let wanted = json!({"attributes": attributes(&[("b", json!({"intValue": "2"}))])});
        assert_eq!(lines(wanted, got, false), "- log.attributes[\"b\"]: 2\n");
    }
}
