//! What a configuration joins: nodes and edges.
//!
//! A receiver, an exporter or a connector is one node however many pipelines use it; a processor is
//! one for each pipeline, as it is when the collector runs. Every pipeline has a node of its own
//! too, at which its receivers meet.

use std::collections::HashMap;

use holt_collector::config::ids::{ComponentId, PipelineId};
use holt_collector::config::model::{CollectorConfig, ComponentKind, Pipeline, Reference};
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::Location;

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// The beginning of a pipeline.
    Pipeline,
    /// A component.
    Component(ComponentKind),
}

impl Kind {
    /// The word for it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pipeline => "pipeline",
            Self::Component(kind) => kind.as_str(),
        }
    }
}

/// A node.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// What it stands for.
    pub(super) kind: Kind,
    /// The id of the component or pipeline.
    pub(super) label: String,
    /// The pipeline that it belongs to: for processors and pipelines themselves.
    pub(super) pipeline: Option<usize>,
    /// How many pipelines use it.
    pub(super) uses: usize,
    /// Whether its section is there.
    pub(super) is_configured: bool,
    /// What was found about it.
    pub(super) findings: Vec<Finding>,
}

impl Node {
    /// Whether several pipelines use the one component.
    pub(super) fn is_shared(&self) -> bool {
        self.uses > 1 && self.kind != Kind::Component(ComponentKind::Connector)
    }

    /// The weight of its heaviest finding; one that is not configured is an error by itself.
    pub(super) fn weight(&self) -> Option<Severity> {
        let heaviest = self.findings.iter().map(|finding| finding.severity).max();
        if self.is_configured { heaviest } else { Some(Severity::Error) }
    }

    /// What there is to say about it, a line each.
    pub(super) fn remarks(&self) -> Vec<String> {
        // The checks say so themselves.
        let is_silent = self.is_configured || !self.findings.is_empty();
        let missing = (!is_silent).then(|| "it is not configured".to_owned());
        missing.into_iter().chain(self.findings.iter().map(Finding::line)).collect()
    }
}

/// A finding, as pictures show it.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Finding {
    pub(super) fn line(&self) -> String {
        format!("{}: {}", self.code, self.message)
    }
}

/// A pipeline: its nodes by number.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) id: String,
    pub(super) signal: String,
    pub(super) node: usize,
    pub(super) receivers: Vec<usize>,
    pub(super) processors: Vec<usize>,
    pub(super) exporters: Vec<usize>,
}

/// A picture without a form.
#[derive(Clone, Debug, Default)]
pub(super) struct Topology {
    pub(super) nodes: Vec<Node>,
    /// From node to node, in the order of the pipelines.
    pub(super) edges: Vec<(usize, usize)>,
    pub(super) pipelines: Vec<Path>,
    /// Extensions that are started.
    pub(super) extensions: Vec<String>,
    /// Components that no pipeline uses: kind and id.
    pub(super) unused: Vec<(ComponentKind, String)>,
    /// Findings about none of the nodes.
    pub(super) elsewhere: Vec<Finding>,
}

/// Collects nodes.
#[derive(Default)]
struct Builder {
    topology: Topology,
    known: HashMap<(ComponentKind, ComponentId), usize>,
}

impl Topology {
    /// What a configuration joins.
    pub(super) fn of(config: &CollectorConfig) -> Self {
        let mut builder = Builder::default();
        for (id, pipeline) in &config.service.pipelines {
            builder.pipeline(config, id, pipeline);
        }
        let Builder { mut topology, known } = builder;
        for kind in ComponentKind::ALL {
            let started = &config.service.extensions;
            for id in config.section(kind).keys() {
                let is_used = match kind {
                    ComponentKind::Extension => started.iter().any(|one| one.value == *id),
                    ComponentKind::Processor => config
                        .service
                        .pipelines
                        .values()
                        .any(|pipeline| pipeline.processors.iter().any(|one| one.value == *id)),
                    _ => known.contains_key(&(kind, id.clone())),
                };
                if !is_used {
                    topology.unused.push((kind, id.to_string()));
                }
            }
        }
        topology.extensions =
            config.service.extensions.iter().map(|one| one.value.to_string()).collect();
        topology
    }

    /// Puts findings at the nodes they are about.
    pub(super) fn mark(&mut self, config: &CollectorConfig, findings: Vec<Diagnostic>) {
        for finding in findings {
            let place = finding.labels.first().map(|label| label.location);
            let nodes = place.map(|place| self.at(config, place)).unwrap_or_default();
            let Diagnostic { severity, code, message, .. } = finding;
            let finding = Finding { severity, code, message };
            if nodes.is_empty() {
                self.elsewhere.push(finding);
                continue;
            }
            for node in nodes {
                if let Some(node) = self.nodes.get_mut(node) {
                    node.findings.push(finding.clone());
                }
            }
        }
    }

