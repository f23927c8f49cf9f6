//! The service: a plan in, a running collector until it is told to stop, an account of what was
//! left over out.
//!
//! Exporters start first and receivers last, so that nothing arrives before there is a way on;
//! stopping goes the other way round, so that everything can be passed on. A start that fails
//! halfway is undone. A running service takes over another plan with [`Running::reload`].

mod reload;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::component::{
    ComponentState, Facts, Host, Kind, Resources, SharedFacts, StatusHub, Stopped,
};
use crate::config::ids::ComponentId;
use crate::graph::{BuildError, Graph, Instance, Node, Plan, Shared, build};
use crate::telemetry::{Handles, Metrics};

pub use reload::{ReloadError, Reloaded};

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
    shared: Shared,
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
    /// Creates everything the plan uses, which tell of themselves with `telemetry`. Opens nothing.
    ///
    /// # Errors
    /// When the plan cannot be built.
    pub fn build(
        plan: &Plan,
        telemetry: &Handles,
        options: ServiceOptions,
    ) -> Result<Self, BuildError> {
        let shared = Shared { telemetry: telemetry.clone(), ..Shared::default() };
        let graph = build(plan, &shared, &[])?;
        shared.facts.store(Arc::new(Facts {
            status: shared.status.clone(),
            metrics: telemetry.metrics.clone(),
            tracer: telemetry.tracer.clone(),
            ..Facts::default()
        }));
        tell_of(plan, &shared);
        Ok(Self { graph, shared, options })
    }

    /// What extensions can show of the service.
    pub fn facts(&self) -> &SharedFacts {
        &self.shared.facts
    }

    /// What the components count.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.telemetry.metrics
    }

    /// The states of the components.
    pub fn status(&self) -> &Arc<StatusHub> {
        &self.shared.status
    }

    /// Starts everything.
    ///
    /// # Errors
    /// When a component cannot start; what had started is stopped again.
    pub async fn start(self) -> Result<Running, StartFailure> {
        let Self { graph, shared, options } = self;
        let resources = Resources::default();
        start_new(&graph, &HashSet::new(), &shared, &resources, options.drain_timeout).await?;
        for extension in graph.extensions.iter().filter_map(Node::extension) {
            extension.ready();
        }
        tracing::info!("Everything is ready. Begin running and processing data.");
        let Graph { nodes, extensions, .. } = graph;
        Ok(Running { extensions, nodes, resources, shared, options, leaving: JoinSet::new() })
    }
}

/// Lets extensions show what the service is made of.
fn tell_of(plan: &Plan, shared: &Shared) {
    let mut facts = Facts::clone(&shared.facts.load());
    facts.pipelines = plan.facts();
    facts.extensions = plan.run_extensions.clone();
    facts.extensions.sort_by_key(ComponentId::to_string);
    shared.facts.store(Arc::new(facts));
}

/// Starts what does not run yet, extensions first.
///
/// # Errors
/// When a component cannot start; what was started before it is stopped again.
async fn start_new(
    graph: &Graph,
    running: &HashSet<Instance>,
    shared: &Shared,
    resources: &Resources,
    drain_timeout: Duration,
) -> Result<(), StartFailure> {
    let extensions = graph.extensions.iter();
    let known = extensions.filter_map(|node| Some((node.id.clone(), node.extension()?.clone())));
    let host = Host::new(known.collect())
        .with_resources(resources.clone())
        .with_facts(shared.facts.clone());
    let mut started: Vec<Node> = Vec::new();
    for node in graph.extensions.iter().chain(&graph.nodes) {
        if running.contains(&node.instance) {
            continue;
        }
        let outcome = start_one(node, &host).await;
        started.push(node.clone());
        if let Err(failure) = outcome {
            stop_all(started, Instant::now() + drain_timeout).await;
            return Err(failure);
        }
    }
    Ok(())
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
    resources: Resources,
    shared: Shared,
    options: ServiceOptions,
    /// What was replaced and still passes on what it has.
    leaving: JoinSet<Outcome>,
}

impl Running {
    /// What the components count.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.telemetry.metrics
    }

    /// What extensions can show of the service.
    pub fn facts(&self) -> &SharedFacts {
        &self.shared.facts
    }

    /// The states of the components.
    pub fn status(&self) -> &Arc<StatusHub> {
        &self.shared.status
    }

    /// Runs until `shutdown` resolves or a component fails fatally, then stops.
    pub async fn until(self, shutdown: impl Future<Output = ()>) -> Outcome {
        let fatal = tokio::select! {
            () = shutdown => None,
            message = self.fatal() => Some(message),
        };
        Outcome { fatal, ..self.stop().await }
    }

    /// Waits until a component fails in a way that ends the service, and says which and how.
    pub fn fatal(&self) -> impl Future<Output = String> + Send + use<> {
        let status = self.shared.status.clone();
        async move {
            let message = status.fatal().await;
            tracing::error!(error = message, "Asynchronous error received, terminating process");
            message
        }
    }

    /// Stops everything, receivers first, and says what was left over.
    pub async fn stop(self) -> Outcome {
        tracing::info!("Starting shutdown...");
        for extension in self.extensions.iter().filter_map(Node::extension) {
            extension.not_ready();
        }
        let deadline = Instant::now() + self.options.drain_timeout;
        let (all, leaving) = tokio::join!(
            stop_all([self.extensions, self.nodes].concat(), deadline),
            self.leaving.join_all(),
        );
        let mut outcome = Outcome::default();
        for part in leaving.into_iter().chain([all]) {
            outcome.unsent.extend(part.unsent);
            outcome.errors.extend(part.errors);
        }
        outcome.log();
        tracing::info!("Shutdown complete.");
        outcome
    }
}

impl Outcome {
    /// Logs what was left over and what went wrong.
    fn log(&self) {
        for (kind, id, items) in &self.unsent {
            tracing::error!(
                otelcol.component.id = %id,
                otelcol.component.kind = kind.as_str(),
                dropped_items = items,
                "Not everything could be sent before the shutdown deadline. Dropping data."
            );
        }
        for error in &self.errors {
            tracing::error!(error, "Shutdown was not clean");
        }
    }
}

/// Stops components, whatever their order: first receivers, at last extensions.
async fn stop_all(all: Vec<Node>, deadline: Instant) -> Outcome {
    let mut outcome = Outcome::default();
    let (extensions, nodes): (Vec<Node>, Vec<Node>) =
        all.into_iter().partition(|node| node.kind == Kind::Extension);
    stop_nodes(nodes, deadline, &mut outcome).await;
    for node in extensions.iter().rev() {
        record(node, stop_one(node, deadline).await, &mut outcome);
    }
    outcome
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
