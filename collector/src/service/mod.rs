//! The service: a plan in, a running collector until it is told to stop, an account of what was
//! left over out.
//!
//! Exporters start first and receivers last, so that nothing arrives before there is a way on;
//! stopping goes the other way round, so that everything can be passed on. A start that fails
//! halfway is undone.

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::component::{Component, ComponentState, Host, Kind, StatusHub, Stopped};
use crate::config::ids::ComponentId;
use crate::graph::{BuildError, Graph, Node, Plan, build};
use crate::telemetry::Counters;

/// How a service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceOptions {
    /// Time that stopping may take; what is not sent by then is counted and given up.
    pub drain_timeout: Duration,
}

impl Default for ServiceOptions {
    /// A little less than the 30 s that Kubernetes gives a container to end.
    fn default() -> Self {
        Self { drain_timeout: Duration::from_secs(25) }
    }
}

/// Created components that have not started.
pub struct Service {
    graph: Graph,
    status: Arc<StatusHub>,
    counters: Counters,
    options: ServiceOptions,
}

/// A component could not start.
#[derive(Debug, thiserror::Error)]
#[error("failed to start \"{id}\" {kind}: {message}")]
pub struct StartFailure {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: ComponentId,
    /// What it said.
    pub message: String,
}

/// How a service ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The fatal error that ended it, if one did.
    pub fatal: Option<String>,
    /// Components that could not pass on everything, with the number of spans, datapoints, log
    /// records and profile samples.
    pub unsent: Vec<(Kind, ComponentId, usize)>,
    /// What went wrong while stopping.
    pub errors: Vec<String>,
}

impl Service {
    /// Creates everything the plan uses. Opens nothing.
    ///
    /// # Errors
    /// When the plan cannot be built.
    pub fn build(plan: &Plan, options: ServiceOptions) -> Result<Self, BuildError> {
        let status = Arc::new(StatusHub::default());
        let counters = Counters::default();
        let graph = build(plan, &status, &counters)?;
        Ok(Self { graph, status, counters, options })
    }

    /// What the components count.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The states of the components.
    pub fn status(&self) -> &Arc<StatusHub> {
        &self.status
    }

    /// Starts everything.
    ///
    /// # Errors
    /// When a component cannot start; what had started is stopped again.
    pub async fn start(self) -> Result<Running, StartFailure> {
        let extensions: Vec<_> = self
            .graph
            .extensions
            .iter()
            .map(|(id, extension, _)| (id.clone(), extension.clone()))
            .collect();
        let host = Host::new(extensions);
        let mut running = Running {
            extensions: Vec::new(),
            nodes: Vec::new(),
            ready: Vec::new(),
            status: self.status,
            counters: self.counters,
            options: self.options,
        };
        for (id, extension, status) in self.graph.extensions {
            let component: Arc<dyn Component> = extension.clone();
            let node = Node { kind: Kind::Extension, id, component, status };
            if let Err(failure) = start_one(&node, &host).await {
                running.undo(node).await;
                return Err(failure);
            }
            running.ready.push(extension);
            running.extensions.push(node);
        }
        for node in self.graph.nodes {
            if let Err(failure) = start_one(&node, &host).await {
                running.undo(node).await;
                return Err(failure);
            }
            running.nodes.push(node);
        }
        for extension in &running.ready {
            extension.ready();
        }
        tracing::info!("Everything is ready. Begin running and processing data.");
        Ok(running)
    }
}

async fn start_one(node: &Node, host: &Host) -> Result<(), StartFailure> {
    node.status.report(ComponentState::Starting);
    match node.component.start(host).await {
        Ok(()) => {
            if node.status.state() == ComponentState::Starting {
                node.status.report(ComponentState::Ok);
            }
            Ok(())
        }
        Err(error) => {
            let message = error.to_string();
            node.status.report(ComponentState::PermanentError(message.clone()));
            let (kind, id) = (node.kind, node.id.clone());
            Err(StartFailure { kind, id, message })
        }
    }
}

