//! The resource of the collector's own telemetry: attributes that every signal carries.

use std::collections::BTreeMap;

use super::Build;
use super::detect::detect;
use super::metrics::LabelValue;
use crate::config::yaml::{Kind, Node, ScalarValue};
use crate::ottl::ProcessHost;

/// Attributes by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    attributes: BTreeMap<String, LabelValue>,
    /// Where the names are defined; empty when nothing says so.
    pub schema_url: String,
}

impl Resource {
    /// What the collector says of itself: the name and version of the build and a random id, and
    /// over them what `service::telemetry::resource` sets or takes away.
    pub fn configured(settings: Option<&Node>, build: Build) -> Self {
        Self::of(&Self::random_instance(), settings, build)
    }

    /// An id for a process: a random UUID (version 4).
    pub(super) fn random_instance() -> String {
        let mut bytes = [0; 16];
        holt_runtime::Host::random(&ProcessHost::new(), &mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// As [`Self::configured`], for a process that has an id.
    pub(super) fn of(instance: &str, settings: Option<&Node>, build: Build) -> Self {
        let mut resource = Self::default();
        resource.set("service.name", build.name);
        resource.set("service.version", build.version);
        resource.set("service.instance.id", instance);
        let Some(mapping) = settings.and_then(Node::as_mapping) else { return resource };
        for (key, entry) in &mapping.entries {
            match key.as_str() {
                "attributes" => resource.set_all(&entry.value),
                "schema_url" => resource.schema_url = text(&entry.value).unwrap_or_default(),
                "detection/development" => {}
                // The older form: the attribute itself.
                name => match text(&entry.value) {
                    Some(value) => resource.set(name, value),
                    None => resource.remove(name),
                },
            }
        }
        // What is set comes first, wherever it stands.
        if let Some(section) = settings.and_then(|node| node.get("detection/development")) {
            detect(&mut resource, section);
        }
        resource
    }

    /// The attributes that are set in the older form, sorted.
    pub(super) fn in_older_form(settings: Option<&Node>) -> Vec<&str> {
        let keys = settings.and_then(Node::as_mapping).into_iter();
        let keys = keys.flat_map(|mapping| mapping.entries.keys());
        let mut keys: Vec<&str> = keys
            .map(String::as_str)
            .filter(|key| !matches!(*key, "attributes" | "schema_url" | "detection/development"))
            .collect();
        keys.sort_unstable();
        keys
    }

    /// Sets what a list of names and values says.
    fn set_all(&mut self, list: &Node) {
        for attribute in list.as_sequence().unwrap_or_default() {
            let Some(name) = attribute.get("name").and_then(text) else { continue };
            match attribute.get("value").and_then(value) {
                Some(value) => self.set(&name, value),
                None => self.remove(&name),
            }
        }
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: impl Into<LabelValue>) {
        self.attributes.insert(name.to_owned(), value.into());
    }

    /// Takes an attribute away.
    pub fn remove(&mut self, name: &str) {
        self.attributes.remove(name);
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&LabelValue> {
        self.attributes.get(name)
    }

    /// All attributes, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &LabelValue)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value))
    }
}

fn text(node: &Node) -> Option<String> {
    node.as_scalar().map(|scalar| scalar.text.clone())
}

fn value(node: &Node) -> Option<LabelValue> {
    match &node.kind {
        Kind::Null => None,
        Kind::Scalar(scalar) => Some(match scalar.value {
            ScalarValue::Bool(flag) => LabelValue::Bool(flag),
            ScalarValue::Integer(number) => LabelValue::Int(number),
            _ => LabelValue::Text(scalar.text.clone()),
        }),
        Kind::Sequence(items) => {
            let items: Vec<String> = items.iter().filter_map(text).collect();
            Some(LabelValue::Text(serde_json::Value::from(items).to_string()))
        }
        Kind::Mapping(_) => None,
    }
}
