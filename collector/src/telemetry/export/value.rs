//! Parts of OTLP in JSON.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::super::metrics::LabelValue;
use super::super::resource::Resource;

/// An attribute.
pub(in crate::telemetry) fn attribute(name: &str, value: &LabelValue) -> Value {
    let value = match value {
        LabelValue::Text(text) => json!({"stringValue": text}),
        LabelValue::Int(number) => json!({"intValue": number.to_string()}),
        LabelValue::Bool(flag) => json!({"boolValue": flag}),
    };
    json!({"key": name, "value": value})
}

/// Several attributes.
pub(in crate::telemetry) fn attributes<'a>(
    attributes: impl IntoIterator<Item = (&'a str, &'a LabelValue)>,
) -> Value {
    attributes.into_iter().map(|(name, value)| attribute(name, value)).collect()
}

/// A resource.
pub(in crate::telemetry) fn resource(resource: &Resource) -> Value {
    json!({"attributes": attributes(resource.iter())})
}

/// Nanoseconds since 1970.
pub(in crate::telemetry) fn nanos(time: SystemTime) -> Value {
    Value::String(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().to_string())
}
