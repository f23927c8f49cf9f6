//! Attributes and values as JSON that keeps their types apart.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde_json::json;

/// Attributes that SDKs fill at random.
const RANDOM: &[&str] = &["service.instance.id", "process.pid"];

/// Attributes as a list of pairs, sorted by key: their order means nothing, duplicates do.
pub(super) fn attributes(attributes: &[KeyValue]) -> serde_json::Value {
    let mut sorted: Vec<&KeyValue> = attributes.iter().collect();
    sorted.sort_by(|one, other| one.key.cmp(&other.key));
    sorted
        .into_iter()
        .map(|attribute| match RANDOM.contains(&attribute.key.as_str()) {
            true => json!([attribute.key, "(random)"]),
            false => json!([attribute.key, optional(attribute.value.as_ref())]),
        })
        .collect()
}

/// A value that may be missing.
pub(super) fn optional(value: Option<&AnyValue>) -> serde_json::Value {
    value.map_or(serde_json::Value::Null, any)
}

fn any(value: &AnyValue) -> serde_json::Value {
    match &value.value {
        None => json!({}),
        Some(Value::StringValue(text)) => json!(text),
        Some(Value::BoolValue(truth)) => json!(truth),
        Some(Value::IntValue(number)) => json!({ "int": number }),
        // As text, since JSON has neither NaN nor infinities.
        Some(Value::DoubleValue(number)) => json!({ "double": number.to_string() }),
        Some(Value::BytesValue(bytes)) => json!({ "bytes": hex(bytes) }),
        Some(Value::ArrayValue(array)) => {
            json!({ "array": array.values.iter().map(any).collect::<Vec<_>>() })
        }
        Some(Value::KvlistValue(map)) => json!({ "map": attributes(&map.values) }),
        Some(Value::StringValueStrindex(index)) => json!({ "string_index": index }),
    }
}

/// A resource and its schema.
pub(super) fn resource(resource: Option<&Resource>, schema: &str) -> serde_json::Value {
    let Some(resource) = resource else { return json!({ "schema": schema }) };
    json!({
        "attributes": attributes(&resource.attributes),
        "dropped": resource.dropped_attributes_count,
        "entities": resource.entity_refs.len(),
        "schema": schema,
    })
}

/// A scope and its schema.
pub(super) fn scope(scope: Option<&InstrumentationScope>, schema: &str) -> serde_json::Value {
    let Some(scope) = scope else { return json!({ "schema": schema }) };
    json!({
        "name": scope.name,
        "version": scope.version,
        "attributes": attributes(&scope.attributes),
        "dropped": scope.dropped_attributes_count,
        "schema": schema,
    })
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
