//! Values and records as people read them: OTLP/JSON in, short text in the manner of OTTL out.

use serde_json::Value;

/// Longest text shown of one value, in characters.
const LONGEST: usize = 120;

/// A value of an attribute or a body.
pub(crate) fn any(value: &Value) -> String {
    short(&whole(value))
}

fn whole(value: &Value) -> String {
    let Some(object) = value.as_object() else { return "nil".to_owned() };
    let Some((kind, held)) = object.iter().next() else { return "nil".to_owned() };
    let list = || held.get("values").and_then(Value::as_array).into_iter().flatten();
    match (kind.as_str(), held) {
        // 64-bit integers are strings in OTLP/JSON.
        ("intValue", Value::String(digits)) => digits.clone(),
        // A double is told from an integer by its point.
        ("doubleValue", Value::Number(number)) if !number.is_f64() => format!("{number}.0"),
        ("doubleValue", Value::String(name)) => name.clone(),
        ("bytesValue", Value::String(base64)) => format!("bytes {base64}"),
        ("arrayValue", _) => format!("[{}]", list().map(whole).collect::<Vec<_>>().join(", ")),
        ("kvlistValue", _) => {
            let entries = list().map(|entry| {
                let key = entry.get("key").and_then(Value::as_str).unwrap_or_default();
                format!("{}: {}", quoted(key), whole(entry.get("value").unwrap_or(&Value::Null)))
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        _ => held.to_string(),
    }
}

/// A field that is no value of OTLP's: numbers in quotes lose them, text keeps its own.
pub(crate) fn field(value: &Value) -> String {
    match value {
        Value::String(digits) if digits.parse::<i128>().is_ok() => digits.clone(),
        other => short(&other.to_string()),
    }
}

/// Text in quotes, without characters that a terminal would act on.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// What tells a record from its neighbours, if anything does.
pub(crate) fn label(kind: &str, record: &Value) -> String {
    let text = |key: &str| record.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let named = |record: &Value| {
        let name = record.get("name").and_then(Value::as_str).filter(|name| !name.is_empty())?;
        Some(quoted(name))
    };
    match kind {
        "resource" => attributes(record.get("resource"), &["service.name", "k8s.pod.name"]),
        "scope" => record.get("scope").and_then(named).unwrap_or_default(),
        "log" => record.get("body").map(any).filter(|body| body != "nil").unwrap_or_default(),
        "datapoint" => attributes(Some(record), &[]),
        _ => named(record).or_else(|| text("spanId").map(str::to_owned)).unwrap_or_default(),
    }
}

/// The first of the attributes wanted, or the first ones when none is.
fn attributes(record: Option<&Value>, wanted: &[&str]) -> String {
    let entries = record.and_then(|record| record.get("attributes")).and_then(Value::as_array);
    let entries: Vec<(&str, &Value)> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some((entry.get("key")?.as_str()?, entry.get("value")?)))
        .collect();
    let shown = |(key, value): &(&str, &Value)| format!("{key}={}", any(value));
    match entries.iter().find(|(key, _)| wanted.contains(key)) {
        Some(entry) => shown(entry),
        None => short(&entries.iter().take(2).map(shown).collect::<Vec<_>>().join(" ")),
    }
}

/// The name of an OTLP/JSON key as OTTL writes it.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
