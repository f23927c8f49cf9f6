//! What a running service is made of, for components that show it: extensions with pages.

use std::sync::Arc;
use std::time::SystemTime;

use super::StatusHub;
use crate::config::feature_gates::Gates;
use crate::config::ids::{ComponentId, PipelineId};
use crate::telemetry::{Build, Metrics, Tracer};
use arc_swap::ArcSwap;

/// A pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipelineFacts {
    /// Its id.
    pub id: PipelineId,
    /// Whether any of its processors may change what passes.
    pub mutates: bool,
    /// What it starts with; the flag says whether it is a connector.
    pub receivers: Vec<(ComponentId, bool)>,
    /// What everything passes, in order.
    pub processors: Vec<ComponentId>,
    /// What it ends with; the flag says whether it is a connector.
    pub exporters: Vec<(ComponentId, bool)>,
}

/// What a running service is made of at present.
pub type SharedFacts = Arc<ArcSwap<Facts>>;

/// A running service.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Which build of the collector runs.
    pub build: Build,
    /// When the service was made.
    pub start: SystemTime,
    /// Its pipelines, sorted by id.
    pub pipelines: Vec<PipelineFacts>,
    /// Its extensions, sorted by id.
    pub extensions: Vec<ComponentId>,
    /// The feature gates of the run.
    pub gates: Gates,
    /// The configuration with all defaults as JSON, without secrets; empty when nobody gave it.
    pub config: Arc<str>,
    /// The states of its components.
    pub status: Arc<StatusHub>,
    /// What its components count with.
    pub metrics: Metrics,
    /// What its components start spans with.
    pub tracer: Tracer,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            build: Build::default(),
            start: SystemTime::now(),
            pipelines: Vec::new(),
            extensions: Vec::new(),
            gates: Gates::default(),
            config: Arc::from(""),
            status: Arc::default(),
            metrics: Metrics::default(),
            tracer: Tracer::default(),
        }
    }
}
