//! From what schemars says of a type, and the defaults of a value of it, to keys.

use holt_grammar::source::{Location, SourceMap};
use holt_grammar::span::Span;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Map, Value};

use super::declare::{ANY_CASE, OPTIONAL, SHAPE};
use super::{Key, Presence, Shape, Word};
use crate::config::print;
use crate::config::ser::to_node;
use crate::config::yaml::Node;

/// What schemars says, without references.
pub(super) fn schema<T: JsonSchema>() -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// The keys of a block.
pub(super) fn keys<T: Serialize>(schema: &Value, defaults: &T) -> Vec<Key> {
    let defaults = without_places(defaults);
    match of_schema(schema, defaults.as_ref()) {
        Shape::Block { keys, .. } => keys,
        _ => Vec::new(),
    }
}

/// A value as a tree whose places are never shown; none when it has no such shape.
pub(in crate::config) fn without_places<T: Serialize>(value: &T) -> Option<Node> {
    let source = SourceMap::default().add("defaults", "");
    to_node(value, Location { source, span: Span::default() }).ok()
}

/// The shape that a schema describes. `default` is what its type has by default, as far as known.
fn of_schema(schema: &Value, default: Option<&Node>) -> Shape {
    let Value::Object(schema) = schema else { return Shape::Any };
    let below =
        |keyword: &str| schema.get(keyword).map_or(Shape::Any, |inner| of_schema(inner, None));
    match schema.get(SHAPE).and_then(Value::as_str) {
        Some("duration") => return Shape::Duration,
        Some("secret") => return Shape::Secret,
        Some("text") => return Shape::Text,
        Some("id") => return Shape::Id,
        Some("pairs") => return Shape::Pairs(Box::new(below("additionalProperties"))),
        Some(_) => return Shape::Any,
        None => {}
    }
    let variants = ["anyOf", "oneOf"].iter().find_map(|keyword| schema.get(*keyword)?.as_array());
    if let Some(variants) = variants {
        return either(schema, variants, default);
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words = words.iter().filter_map(Value::as_str);
        let words = words.map(|name| Word { name: name.to_owned(), doc: String::new() }).collect();
        return Shape::Choice { words, any_case: is_set(schema, ANY_CASE) };
    }
    match type_of(schema) {
        "string" => Shape::Text,
        "integer" => Shape::Integer { least: schema.get("minimum").and_then(Value::as_i64) },
        "number" => Shape::Number,
        "boolean" => Shape::Bool,
        "array" => Shape::List(Box::new(below("items"))),
        "object" if schema.contains_key("properties") || !is_map(schema) => block(schema, default),
        "object" => Shape::Map(Box::new(below("additionalProperties"))),
        _ => Shape::Any,
    }
}

/// The type that a schema names, besides `null`.
fn type_of(schema: &Map<String, Value>) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or_default()
        }
        _ => "",
    }
}

fn is_map(schema: &Map<String, Value>) -> bool {
    schema.get("additionalProperties").is_some_and(|value| *value != Value::Bool(false))
}

fn is_set(schema: &Map<String, Value>, keyword: &str) -> bool {
    schema.get(keyword).and_then(Value::as_bool).unwrap_or_default()
}

/// What one of several schemas describes.
fn either(schema: &Map<String, Value>, variants: &[Value], default: Option<&Node>) -> Shape {
    let is_null = |variant: &&Value| variant.get("type").is_some_and(|name| name == "null");
    let variants: Vec<&Value> = variants.iter().filter(|variant| !is_null(variant)).collect();
    let word = |variant: &&Value| {
        let name = variant.get("const")?.as_str()?.to_owned();
        Some(Word { name, doc: variant.get("description").map(text).unwrap_or_default() })
    };
    let words: Option<Vec<Word>> = variants.iter().map(word).collect();
    if let Some(words) = words {
        return Shape::Choice { words, any_case: is_set(schema, ANY_CASE) };
    }
    match variants.as_slice() {
        [only] => of_schema(only, default),
        several => Shape::Either(several.iter().map(|one| of_schema(one, None)).collect()),
    }
}

fn block(schema: &Map<String, Value>, default: Option<&Node>) -> Shape {
    let presence = match default {
        _ if !is_set(schema, OPTIONAL) => Presence::Always,
        Some(node) if node.dormant => Presence::Named,
        Some(node) if !node.is_null() => Presence::On,
        _ => Presence::Off,
    };
    let values = default.filter(|node| node.as_mapping().is_some());
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let properties = schema.get("properties").and_then(Value::as_object);
    let keys = properties.into_iter().flatten().map(|(name, schema)| {
        let node = values.and_then(|values| values.get(name));
        let shape = of_schema(schema, node);
        let declared = || schema.get("default").cloned();
        let default = match &shape {
            Shape::Block { .. } | Shape::Secret => None,
            _ => match (values, node) {
                (Some(_), node) => node.map(print::plain),
                (None, _) => declared(),
            },
        };
        Key {
            name: name.clone(),
            doc: schema.get("description").map(text).unwrap_or_default(),
            shape,
            default: default.filter(|value| !value.is_null()),
            required: is_required(name),
        }
    });
    Shape::Block { keys: keys.collect(), presence }
}

/// A doc comment in one line.
fn text(description: &Value) -> String {
    description.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}
