//! Acknowledgement: how a source learns what became of what it sent.
//!
//! A source makes an [`Ack`] with [`Ack::root`] and sends it along in the batch's context. Every
//! clone is a share, and the source's [`Acknowledged`] resolves, with the worst outcome of all,
//! once every share is resolved. A share that is dropped unresolved counts as lost, so that a
//! forgotten or crashed batch is never taken for delivered.
//!
//! `Ok` from `consume` means "responsibility taken"; the acknowledgement means "done". Whoever
//! keeps a batch to offer it again uses [`Ack::attempt`], which makes a refusal leave no trace.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::oneshot;

/// What became of a batch, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AckOutcome {
    /// A destination has it, or it was left out on purpose.
    Delivered,
    /// It is in durable storage and survives the end of the process.
    Stored,
    /// It was given up for the reason named.
    Dropped(&'static str),
    /// Nobody knows where it went; a failure of the collector itself.
    Lost,
}

/// A share of the responsibility for a batch.
#[derive(Debug, Default)]
pub struct Ack(Option<Arc<Share>>);

/// Resolves its node when the last clone of the `Arc` is gone. Clones of an [`Ack`] have shares of
/// their own: `Share` is only ever owned by one `Ack`.
#[derive(Debug)]
struct Share {
    node: Arc<Node>,
    resolved: AtomicBool,
}

#[derive(Debug)]
struct Node {
    state: Mutex<NodeState>,
}

#[derive(Debug)]
struct NodeState {
    open: usize,
    worst: AckOutcome,
    void: bool,
    parents: Vec<Ack>,
    listener: Option<oneshot::Sender<AckOutcome>>,
}

impl Ack {
    /// An acknowledgement nobody waits for. Costs nothing.
    pub const fn none() -> Self {
        Self(None)
    }

    /// The first share of a new batch, and what tells its source the outcome.
    pub fn root() -> (Self, Acknowledged) {
        let (listener, receiver) = oneshot::channel();
        (Self::of(Node::new(Vec::new(), Some(listener))), Acknowledged(receiver))
    }

    /// One share that stands for all of `parts`: when it is resolved, they are.
    #[must_use]
    pub fn join(parts: Vec<Self>) -> Self {
        let mut parts: Vec<Self> = parts.into_iter().filter(|part| part.0.is_some()).collect();
        match parts.len() {
            0 => Self::none(),
            1 => parts.pop().unwrap_or_default(),
            _ => Self::of(Node::new(parts, None)),
        }
    }

    /// Starts an attempt to hand the batch on while keeping it.
    pub fn attempt(&self) -> Attempt {
        if self.0.is_none() {
            return Attempt { share: Self::none(), committed: false };
        }
        Attempt { share: Self::of(Node::new(vec![self.clone()], None)), committed: false }
    }

    /// Resolves this share.
    pub fn resolve(self, outcome: AckOutcome) {
        if let Some(share) = &self.0 {
            share.resolve(outcome);
        }
    }

    /// Whether anybody waits for the outcome.
    pub const fn is_awaited(&self) -> bool {
        self.0.is_some()
    }

    fn of(node: Node) -> Self {
        Self(Some(Arc::new(Share { node: Arc::new(node), resolved: AtomicBool::new(false) })))
    }
}

impl Clone for Ack {
    fn clone(&self) -> Self {
        Self(self.0.as_ref().map(|share| {
            share.node.lock().open += 1;
            Arc::new(Share { node: share.node.clone(), resolved: AtomicBool::new(false) })
        }))
    }
}