/// A running service. Must be stopped with [`Running::stop`] or run to its end with
/// [`Running::until`].
pub struct Running {
    extensions: Vec<Node>,
    nodes: Vec<Node>,
    ready: Vec<Arc<dyn crate::component::Extension>>,
    status: Arc<StatusHub>,
    counters: Counters,
    options: ServiceOptions,
}

impl Running {
    /// What the components count.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The states of the components.
    pub fn status(&self) -> &Arc<StatusHub> {
        &self.status
    }

    /// Runs until `shutdown` resolves or a component fails fatally, then stops.
    pub async fn until(self, shutdown: impl Future<Output = ()>) -> Outcome {
        let status = self.status.clone();
        let fatal = tokio::select! {
            () = shutdown => None,
            message = status.fatal() => {
                tracing::error!(error = message, "Asynchronous error received, terminating process");
                Some(message)
            }
        };
        let outcome = self.stop().await;
        Outcome { fatal, ..outcome }
    }

    /// Stops everything, receivers first, and says what was left over.
    pub async fn stop(self) -> Outcome {
        tracing::info!("Starting shutdown...");
        for extension in &self.ready {
            extension.not_ready();
        }
        let deadline = Instant::now() + self.options.drain_timeout;
        let mut outcome = Outcome::default();
        stop_nodes(self.nodes, deadline, &mut outcome).await;
        for node in self.extensions.iter().rev() {
            record(node, stop_one(node, deadline).await, &mut outcome);
        }
        for (kind, id, items) in &outcome.unsent {
            tracing::error!(
                otelcol.component.id = %id,
                otelcol.component.kind = kind.as_str(),
                dropped_items = items,
                "Not everything could be sent before the shutdown deadline. Dropping data."
            );
        }
        for error in &outcome.errors {
            tracing::error!(error, "Shutdown was not clean");
        }
        tracing::info!("Shutdown complete.");
        outcome
    }

    /// Takes back a start that failed at `failed`.
    async fn undo(self, failed: Node) {
        let deadline = Instant::now() + self.options.drain_timeout;
        let mut outcome = Outcome::default();
        stop_one(&failed, deadline).await;
        stop_nodes(self.nodes, deadline, &mut outcome).await;
        for node in self.extensions.iter().rev() {
            stop_one(node, deadline).await;
        }
    }
}

/// Stops receivers, then what lies between, then exporters. Receivers stop side by side, and so do
/// exporters: one that cannot get rid of its data does not eat the time of the others. Each of the
/// first two groups leaves half of the time that is left to those behind it.
async fn stop_nodes(nodes: Vec<Node>, deadline: Instant, outcome: &mut Outcome) {
    let (receivers, others): (Vec<Node>, Vec<Node>) =
        nodes.into_iter().partition(|node| node.kind == Kind::Receiver);
    let (exporters, between): (Vec<Node>, Vec<Node>) =
        others.into_iter().partition(|node| node.kind == Kind::Exporter);
    stop_together(&receivers, half_way(deadline), outcome).await;
    let between_deadline = half_way(deadline);
    for node in between.iter().rev() {
        record(node, stop_one(node, between_deadline).await, outcome);
    }
    stop_together(&exporters, deadline, outcome).await;
}

fn half_way(deadline: Instant) -> Instant {
    let now = Instant::now();
    now + deadline.saturating_duration_since(now) / 2
}

async fn stop_together(nodes: &[Node], deadline: Instant, outcome: &mut Outcome) {
    let stopped =
        futures_util::future::join_all(nodes.iter().map(|node| stop_one(node, deadline))).await;
    for (node, stopped) in nodes.iter().zip(stopped) {
        record(node, stopped, outcome);
    }
}

async fn stop_one(node: &Node, deadline: Instant) -> Stopped {
    node.status.report(ComponentState::Stopping);
    let stopped = node.component.stop(deadline).await;
    node.status.report(ComponentState::Stopped);
    stopped
}

fn record(node: &Node, stopped: Stopped, outcome: &mut Outcome) {
    if stopped.unsent_items > 0 {
        outcome.unsent.push((node.kind, node.id.clone(), stopped.unsent_items));
    }
    let named = |error: String| format!("{} \"{}\": {error}", node.kind, node.id);
    outcome.errors.extend(stopped.errors.into_iter().map(named));
}
