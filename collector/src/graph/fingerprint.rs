//! Whether a component is still configured as before: a configuration in, a text for each component
//! out that is the same exactly as long as nothing has changed that it can see.
//!
//! That is its own settings, and those of the extensions that they name: who authenticates by an
//! extension has to be started again when that is.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::component::Kind;
use crate::config::ids::ComponentId;
use crate::config::model::CollectorConfig;
use crate::config::yaml::{self, Node, ScalarValue};

/// The settings of a component as it sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(String);

/// The settings of all components.
#[derive(Clone, Debug, Default)]
pub struct Fingerprints(HashMap<(Kind, ComponentId), Fingerprint>);

impl Fingerprints {
    /// Those of a configuration.
    pub(super) fn of(config: &CollectorConfig) -> Self {
        let mut settings = HashMap::new();
        for kind in Kind::ALL {
            for component in config.section(kind).values() {
                let mut text = String::new();
                write(&component.settings, &mut text);
                settings.insert((kind, component.id.clone()), text);
            }
        }
        let extensions: Vec<(String, &String)> = config
            .extensions
            .keys()
            .filter_map(|id| Some((id.to_string(), settings.get(&(Kind::Extension, id.clone()))?)))
            .collect();
        let mut all = HashMap::new();
        for kind in Kind::ALL {
            for component in config.section(kind).values() {
                let key = (kind, component.id.clone());
                let mut text = settings.get(&key).cloned().unwrap_or_default();
                for (id, extension) in &extensions {
                    if names(&component.settings, id) {
                        // A control character keeps it apart from what is written above.
                        let _ = write!(text, "\u{1}{id}\u{1}{extension}");
                    }
                }
                all.insert(key, Fingerprint(text));
            }
        }
        Self(all)
    }

    /// That of one component; empty when it is not configured.
    pub(super) fn get(&self, kind: Kind, id: &ComponentId) -> Fingerprint {
        self.0.get(&(kind, id.clone())).cloned().unwrap_or_default()
    }
}

/// Writes a node so that two nodes with different meanings make different texts.
fn write(node: &Node, out: &mut String) {
    match &node.kind {
        yaml::Kind::Null => out.push('~'),
        yaml::Kind::Scalar(scalar) => {
            let is_text = scalar.value == ScalarValue::Text;
            let _ = write!(out, "{}{:?}", if is_text { '"' } else { '=' }, scalar.text);
        }
        yaml::Kind::Sequence(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push(',');
            }
            out.push(']');
        }
        yaml::Kind::Mapping(mapping) => {
            out.push('{');
            for (key, entry) in &mapping.entries {
                let _ = write!(out, "{key:?}:");
                write(&entry.value, out);
                out.push(',');
            }
            out.push('}');
        }
    }
    if let Some(original) = &node.original {
        let _ = write!(out, "${:?}", original.text);
    }
}

/// Whether a text somewhere in the settings is the id of an extension.
fn names(node: &Node, id: &str) -> bool {
    match &node.kind {
        yaml::Kind::Null => false,
        yaml::Kind::Scalar(scalar) => scalar.text.trim() == id,
        yaml::Kind::Sequence(items) => items.iter().any(|item| names(item, id)),
        yaml::Kind::Mapping(mapping) => {
            mapping.entries.values().any(|entry| names(&entry.value, id))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::config;

    fn fingerprint(yaml: &str, kind: Kind, id: &str) -> Fingerprint {
        Fingerprints::of(&config(yaml)).get(kind, &id.parse().unwrap())
    }

    #[test]
    fn layout_and_comments_do_not_count_and_values_do() {
        let of = |yaml: &str| fingerprint(yaml, Kind::Exporter, "otlp");
        let block = of("exporters:\n  otlp:\n    endpoint: 'a:1' # the gateway\n    timeout: 5s");
        assert_eq!(block, of("exporters: {otlp: {endpoint: a:1, timeout: 5s}}"));
        for other in ["{endpoint: a:1, timeout: 6s}", "{endpoint: a:1}", "{endpoint: [a:1]}", ""] {
            assert_ne!(block, of(&format!("exporters: {{otlp: {other}}}")), "{other}");
        }
        assert_ne!(of("exporters: {otlp: {a: 1}}"), of("exporters: {otlp: {a: '1'}}"));
    }

    #[test]
    fn an_extension_counts_for_those_who_name_it() {
        let of = |id: &str, token: &str| {
            let yaml = format!(
                "{{exporters: {{otlp: {{auth: {{authenticator: bearertokenauth}}}}, nop: }}, \
                 extensions: {{bearertokenauth: {{token: {token}}}}}}}"
            );
            fingerprint(&yaml, Kind::Exporter, id)
        };
        assert_ne!(of("otlp", "a"), of("otlp", "b"));
        assert_eq!(of("nop", "a"), of("nop", "b"));
    }
}
