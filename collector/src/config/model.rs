//! The top of a configuration: sections of components and `service`.
//!
//! [`decode`] makes a [`CollectorConfig`] of a resolved tree. The settings of each component stay a
//! [`Node`], which the component's factory decodes; `service` is decoded here in full.

use std::collections::BTreeMap;

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::codes::{NOT_YAML, WRONG_VALUE};
use super::de;
use super::ids::{ComponentId, IdError, PipelineId};
use super::keys::{self, Key};
use super::service::Telemetry;
use super::values::Spanned;
use super::yaml::{Kind, Node};

/// The kinds of components, one section of the configuration each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ComponentKind {
    /// Takes telemetry in.
    Receiver,
    /// Changes telemetry on its way.
    Processor,
    /// Hands telemetry on.
    Exporter,
    /// Joins pipelines: an exporter of one, a receiver of another.
    Connector,
    /// Serves the collector or its components.
    Extension,
}

impl ComponentKind {
    /// All kinds, in the order the reference lists them.
    pub const ALL: [Self; 5] =
        [Self::Receiver, Self::Processor, Self::Exporter, Self::Connector, Self::Extension];

    /// The key of its section.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Receiver => "receivers",
            Self::Processor => "processors",
            Self::Exporter => "exporters",
            Self::Connector => "connectors",
            Self::Extension => "extensions",
        }
    }

    /// The word for one of them, in lower case as in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::Processor => "processor",
            Self::Exporter => "exporter",
            Self::Connector => "connector",
            Self::Extension => "extension",
        }
    }
}

impl std::fmt::Display for ComponentKind {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

/// One entry of a component section.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its id.
    pub id: ComponentId,
    /// The id in the text.
    pub key: Location,
    /// Its settings, undecoded; nothing means defaults.
    pub settings: Node,
}

impl Component {
    /// How messages call its settings: `receivers::otlp`.
    pub fn path(&self, kind: ComponentKind) -> String {
        format!("{}::{}", kind.section(), self.id)
    }
}

/// The entries of a section, in the order they were written.
pub type Section = IndexMap<ComponentId, Component>;

/// A reference to a component, with its place.
pub type Reference = Spanned<ComponentId>;

/// One pipeline.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The id in the text.
    pub key: Location,
    /// Receivers and connectors that feed it; an unordered set.
    pub receivers: Vec<Reference>,
    /// Processors in the order that telemetry passes them.
    pub processors: Vec<Reference>,
    /// Exporters and connectors that it feeds; an unordered set.
    pub exporters: Vec<Reference>,
}

/// The `service` section.
#[derive(Clone, Debug)]
pub struct Service {
    /// The key, or the configuration when there is no such key.
    pub location: Location,
    /// The key `extensions`, or `location`.
    pub extensions_key: Location,
    /// Extensions to start, in this order.
    pub extensions: Vec<Reference>,
    /// The key `pipelines`, or `location`.
    pub pipelines_key: Location,
    /// Pipelines in the order they were written.
    pub pipelines: IndexMap<PipelineId, Pipeline>,
    /// The collector's own telemetry.
    pub telemetry: Telemetry,
}

/// A whole configuration.
#[derive(Clone, Debug)]
pub struct CollectorConfig {
    /// The configuration as a whole.
    pub location: Location,
    /// `receivers`.
    pub receivers: Section,
    /// `processors`.
    pub processors: Section,
    /// `exporters`.
    pub exporters: Section,
    /// `connectors`.
    pub connectors: Section,
    /// `extensions`.
    pub extensions: Section,
    /// `service`.
    pub service: Service,
}

impl CollectorConfig {
    /// The entries of a kind.
    pub fn section(&self, kind: ComponentKind) -> &Section {
        match kind {
            ComponentKind::Receiver => &self.receivers,
            ComponentKind::Processor => &self.processors,
            ComponentKind::Exporter => &self.exporters,
            ComponentKind::Connector => &self.connectors,
            ComponentKind::Extension => &self.extensions,
        }
    }
}

/// The keys at the top.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawConfig {
    receivers: Option<Node>,
    processors: Option<Node>,
    exporters: Option<Node>,
    connectors: Option<Node>,
    extensions: Option<Node>,
    service: Option<Node>,
}

/// The keys of `service`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct RawService {
    /// Extensions to start, in this order.
    extensions: Vec<Reference>,
    /// The ways that telemetry goes, by signal and name.
    #[schemars(with = "BTreeMap<String, RawPipeline>")]
    pipelines: Option<Node>,
    /// The collector's own telemetry.
    #[schemars(with = "Telemetry")]
    telemetry: Option<Node>,
}

/// The keys of a pipeline.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct RawPipeline {
    /// Receivers and connectors that feed it.
    receivers: Vec<Reference>,
    /// Processors, in the order that telemetry passes them.
    processors: Vec<Reference>,
    /// Exporters and connectors that it feeds.
    exporters: Vec<Reference>,
}

/// The keys of `service`.
pub fn service_keys() -> Vec<Key> {
    let telemetry = keys::without_places(&Telemetry::default());
    keys::of(&RawService { telemetry, ..RawService::default() })
}

/// Decodes the top of a configuration. Says nothing about whether it makes sense: that is
/// [`validate`](super::validate)'s part.
///
/// # Errors
/// Everything that cannot be decoded.
pub fn decode(tree: &Node) -> Result<CollectorConfig, Vec<Diagnostic>> {
    let (config, findings) = decode_part(tree);
    if findings.is_empty() { Ok(config) } else { Err(findings) }
}

