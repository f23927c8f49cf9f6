//! Starting and stopping components.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::time::Instant;

use super::{Extension, Resources, SharedFacts};
use crate::config::ids::ComponentId;

/// What every component can do besides its work. Both have defaults that do nothing.
#[async_trait]
pub trait Component: Send + Sync {
    /// Opens sockets and starts tasks. Called once, after everything downstream has started.
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let _ = host;
        Ok(())
    }

    /// Finishes what is open, until `deadline`, and stops. Called once, after everything upstream
    /// has stopped; also when another component failed to start.
    async fn stop(&self, deadline: Instant) -> Stopped {
        let _ = deadline;
        Stopped::default()
    }
}

/// A component could not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

impl StartError {
    /// An error with the text of another.
    pub fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// How a component stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Spans, datapoints, log records or profile samples it still had and could not pass on.
    pub unsent_items: usize,
    /// What went wrong.
    pub errors: Vec<String>,
}

/// What a starting component can ask the service for.
#[derive(Clone, Default)]
pub struct Host {
    extensions: Arc<Vec<(ComponentId, Arc<dyn Extension>)>>,
    resources: Resources,
    identity: usize,
    facts: SharedFacts,
}

impl Host {
    /// A host with these extensions.
    pub fn new(extensions: Vec<(ComponentId, Arc<dyn Extension>)>) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let identity = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { extensions: Arc::new(extensions), identity, ..Self::default() }
    }

    /// The same host with these resources, which another service may hold too.
    #[must_use]
    pub fn with_resources(self, resources: Resources) -> Self {
        Self { resources, ..self }
    }

    /// The same host of the service that is made of these.
    #[must_use]
    pub fn with_facts(self, facts: SharedFacts) -> Self {
        Self { facts, ..self }
    }

    /// What the service is made of; a reload changes it.
    pub fn facts(&self) -> &SharedFacts {
        &self.facts
    }

    /// What outlives a component that is replaced.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// A number that tells this service from others that hold the same resources.
    pub(crate) const fn identity(&self) -> usize {
        self.identity
    }

    /// The extension of that id, when the service runs one.
    pub fn extension(&self, id: &ComponentId) -> Option<&Arc<dyn Extension>> {
        self.extensions.iter().find(|(known, _)| known == id).map(|(_, extension)| extension)
    }
}