impl Share {
    fn resolve(&self, outcome: AckOutcome) {
        if !self.resolved.swap(true, Ordering::AcqRel) {
            self.node.close_one(outcome);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.resolve(AckOutcome::Lost);
    }
}

impl Node {
    fn new(parents: Vec<Ack>, listener: Option<oneshot::Sender<AckOutcome>>) -> Self {
        let worst = AckOutcome::Delivered;
        Self { state: Mutex::new(NodeState { open: 1, worst, void: false, parents, listener }) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, NodeState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close_one(&self, outcome: AckOutcome) {
        let mut state = self.lock();
        state.worst = state.worst.max(outcome);
        state.open = state.open.saturating_sub(1);
        if state.open > 0 {
            return;
        }
        let worst = state.worst;
        let listener = state.listener.take();
        let parents = std::mem::take(&mut state.parents);
        let void = state.void;
        // Parents take their own locks.
        drop(state);
        if let Some(listener) = listener {
            // A source that stopped listening does not care.
            let _ = listener.send(worst);
        }
        for mut parent in parents {
            match &parent.0 {
                Some(share) if void => {
                    // As if the attempt's share had never been made.
                    if !share.resolved.swap(true, Ordering::AcqRel) {
                        share.node.forget_one();
                    }
                    parent.0 = None;
                }
                _ => parent.resolve(worst),
            }
        }
    }

    fn forget_one(&self) {
        let mut state = self.lock();
        state.open = state.open.saturating_sub(1);
    }
}

/// One try at handing a batch on. Dropped without [`Attempt::commit`], it leaves the original
/// share as it was, whatever the receivers of [`Attempt::ack`] did.
#[derive(Debug)]
pub struct Attempt {
    share: Ack,
    committed: bool,
}

impl Attempt {
    /// A share for the next component.
    pub fn ack(&self) -> Ack {
        self.share.clone()
    }

    /// The batch was taken: from now on the takers' outcomes count.
    pub fn commit(mut self) {
        self.committed = true;
        std::mem::take(&mut self.share).resolve(AckOutcome::Delivered);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.committed
            && let Some(share) = &self.share.0
        {
            share.node.lock().void = true;
        }
    }
}

/// Resolves with the outcome once every share is resolved.
#[derive(Debug)]
pub struct Acknowledged(oneshot::Receiver<AckOutcome>);

impl Future for Acknowledged {
    type Output = AckOutcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<AckOutcome> {
        Pin::new(&mut self.0).poll(context).map(|outcome| outcome.unwrap_or(AckOutcome::Lost))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_worst_of_all_shares_counts() {
        let (ack, outcome) = Ack::root();
        let other = ack.clone();
        ack.resolve(AckOutcome::Delivered);
        other.resolve(AckOutcome::Dropped("too old"));
        assert_eq!(outcome.await, AckOutcome::Dropped("too old"));
    }

    #[tokio::test]
    async fn a_forgotten_share_is_lost() {
        let (ack, outcome) = Ack::root();
        let other = ack.clone();
        ack.resolve(AckOutcome::Delivered);
        drop(other);
        assert_eq!(outcome.await, AckOutcome::Lost);
    }

    #[tokio::test]
    async fn joined_shares_resolve_together() {
        let (first, first_outcome) = Ack::root();
        let (second, second_outcome) = Ack::root();
        Ack::join(vec![first, Ack::none(), second]).resolve(AckOutcome::Stored);
        assert_eq!(first_outcome.await, AckOutcome::Stored);
        assert_eq!(second_outcome.await, AckOutcome::Stored);
    }

    #[tokio::test]
    async fn a_refused_attempt_leaves_no_trace() {
        let (ack, mut outcome) = Ack::root();
        let attempt = ack.attempt();
        drop(attempt.ack());
        drop(attempt);
        assert!(futures_util::poll!(&mut outcome).is_pending());

        let attempt = ack.attempt();
        attempt.ack().resolve(AckOutcome::Delivered);
        attempt.commit();
        assert!(futures_util::poll!(&mut outcome).is_pending());
        ack.resolve(AckOutcome::Delivered);
        assert_eq!(outcome.await, AckOutcome::Delivered);
    }

    #[tokio::test]
    async fn a_committed_attempt_waits_for_its_takers() {
        let (ack, mut outcome) = Ack::root();
        let attempt = ack.attempt();
        let taken = attempt.ack();
        attempt.commit();
        ack.resolve(AckOutcome::Delivered);
        assert!(futures_util::poll!(&mut outcome).is_pending());
        taken.resolve(AckOutcome::Dropped("refused for good"));
        assert_eq!(outcome.await, AckOutcome::Dropped("refused for good"));
    }
}
