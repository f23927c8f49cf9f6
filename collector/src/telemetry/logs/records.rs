//! Lines of the log as log records of OTLP.

use std::time::SystemTime;

use serde_json::{Value, json};
use tracing::Level;

use super::fields::Fields;
use super::line::name;
use crate::telemetry::LabelValue;
use crate::telemetry::export::{Record, attribute, nanos};

/// Fields that say which component speaks; in OTLP they are those of the scope.
const OF_SCOPE: [&str; 5] = [
    "otelcol.component.id",
    "otelcol.component.kind",
    "otelcol.pipeline.id",
    "otelcol.signal",
    "otelcol.signal.output",
];

/// The scope of all records, as in the reference.
const SCOPE: &str = "go.opentelemetry.io/collector/service";

/// The record of an event.
pub(super) fn record(level: Level, fields: &Fields) -> Record {
    let (of_scope, rest): (Vec<_>, Vec<_>) =
        fields.rest.iter().partition(|(key, _)| OF_SCOPE.contains(&key.as_ref()));
    let encode = |fields: Vec<&(std::borrow::Cow<'static, str>, Value)>| -> Vec<Value> {
        fields.into_iter().map(|(key, value)| attribute(key, &label(value))).collect()
    };
    let severity = match level {
        Level::ERROR => 17,
        Level::WARN => 13,
        Level::INFO => 9,
        _ => 5,
    };
    let now = nanos(SystemTime::now());
    Record {
        scope: SCOPE.to_owned(),
        scope_attributes: encode(of_scope),
        body: json!({
            "timeUnixNano": now,
            "observedTimeUnixNano": now,
            "severityNumber": severity,
            "severityText": name(level),
            "body": {"stringValue": fields.message},
            "attributes": encode(rest),
        }),
    }
}

fn label(value: &Value) -> LabelValue {
    match value {
        Value::String(text) => LabelValue::Text(text.clone()),
        Value::Bool(flag) => LabelValue::Bool(*flag),
        other => match other.as_i64() {
            Some(number) => LabelValue::Int(number),
            None => LabelValue::Text(other.to_string()),
        },
    }
}
