//! What rules look at: a configuration, with the questions that many of them ask.

use holt_grammar::source::{Location, SourceMap};

use super::deployment::Deployment;
use crate::component::registry::known_name;
use crate::config::ids::{ComponentId, PipelineId};
use crate::config::model::{CollectorConfig, Component, ComponentKind, Pipeline, Reference};
use crate::config::yaml::{Node, ScalarValue};

/// A configuration with its texts.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'c> {
    /// The configuration.
    pub config: &'c CollectorConfig,
    /// The texts it was read from.
    pub sources: &'c SourceMap,
}

/// A component as a pipeline uses it.
#[derive(Clone, Copy, Debug)]
pub struct Use<'c> {
    /// The id in the pipeline.
    pub reference: &'c Reference,
    /// What it names.
    pub component: &'c Component,
    /// Today's name of its type.
    pub type_name: &'c str,
}

/// Exporters that hand telemetry to another machine, by today's names.
const REMOTE_EXPORTERS: &[&str] = &[
    "otlp_grpc",
    "otlp_http",
    "prometheus_remote_write",
    "kafka",
    "elasticsearch",
    "opensearch",
    "clickhouse",
    "datadog",
    "splunk_hec",
    "load_balancing",
    "zipkin",
    "otelarrow",
];

impl<'c> Subject<'c> {
    pub(super) const fn new(config: &'c CollectorConfig, sources: &'c SourceMap) -> Self {
        Self { config, sources }
    }

    /// The components of a kind with today's names of their types.
    pub fn components(self, kind: ComponentKind) -> impl Iterator<Item = (&'c str, &'c Component)> {
        self.config
            .section(kind)
            .values()
            .map(move |component| (type_of(kind, component), component))
    }

    /// The components of a kind whose type is one of these, by today's names.
    pub fn of_type(
        self,
        kind: ComponentKind,
        names: &'c [&'c str],
    ) -> impl Iterator<Item = &'c Component> {
        let all = self.components(kind);
        all.filter(move |(name, _)| names.contains(name)).map(|(_, component)| component)
    }

    /// The exporters that hand telemetry to another machine.
    pub fn remote_exporters(self) -> impl Iterator<Item = &'c Component> {
        self.of_type(ComponentKind::Exporter, REMOTE_EXPORTERS)
    }

    /// The pipelines.
    pub fn pipelines(self) -> impl Iterator<Item = (&'c PipelineId, &'c Pipeline)> {
        self.config.service.pipelines.iter()
    }

    /// The processors of a pipeline in their order, as far as they are configured.
    pub fn processors_of(self, pipeline: &'c Pipeline) -> Vec<Use<'c>> {
        self.uses(&pipeline.processors, ComponentKind::Processor)
    }

    /// The exporters of a pipeline, as far as they are configured; connectors are left out.
    pub fn exporters_of(self, pipeline: &'c Pipeline) -> Vec<Use<'c>> {
        self.uses(&pipeline.exporters, ComponentKind::Exporter)
    }

    /// The exporters of a pipeline that hand telemetry to another machine.
    pub fn remote_exporters_of(self, pipeline: &'c Pipeline) -> Vec<Use<'c>> {
        let mut uses = self.exporters_of(pipeline);
        uses.retain(|one| REMOTE_EXPORTERS.contains(&one.type_name));
        uses
    }

    /// The components of a kind that a list names, as far as they are configured.
    pub fn uses(self, references: &'c [Reference], kind: ComponentKind) -> Vec<Use<'c>> {
        let one = |reference: &'c Reference| {
            let component = self.config.section(kind).get(&reference.value)?;
            Some(Use { reference, component, type_name: type_of(kind, component) })
        };
        references.iter().filter_map(one).collect()
    }

    /// Whether a pipeline, or for extensions the service, names the component.
    pub fn is_used(self, kind: ComponentKind, id: &ComponentId) -> bool {
        let names = |references: &[Reference]| references.iter().any(|one| one.value == *id);
        match kind {
            ComponentKind::Extension => names(&self.config.service.extensions),
            ComponentKind::Receiver => self.pipelines().any(|(_, one)| names(&one.receivers)),
            ComponentKind::Processor => self.pipelines().any(|(_, one)| names(&one.processors)),
            ComponentKind::Exporter => self.pipelines().any(|(_, one)| names(&one.exporters)),
            ComponentKind::Connector => {
                self.pipelines().any(|(_, one)| names(&one.receivers) || names(&one.exporters))
            }
        }
    }

    /// The place of a reference, or that of the pipeline when it has none of its own.
    pub fn place(self, reference: &Reference, pipeline: &Pipeline) -> Location {
        reference.location.unwrap_or(pipeline.key)
    }

    /// The place where a pipeline names a component, or that of the pipeline.
    pub fn place_of(self, id: &ComponentId, pipeline: &Pipeline) -> Location {
        let lists = [&pipeline.receivers, &pipeline.processors, &pipeline.exporters];
        let found = lists.into_iter().flatten().find(|one| one.value == *id);
        found.and_then(|one| one.location).unwrap_or(pipeline.key)
    }

    /// The text of a node as it stands in its file; empty when it came from elsewhere.
    pub fn text_of(self, node: &Node) -> &'c str {
        let Location { source, span } = node.location;
        self.sources.get(source).and_then(|source| source.text.get(span.range())).unwrap_or("")
    }

    /// How the resource that holds the configuration runs it; `None` outside of one.
    pub fn deployment(self) -> Option<Deployment> {
        Deployment::around(self.config.location, self.sources)
    }
}

/// Today's name of a component's type.
fn type_of(kind: ComponentKind, component: &Component) -> &str {
    let written = component.id.component_type();
    known_name(kind, written).unwrap_or(written)
}

/// The text at a path of keys, with its place.
pub(super) fn text<'n>(node: &'n Node, keys: &[&str]) -> Option<(&'n str, Location)> {
    let node = node.at(keys)?;
    Some((node.as_text()?.text.as_str(), node.location))
}

/// The truth value at a path of keys.
pub(super) fn truth(node: &Node, keys: &[&str]) -> Option<bool> {
    match node.at(keys)?.as_scalar()?.value {
        ScalarValue::Bool(value) => Some(value),
        _ => None,
    }
}

/// Whether there is something at a path of keys.
pub(super) fn has(node: &Node, keys: &[&str]) -> bool {
    node.at(keys).is_some_and(|node| !node.is_null())
}
