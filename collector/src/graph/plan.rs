//! What a graph is built from, and why it cannot be.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::ends::LooseEnd;
use super::fingerprint::Fingerprints;
use crate::component::{
    ConnectorConfig, CreateError, ExporterConfig, ExtensionConfig, Kind, PipelineFacts,
    ProcessorConfig, ReceiverConfig,
};
use crate::config::ids::{ComponentId, PipelineId};

/// Valid configurations of components, and the pipelines that use them.
#[derive(Default)]
pub struct Plan {
    /// Receivers by id.
    pub receivers: IndexMap<ComponentId, Box<dyn ReceiverConfig>>,
    /// Processors by id.
    pub processors: IndexMap<ComponentId, Box<dyn ProcessorConfig>>,
    /// Exporters by id.
    pub exporters: IndexMap<ComponentId, Box<dyn ExporterConfig>>,
    /// Connectors by id.
    pub connectors: IndexMap<ComponentId, Box<dyn ConnectorConfig>>,
    /// Extensions by id.
    pub extensions: IndexMap<ComponentId, Box<dyn ExtensionConfig>>,
    /// Extensions to run, in start order.
    pub run_extensions: Vec<ComponentId>,
    /// Pipelines by id.
    pub pipelines: IndexMap<PipelineId, PipelinePlan>,
    /// What tells whether a component is configured as before.
    pub fingerprints: Fingerprints,
}

/// The components of one pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PipelinePlan {
    /// Receivers and connectors it starts with.
    pub receivers: Vec<ComponentId>,
    /// Processors in order.
    pub processors: Vec<ComponentId>,
    /// Exporters and connectors it ends with.
    pub exporters: Vec<ComponentId>,
}

/// The graph cannot be built. The messages are those of the reference.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A pipeline names something that is not configured.
    #[error("service::pipelines::{pipeline}: references {kind} \"{id}\" which is not configured")]
    NotConfigured {
        /// The pipeline.
        pipeline: PipelineId,
        /// What it should be.
        kind: Kind,
        /// Its id.
        id: ComponentId,
    },
    /// The service names an extension that is not configured.
    #[error("service::extensions: references extension \"{0}\" which is not configured")]
    ExtensionNotConfigured(ComponentId),
    /// A connector is used on one side only, or not with signals that it handles on both.
    #[error(transparent)]
    LooseEnd(#[from] LooseEnd),
    /// Connectors lead back to where they came from.
    #[error("cycle detected: {0}")]
    Cycle(String),
    /// A factory refused.
    #[error("failed to create \"{id}\" {kind} {place}: {source}")]
    Create {
        /// What could not be created.
        kind: Kind,
        /// Its id.
        id: ComponentId,
        /// For which signal or in which pipeline.
        place: String,
        /// Why.
        source: CreateError,
    },
}

impl Plan {
    /// The pipelines as they can be shown, sorted by id.
    pub fn facts(&self) -> Vec<PipelineFacts> {
        let marked = |ids: &[ComponentId]| {
            let is_connector = |id: &ComponentId| self.connectors.contains_key(id);
            ids.iter().map(|id| (id.clone(), is_connector(id))).collect()
        };
        let facts = self.pipelines.iter().map(|(id, pipeline)| PipelineFacts {
            id: id.clone(),
            mutates: !pipeline.processors.is_empty(),
            receivers: marked(&pipeline.receivers),
            processors: pipeline.processors.clone(),
            exporters: marked(&pipeline.exporters),
        });
        let mut facts: Vec<PipelineFacts> = facts.collect();
        facts.sort_by_key(|pipeline| pipeline.id.to_string());
        facts
    }

    /// Takes out the pipelines that use one of `missing`, and says which they were. Connectors
    /// that lose a side take the pipelines of the other side with them.
    pub fn without(&mut self, missing: &HashSet<(Kind, ComponentId)>) -> Vec<PipelineId> {
        let mut removed = Vec::new();
        let mut unusable = missing.clone();
        loop {
            let uses = |pipeline: &PipelinePlan| {
                let is_gone = |kind, ids: &[ComponentId]| {
                    ids.iter().any(|id| unusable.contains(&(kind, id.clone())))
                };
                is_gone(Kind::Receiver, &pipeline.receivers)
                    || is_gone(Kind::Connector, &pipeline.receivers)
                    || is_gone(Kind::Processor, &pipeline.processors)
                    || is_gone(Kind::Exporter, &pipeline.exporters)
                    || is_gone(Kind::Connector, &pipeline.exporters)
            };
            let gone: Vec<PipelineId> = self
                .pipelines
                .iter()
                .filter(|(_, pipeline)| uses(pipeline))
                .map(|(id, _)| id.clone())
                .collect();
            if gone.is_empty() {
                return removed;
            }
            self.pipelines.retain(|id, _| !gone.contains(id));
            removed.extend(gone);
            for id in self.connectors.keys() {
                let fed = self.pipelines.values().any(|pipeline| pipeline.exporters.contains(id));
                let read = self.pipelines.values().any(|pipeline| pipeline.receivers.contains(id));
                if fed != read {
                    unusable.insert((Kind::Connector, id.clone()));
                }
            }
        }
    }
}