/// As [`decode`], with what can be decoded beside what cannot.
pub fn decode_part(tree: &Node) -> (CollectorConfig, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let raw: RawConfig = keep(de::from_node(tree, ""), &mut findings).unwrap_or_else(|| {
        // What can be read beside an unknown key is read, so that its findings are not hidden.
        let part = |key: &str| tree.get(key).filter(|node| !node.is_null()).cloned();
        RawConfig {
            receivers: part("receivers"),
            processors: part("processors"),
            exporters: part("exporters"),
            connectors: part("connectors"),
            extensions: part("extensions"),
            service: part("service"),
        }
    });
    let mut section = |node: Option<Node>, kind: ComponentKind| {
        node.map_or_else(Section::new, |node| components(&node, kind, &mut findings))
    };
    let receivers = section(raw.receivers, ComponentKind::Receiver);
    let processors = section(raw.processors, ComponentKind::Processor);
    let exporters = section(raw.exporters, ComponentKind::Exporter);
    let connectors = section(raw.connectors, ComponentKind::Connector);
    let extensions = section(raw.extensions, ComponentKind::Extension);
    let service = service(tree, raw.service, &mut findings);
    let config = CollectorConfig {
        location: tree.location,
        receivers,
        processors,
        exporters,
        connectors,
        extensions,
        service,
    };
    (config, findings)
}

/// Takes a value out of a result and its findings into the list.
fn keep<T>(result: Result<T, Vec<Diagnostic>>, findings: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|more| findings.extend(more)).ok()
}

/// An id that is not one.
fn bad_id(error: &IdError, location: Location) -> Diagnostic {
    Diagnostic::error(WRONG_VALUE, error.to_string()).label(location, "").note(error.help())
}

/// Two spellings of one id.
fn duplicate_id(written: &str, id: &str, first: Location, second: Location) -> Diagnostic {
    Diagnostic::error(NOT_YAML, format!("the id `{id}` is given twice"))
        .label(second, "again here")
        .label(first, "first here")
        .note("spaces around an id and its slash do not count")
        .note(format!("the Go collector says: duplicate name {written:?} after unmarshaling {id}"))
}

/// The entries of a map by their ids; what is no id is a finding.
fn by_id<'n, I>(
    node: &'n Node,
    path: &str,
    findings: &mut Vec<Diagnostic>,
) -> IndexMap<I, (Location, &'n Node)>
where
    I: std::str::FromStr<Err = IdError> + std::hash::Hash + Eq + std::fmt::Display,
{
    let mut entries: IndexMap<I, (Location, &'n Node)> = IndexMap::new();
    let mapping = match &node.kind {
        Kind::Mapping(mapping) => mapping,
        Kind::Null => return entries,
        _ => {
            let message = format!("`{path}`: expected a map, found {}", node.describe());
            findings.push(
                Diagnostic::error(WRONG_VALUE, message)
                    .label(node.location, "")
                    .note("write one id a line, indented further, with its settings below")
                    .note(format!(
                        "the Go collector says: '{path}' expected a map, got '{}'",
                        node.reference_type()
                    )),
            );
            return entries;
        }
    };
    for (written, entry) in &mapping.entries {
        match written.parse::<I>() {
            Err(error) => findings.push(bad_id(&error, entry.key)),
            Ok(id) => match entries.get(&id) {
                Some((first, _)) => {
                    let text = id.to_string();
                    findings.push(duplicate_id(written, &text, *first, entry.key));
                }
                None => {
                    entries.insert(id, (entry.key, &entry.value));
                }
            },
        }
    }
    entries
}

/// The entries of a component section.
fn components(node: &Node, kind: ComponentKind, findings: &mut Vec<Diagnostic>) -> Section {
    by_id::<ComponentId>(node, kind.section(), findings)
        .into_iter()
        .map(|(id, (key, settings))| {
            (id.clone(), Component { id, key, settings: settings.clone() })
        })
        .collect()
}

/// The `service` section; an absent one is empty.
fn service(tree: &Node, node: Option<Node>, findings: &mut Vec<Diagnostic>) -> Service {
    let location = tree.key_location("service");
    let node = node.unwrap_or_else(|| Node::empty_mapping(location));
    let raw: RawService = keep(de::from_node(&node, "service"), findings).unwrap_or_else(|| {
        let part = |key: &str| node.get(key).filter(|node| !node.is_null()).cloned();
        RawService {
            extensions: Vec::new(),
            pipelines: part("pipelines"),
            telemetry: part("telemetry"),
        }
    });
    let mut pipelines = IndexMap::new();
    if let Some(node) = &raw.pipelines {
        for (id, (key, node)) in by_id::<PipelineId>(node, "service::pipelines", findings) {
            let path = format!("service::pipelines::{id}");
            let raw: RawPipeline = keep(de::from_node(node, &path), findings).unwrap_or_default();
            let RawPipeline { receivers, processors, exporters } = raw;
            pipelines.insert(id, Pipeline { key, receivers, processors, exporters });
        }
    }
    let telemetry =
        raw.telemetry.and_then(|node| keep(Telemetry::decode(&node), findings)).unwrap_or_default();
    let key = |name: &str| {
        node.as_mapping()
            .and_then(|mapping| mapping.entries.get(name))
            .map_or(location, |entry| entry.key)
    };
    Service {
        location,
        extensions_key: key("extensions"),
        extensions: raw.extensions,
        pipelines_key: key("pipelines"),
        pipelines,
        telemetry,
    }
}
