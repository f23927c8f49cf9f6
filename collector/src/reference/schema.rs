//! A JSON Schema (draft 2020-12) of the whole configuration, for editors.
//!
//! It never refuses what the collector takes: wherever a value stands, a `${...}` placeholder or
//! nothing may stand too, and words are accepted in any letter case where Holt does. Unknown keys
//! and component types are refused, as they are at start.

use serde_json::{Map, Value, json};

use crate::component::{Kind, registry};
use crate::config::keys::{Key, Presence, Shape};
use crate::config::model::service_keys;

/// Text with a placeholder somewhere in it.
const PLACEHOLDER: &str = r"\$\{[^}]*\}";

/// Durations as Go writes them.
const DURATION: &str = r"^[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";

/// The schema.
pub fn schema() -> Value {
    let mut definitions = Map::new();
    let mut properties = Map::new();
    for kind in Kind::ALL {
        let mut patterns = Map::new();
        for (descriptor, keys) in registry::all().declared(kind) {
            let name = format!("{kind}.{}", descriptor.type_name);
            let mut component = block(&keys, Presence::Always);
            let summary = format!("It {}.", descriptor.summary);
            component.insert("description".to_owned(), summary.into());
            definitions.insert(name.clone(), component.into());
            let reference = format!("#/$defs/{name}");
            patterns.insert(id_pattern(descriptor.type_name), json!({"$ref": reference}));
            for alias in descriptor.aliases {
                let entry = match alias.deprecated {
                    true => json!({"$ref": reference, "deprecated": true}),
                    false => json!({"$ref": reference}),
                };
                patterns.insert(id_pattern(alias.name), entry);
            }
        }
        let section = json!({
            "type": ["object", "string", "null"],
            "pattern": PLACEHOLDER,
            "description": format!("The {kind}s, by type and name."),
            "patternProperties": patterns,
            "additionalProperties": false,
        });
        properties.insert(kind.section().to_owned(), section);
    }
    properties.insert("service".to_owned(), service());
    let tests = json!({
        "type": ["array", "null"],
        "description": "Unit tests, which `holt test` runs and a collector leaves out.",
    });
    properties.insert(crate::config::TESTS.to_owned(), tests);
    definitions.extend(scalars());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of an OpenTelemetry collector",
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": false,
        "$defs": definitions,
    })
}

/// Ids of components of a type; blanks around the type do not count.
fn id_pattern(type_name: &str) -> String {
    format!(r"^\s*{type_name}\s*(/.+)?$")
}

fn service() -> Value {
    let keys = service_keys();
    let mut service = block(&keys, Presence::Always);
    service.insert("description".to_owned(), "What runs of all this.".into());
    let pipelines = service
        .get_mut("properties")
        .and_then(|properties| properties.get_mut("pipelines"))
        .and_then(Value::as_object_mut);
    // The names of pipelines begin with a signal.
    if let Some(pipelines) = pipelines
        && let Some(pipeline) = pipelines.insert("additionalProperties".to_owned(), false.into())
    {
        let pattern = r"^\s*(traces|metrics|logs|profiles)\s*(/.+)?$";
        pipelines.insert("patternProperties".to_owned(), json!({pattern: pipeline}));
    }
    service.into()
}

/// The schemas of values, by name.
fn scalars() -> Map<String, Value> {
    let placeholder =
        |name: &str| json!({"type": [name, "string", "null"], "pattern": PLACEHOLDER});
    let mut natural = placeholder("integer");
    if let Some(natural) = natural.as_object_mut() {
        natural.insert("minimum".to_owned(), 0.into());
    }
    [
        ("boolean", placeholder("boolean")),
        ("integer", placeholder("integer")),
        ("natural", natural),
        ("number", placeholder("number")),
        ("text", json!({"type": ["string", "null"]})),
        ("secret", json!({"type": ["string", "null"], "writeOnly": true})),
        ("id", json!({"type": ["string", "null"]})),
        (
            "duration",
            json!({
                "type": ["string", "number", "null"],
                "pattern": format!("({DURATION})|({PLACEHOLDER})"),
                "examples": ["200ms", "5s", "1m30s"],
            }),
        ),
    ]
    .map(|(name, schema)| (name.to_owned(), schema))
    .into_iter()
    .collect()
}

/// Schemas of keys, closed: other keys are refused.
fn block(keys: &[Key], presence: Presence) -> Map<String, Value> {
    let mut properties: Map<String, Value> =
        keys.iter().map(|key| (key.name.clone(), described(key).into())).collect();
    if presence.is_optional() {
        let enabled =
            json!({"$ref": "#/$defs/boolean", "description": "Whether the block counts."});
        properties.insert("enabled".to_owned(), enabled);
    }
    let required: Vec<&str> =
        keys.iter().filter(|key| key.required).map(|key| key.name.as_str()).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!(["object", "string", "null"]));
    schema.insert("pattern".to_owned(), PLACEHOLDER.into());
    schema.insert("properties".to_owned(), properties.into());
    schema.insert("additionalProperties".to_owned(), false.into());
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// The schema of a key with its meaning and default.
fn described(key: &Key) -> Map<String, Value> {
    let mut schema = of(&key.shape);
    schema.insert("description".to_owned(), key.doc.clone().into());
    if let Some(default) = &key.default {
        schema.insert("default".to_owned(), default.clone());
    }
    schema
}

fn reference(name: &str) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
    schema
}

fn of(shape: &Shape) -> Map<String, Value> {
    match shape {
        Shape::Any => Map::new(),
        Shape::Text => reference("text"),
        Shape::Secret => reference("secret"),
        Shape::Integer { least: Some(0) } => reference("natural"),
        Shape::Integer { .. } => reference("integer"),
        Shape::Number => reference("number"),
        Shape::Bool => reference("boolean"),
        Shape::Duration => reference("duration"),
        Shape::Id => reference("id"),
        Shape::Choice { words, any_case } => {
            let names: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
            let mut others = vec![PLACEHOLDER.to_owned()];
            if *any_case {
                let names: Vec<String> = names.iter().map(|name| either_case(name)).collect();
                others.push(format!("^({})?$", names.join("|")));
            }
            object(json!({"anyOf": [
                {"enum": names},
                {"type": ["string", "null"], "pattern": others.join("|")},
            ]}))
        }
        Shape::Block { keys, presence } => block(keys, *presence),
        // Text between commas is a list too.
        Shape::List(item) => {
            object(json!({"type": ["array", "string", "null"], "items": of(item)}))
        }
        Shape::Map(value) => object(json!({
            "type": ["object", "string", "null"],
            "pattern": PLACEHOLDER,
            "additionalProperties": of(value),
        })),
        Shape::Pairs(value) => object(json!({
            "type": ["object", "array", "string", "null"],
            "pattern": PLACEHOLDER,
            "additionalProperties": of(value),
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "value": of(value)},
                "required": ["name", "value"],
                "additionalProperties": false,
            },
        })),
        Shape::Either(shapes) => {
            let all: Vec<Value> = shapes.iter().map(|shape| of(shape).into()).collect();
            object(json!({"anyOf": all}))
        }
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A pattern of a word in any letter case.
fn either_case(word: &str) -> String {
    let letter = |letter: char| match letter.is_ascii_alphabetic() {
        true => format!("[{}{}]", letter.to_ascii_uppercase(), letter.to_ascii_lowercase()),
        false => letter.to_string(),
    };
    word.chars().map(letter).collect()
}
