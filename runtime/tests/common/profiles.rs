//! Profiles with everything that an index stands for in its place.

use std::collections::BTreeSet;

use holt_pdata::{Batch, json};
use serde_json::{Map, Value, json};

/// The fields that are indices, and the tables that they point into.
const INDICES: &[(&str, &str)] = &[
    ("stackIndex", "stackTable"),
    ("linkIndex", "linkTable"),
    ("mappingIndex", "mappingTable"),
    ("functionIndex", "functionTable"),
    ("attributeIndices", "attributeTable"),
    ("locationIndices", "locationTable"),
];

/// A batch of profiles as canonical text: two batches that say the same in other indices are equal.
pub(super) fn resolved(batch: &Batch) -> String {
    let request: Value = serde_json::from_slice(&json::encode(batch)).unwrap();
    let mut profiles = request["resourceProfiles"].clone();
    resolve(&mut profiles, &request["dictionary"]);
    profiles.to_string()
}

fn resolve(value: &mut Value, dictionary: &Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, dictionary)),
        Value::Object(members) => {
            resolve_members(members, dictionary);
            members.values_mut().for_each(|member| resolve(member, dictionary));
            members.retain(|_, member| !is_nothing(member));
        }
        _ => {}
    }
}

fn resolve_members(members: &mut Map<String, Value>, dictionary: &Value) {
    let names: BTreeSet<String> = members.keys().cloned().collect();
    for name in names {
        if let Some((_, table)) = INDICES.iter().find(|(field, _)| *field == name) {
            let entry = |index: &Value| dictionary[table][as_index(index)].clone();
            let found = match &members[&name] {
                Value::Array(indices) => indices.iter().map(entry).collect(),
                index => entry(index),
            };
            members.insert(name, found);
        } else if name.ends_with("Strindex") {
            let text = dictionary["stringTable"][as_index(&members[&name])].clone();
            members.remove(&name);
            let plain = match name.as_str() {
                "stringValueStrindex" => "stringValue".to_owned(),
                _ => name.trim_end_matches("Strindex").to_owned(),
            };
            members.insert(plain, text);
        }
    }
}

fn as_index(index: &Value) -> usize {
    index.as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or(usize::MAX)
}

fn is_nothing(value: &Value) -> bool {
    *value == Value::Null || *value == json!("") || *value == json!([]) || *value == json!({})
}