    /// The nodes that a place is about.
    fn at(&self, config: &CollectorConfig, place: Location) -> Vec<usize> {
        for (path, pipeline) in self.pipelines.iter().zip(config.service.pipelines.values()) {
            let lists = [
                (&pipeline.receivers, &path.receivers),
                (&pipeline.processors, &path.processors),
                (&pipeline.exporters, &path.exporters),
            ];
            for (references, nodes) in lists {
                let mut pairs = references.iter().zip(nodes);
                let here = |one: &Reference| one.location.is_some_and(|own| holds(own, place));
                if let Some((_, node)) = pairs.find(|(reference, _)| here(reference)) {
                    return vec![*node];
                }
            }
            if holds(pipeline.key, place) {
                return vec![path.node];
            }
        }
        for kind in ComponentKind::ALL {
            let mut section = config.section(kind).values();
            let is_here = |key, settings| holds(key, place) || holds(settings, place);
            let found = section.find(|one| is_here(one.key, one.settings.location));
            if let Some(component) = found {
                let label = component.id.to_string();
                let kind = Kind::Component(kind);
                let nodes = self.nodes.iter().enumerate();
                let nodes = nodes.filter(|(_, node)| node.kind == kind && node.label == label);
                return nodes.map(|(index, _)| index).collect();
            }
        }
        Vec::new()
    }
}

/// Whether a place begins in another.
fn holds(outer: Location, inner: Location) -> bool {
    outer.source == inner.source && (outer.span.start..=outer.span.end).contains(&inner.span.start)
}

impl Builder {
    fn pipeline(&mut self, config: &CollectorConfig, id: &PipelineId, pipeline: &Pipeline) {
        let number = self.topology.pipelines.len();
        let label = id.to_string();
        let signal = label.split('/').next().unwrap_or_default().to_owned();
        let start = self.add(Kind::Pipeline, label.clone(), Some(number), true);
        let ends = |builder: &mut Self, references: &[Reference], kind: ComponentKind| {
            let ends = references.iter();
            ends.map(|one| builder.end(config, one, kind)).collect::<Vec<usize>>()
        };
        let receivers = ends(self, &pipeline.receivers, ComponentKind::Receiver);
        let processors: Vec<usize> = pipeline
            .processors
            .iter()
            .map(|one| {
                let is_configured = config.processors.contains_key(&one.value);
                let kind = Kind::Component(ComponentKind::Processor);
                self.add(kind, one.value.to_string(), Some(number), is_configured)
            })
            .collect();
        let exporters = ends(self, &pipeline.exporters, ComponentKind::Exporter);
        let chain: Vec<usize> = std::iter::once(start).chain(processors.iter().copied()).collect();
        let last = chain.last().copied().unwrap_or(start);
        let edges = &mut self.topology.edges;
        edges.extend(receivers.iter().map(|receiver| (*receiver, start)));
        edges.extend(chain.iter().copied().zip(chain.iter().copied().skip(1)));
        edges.extend(exporters.iter().map(|exporter| (last, *exporter)));
        let path = Path { id: label, signal, node: start, receivers, processors, exporters };
        self.topology.pipelines.push(path);
    }

    /// A receiver or exporter of a pipeline, which may be a connector.
    fn end(&mut self, config: &CollectorConfig, one: &Reference, kind: ComponentKind) -> usize {
        let is_connector = config.connectors.contains_key(&one.value)
            && !config.section(kind).contains_key(&one.value);
        let kind = if is_connector { ComponentKind::Connector } else { kind };
        let index = match self.known.get(&(kind, one.value.clone())) {
            Some(index) => *index,
            None => {
                let is_configured = config.section(kind).contains_key(&one.value);
                let label = one.value.to_string();
                let index = self.add(Kind::Component(kind), label, None, is_configured);
                self.known.insert((kind, one.value.clone()), index);
                index
            }
        };
        if let Some(node) = self.topology.nodes.get_mut(index) {
            node.uses += 1;
        }
        index
    }

    fn add(
        &mut self,
        kind: Kind,
        label: String,
        pipeline: Option<usize>,
        is_configured: bool,
    ) -> usize {
        let findings = Vec::new();
        self.topology.nodes.push(Node { kind, label, pipeline, uses: 0, is_configured, findings });
        self.topology.nodes.len() - 1
    }
}
