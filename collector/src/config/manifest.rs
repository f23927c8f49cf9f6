//! Finding the collector configuration in a text: it may be all of it, or sit in a Kubernetes
//! manifest, among other documents.
//!
//! The documents of a text enter; one tree leaves. Manifests that hold none are passed over.

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;

use super::codes::{MISSING, NOT_YAML, WRONG_VALUE};
use super::merge::{Lists, merge};
use super::yaml::{self, Kind, Node, Place, YamlText};

/// The top-level keys of a configuration.
const TOP_LEVEL: [&str; 6] =
    ["receivers", "processors", "exporters", "connectors", "extensions", "service"];
/// Keys of a ConfigMap, other than those of YAML files, under which configurations are kept.
const CONFIG_MAP_KEYS: [&str; 3] = ["relay", "config", "collector"];
/// How deep lists of manifests may be nested.
const MAX_LIST_DEPTH: usize = 8;

/// What to do with a text that holds several configurations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Several {
    /// Refuse it and name them.
    #[default]
    Refuse,
    /// Merge them in their order, as if they were several `--config` sources.
    Merge,
}

/// A configuration and how a message calls it.
struct Found {
    name: String,
    location: Location,
    tree: Node,
}

/// Finds the configuration among the documents of a text. `None` when the text is empty. Warnings
/// are added to `warnings`.
///
/// # Errors
/// No configuration, several of them, or nested YAML that is not valid.
pub fn configuration(
    documents: Vec<Node>,
    several: Several,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Option<Node>, Vec<Diagnostic>> {
    let mut search = Search::default();
    let documents: Vec<Node> = documents.into_iter().filter(|node| !node.is_null()).collect();
    let Some(first) = documents.first().map(|node| node.location) else { return Ok(None) };
    let plain = documents.iter().all(|document| kind_of(document).is_none());
    if plain {
        return Ok(first_of(documents, warnings));
    }
    for document in documents {
        search.document(document, 0);
    }
    if !search.findings.is_empty() {
        return Err(search.findings);
    }
    if search.found.len() > 1 && several == Several::Refuse {
        return Err(vec![too_many(&search.found)]);
    }
    let tree = search
        .found
        .into_iter()
        .map(|found| found.tree)
        .reduce(|earlier, later| merge(earlier, later, Lists::Replace));
    match tree {
        Some(tree) => Ok(Some(tree)),
        None => Err(vec![nothing_found(&search.passed_over, first)]),
    }
}

/// All configurations among the documents of a text, each by itself; none when there are only other
/// manifests. Warnings are added to `warnings`.
///
/// # Errors
/// Manifests that should hold a configuration and do not, and nested YAML that is not valid.
pub fn configurations(
    documents: Vec<Node>,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Vec<Node>, Vec<Diagnostic>> {
    let documents: Vec<Node> = documents.into_iter().filter(|node| !node.is_null()).collect();
    if documents.iter().all(|document| kind_of(document).is_none()) {
        let first = first_of(documents, warnings);
        return Ok(first.into_iter().filter(is_configuration).collect());
    }
    let mut search = Search::default();
    for document in documents {
        search.document(document, 0);
    }
    if search.findings.is_empty() {
        Ok(search.found.into_iter().map(|found| found.tree).collect())
    } else {
        Err(search.findings)
    }
}

/// The first of several plain documents; the reference reads no others.
fn first_of(documents: Vec<Node>, warnings: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut documents = documents.into_iter();
    let first = documents.next();
    for other in documents {
        warnings.push(
            Diagnostic::warning(NOT_YAML, "this document is not read")
                .label(other.location, "")
                .note("only the first document of a file counts, as in the Go collector")
                .note("give each document a file and a `--config` of its own to merge them"),
        );
    }
    first
}

/// The kind of a Kubernetes manifest.
fn kind_of(node: &Node) -> Option<&str> {
    node.get("apiVersion")?;
    node.get("kind")?.as_text().map(|kind| kind.text.as_str())
}

/// How a manifest is called: its kind and name.
fn name_of(node: &Node, kind: &str) -> String {
    match node.at(&["metadata", "name"]).and_then(Node::as_text) {
        Some(name) => format!("{kind} `{}`", name.text),
        None => kind.to_owned(),
    }
}

fn too_many(found: &[Found]) -> Diagnostic {
    let names: Vec<&str> = found.iter().map(|found| found.name.as_str()).collect();
    let mut finding = Diagnostic::error(
        WRONG_VALUE,
        format!("the text holds {} collector configurations: {}", found.len(), names.join(", ")),
    )
    .note("keep the one to run in a file of its own");
    for each in found {
        finding = finding.label(each.location, each.name.clone());
    }
    finding
}

fn nothing_found(passed_over: &[String], first: Location) -> Diagnostic {
    let holds = if passed_over.is_empty() {
        String::new()
    } else {
        format!(", only {}", passed_over.join(", "))
    };
    Diagnostic::error(WRONG_VALUE, format!("the text holds no collector configuration{holds}"))
        .label(first, "")
        .note(
            "a configuration is a collector YAML, the `spec.config` of an OpenTelemetryCollector, \
             or a key such as `relay` or `collector.yaml` in the data of a ConfigMap",
        )
}

#[derive(Default)]
struct Search {
    found: Vec<Found>,
    passed_over: Vec<String>,
    findings: Vec<Diagnostic>,
}

impl Search {
    fn document(&mut self, node: Node, depth: usize) {
        let Some(kind) = kind_of(&node).map(str::to_owned) else {
            self.plain(node);
            return;
        };
        let name = name_of(&node, &kind);
        match kind.as_str() {
            "OpenTelemetryCollector" => self.custom_resource(&node, name),
            "ConfigMap" => self.config_map(&node, &name),
            "List" if depth < MAX_LIST_DEPTH => {
                for item in node.get("items").and_then(Node::as_sequence).unwrap_or_default() {
                    self.document(item.clone(), depth + 1);
                }
            }
            _ => self.passed_over.push(name),
        }
    }

    /// A document that is no manifest.
    fn plain(&mut self, node: Node) {
        if is_configuration(&node) {
            let (name, location) = ("a plain configuration".to_owned(), node.location);
            self.found.push(Found { name, location, tree: node });
        } else {
            self.passed_over.push(node.describe());
        }
    }

    /// An `OpenTelemetryCollector`: `spec.config` is text in v1alpha1 and a map in v1beta1.
    fn custom_resource(&mut self, node: &Node, name: String) {
        let Some(config) = node.at(&["spec", "config"]).filter(|config| !config.is_null()) else {
            self.findings.push(
                Diagnostic::error(MISSING, format!("{name} has no `spec.config`"))
                    .label(node.key_location("kind"), "")
                    .note("put the collector configuration under `spec.config`"),
            );
            return;
        };
        let location = config.location;
        match (&config.kind, config.as_text()) {
            (Kind::Mapping(_), _) => {
                self.found.push(Found { name, location, tree: config.clone() });
            }
            (_, Some(_)) => match nested(config) {
                Ok(tree) => {
                    let tree = tree.unwrap_or_else(|| Node::empty_mapping(location));
                    self.found.push(Found { name, location, tree });
                }
                Err(findings) => self.findings.extend(findings),
            },
            _ => self.findings.push(
                Diagnostic::error(
                    WRONG_VALUE,
                    format!("`spec.config` of {name} is {}", config.describe()),
                )
                .label(location, "")
                .note("v1beta1 wants a map here, v1alpha1 a text block: `config: |`"),
            ),
        }
    }

    /// A ConfigMap: every key that may hold a configuration and does.
    fn config_map(&mut self, node: &Node, name: &str) {
        let data = node.get("data").and_then(Node::as_mapping);
        let mut holds = false;
        for (key, entry) in data.into_iter().flat_map(|data| &data.entries) {
            let likely = CONFIG_MAP_KEYS.contains(&key.as_str())
                || key.ends_with(".yaml")
                || key.ends_with(".yml");
            if !likely || entry.value.as_text().is_none() {
                continue;
            }
            match nested(&entry.value) {
                Ok(Some(tree)) if is_configuration(&tree) => {
                    holds = true;
                    let name = format!("`{key}` of {name}");
                    self.found.push(Found { name, location: entry.key, tree });
                }
                Ok(_) => {}
                Err(findings) => {
                    holds = true;
                    self.findings.extend(findings);
                }
            }
        }
        if !holds {
            self.passed_over.push(name.to_owned());
        }
    }
}

/// Whether a tree has the keys of a configuration.
fn is_configuration(node: &Node) -> bool {
    TOP_LEVEL.iter().any(|key| {
        node.as_mapping().is_some_and(|mapping| {
            mapping.entries.keys().any(|present| present.split("::").next() == Some(key))
        })
    })
}

/// The first document of the YAML in a string.
fn nested(node: &Node) -> Result<Option<Node>, Vec<Diagnostic>> {
    let Some(scalar) = node.as_text() else { return Ok(None) };
    let text = Arc::new(YamlText {
        text: scalar.text.as_str().into(),
        place: Place::Scalar(Arc::new(scalar.origin.clone())),
    });
    Ok(yaml::parse(&text)?.into_iter().find(|document| !document.is_null()))
}
