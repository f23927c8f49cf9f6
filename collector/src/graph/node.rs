//! Components of a running graph, with what there is to know to decide whether the next graph may
//! go on with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use holt_pdata::Signal;

use super::fingerprint::Fingerprint;
use super::switch::Switch;
use crate::component::{Component, Consumer, Extension, Kind, StatusReporter};
use crate::config::ids::{ComponentId, PipelineId};

/// Tells a created component from all others, also from one that takes its place later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instance(u64);

impl Instance {
    /// One that no other component has or had.
    pub(super) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The place of a component: there is at most one for each in a graph.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) id: ComponentId,
    /// The signal that an exporter or a connector takes.
    pub(super) signal: Option<Signal>,
    /// The pipeline that a processor is part of.
    pub(super) pipeline: Option<PipelineId>,
}

/// A component with its settings and what it feeds. Two descriptions that are equal are of
/// components that do the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Description {
    pub(super) place: Place,
    pub(super) fingerprint: Fingerprint,
    pub(super) feeds: Vec<Feed>,
}

/// What a component feeds: the components at the head of a pipeline, or behind a processor. The
/// instances are left out for receivers, whose switches can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Feed {
    pub(super) pipeline: Option<PipelineId>,
    pub(super) signal: Signal,
    pub(super) instances: Vec<Instance>,
}

/// A created component.
#[derive(Clone)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: ComponentId,
    /// The component.
    pub component: Arc<dyn Component>,
    /// Where its state is reported.
    pub status: StatusReporter,
    /// Which of all components it is.
    pub instance: Instance,
    pub(super) description: Description,
    pub(super) role: Role,
}

/// What else a component is.
#[derive(Clone)]
pub(super) enum Role {
    /// Takes batches.
    Consumer(Arc<dyn Consumer>),
    /// Sends batches to these.
    Source(Vec<(Signal, Arc<Switch>)>),
    /// Serves the collector.
    Extension(Arc<dyn Extension>),
}

impl Node {
    /// The extension that it is, if it is one.
    pub fn extension(&self) -> Option<&Arc<dyn Extension>> {
        match &self.role {
            Role::Extension(extension) => Some(extension),
            Role::Consumer(_) | Role::Source(_) => None,
        }
    }
}
