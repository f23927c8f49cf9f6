//! Reload: another plan for a running service. What is configured as before keeps running; what is
//! new starts beside what it replaces, and only when all of it has started do the receivers lead
//! their batches the new way. A plan that cannot be built or started changes nothing.
//!
//! Sockets, queues and files are shared through [`Resources`](crate::component::Resources), so a
//! component and its replacement hold them together and nothing is closed in between. What was
//! replaced passes on what it still has, beside the service, with the deadline of a shutdown.

use std::collections::HashSet;

use tokio::time::Instant;

use super::{Running, StartFailure, start_new, stop_all, tell_of};
use crate::graph::{BuildError, Graph, Instance, Node, Plan, build};

/// What a reload did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// Components that go on as before.
    pub kept: usize,
    /// Components that were started.
    pub started: usize,
    /// Components that are no longer needed; those that were replaced are among them.
    pub stopped: usize,
}

/// A plan could not take the place of the one that runs, which goes on.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// It cannot be built.
    #[error("failed to build pipelines: {0}")]
    Build(#[from] BuildError),
    /// A component cannot start.
    #[error(transparent)]
    Start(#[from] StartFailure),
}

impl Running {
    /// Takes over another plan.
    ///
    /// # Errors
    /// When it cannot be built or started; nothing has changed then.
    pub async fn reload(&mut self, plan: &Plan) -> Result<Reloaded, ReloadError> {
        let running = [self.extensions.as_slice(), &self.nodes].concat();
        let known: HashSet<Instance> = running.iter().map(|node| node.instance).collect();
        let status = self.shared.status.clone();
        let first_new = status.next_number();
        let Graph { nodes, extensions, turns } = self
            .beside(plan, &running, &known)
            .await
            .inspect_err(|_| status.forget_from(first_new))?;
        // From here on nothing fails.
        tell_of(plan, &self.shared);
        let left: Vec<_> = turns.into_iter().map(|(switch, way)| switch.set(way)).collect();
        let needed: HashSet<Instance> =
            nodes.iter().chain(&extensions).map(|node| node.instance).collect();
        let (kept, leaving): (Vec<Node>, Vec<Node>) =
            running.into_iter().partition(|node| needed.contains(&node.instance));
        let started = needed.len() - kept.len();
        for node in extensions.iter().filter(|node| !known.contains(&node.instance)) {
            if let Some(extension) = node.extension() {
                extension.ready();
            }
        }
        let outcome = Reloaded { kept: kept.len(), started, stopped: leaving.len() };
        (self.nodes, self.extensions) = (nodes, extensions);
        let deadline = Instant::now() + self.options.drain_timeout;
        // What has left by now makes room for the next.
        while self.leaving.try_join_next().is_some() {}
        self.leaving.spawn(async move {
            // Whoever still waits at the deadline is answered by components that are stopping.
            let all_left = futures_util::future::join_all(left);
            let _ = tokio::time::timeout_at(deadline, all_left).await;
            let outcome = stop_all(leaving.clone(), deadline).await;
            for node in leaving {
                node.status.retire();
            }
            outcome.log();
            super::Outcome::default()
        });
        Ok(outcome)
    }

    /// Builds a plan and starts what of it does not run yet.
    async fn beside(
        &self,
        plan: &Plan,
        running: &[Node],
        known: &HashSet<Instance>,
    ) -> Result<Graph, ReloadError> {
        let graph = build(plan, &self.shared, running)?;
        start_new(&graph, known, &self.shared, &self.resources, self.options.drain_timeout).await?;
        Ok(graph)
    }
}
