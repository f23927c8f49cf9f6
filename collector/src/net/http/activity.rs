//! How long a connection has been idle, reading the head of a request, or busy: a server notes what
//! happens, and waits for any of them to last too long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It was just accepted.
    New,
    /// The last request is answered.
    Idle,
    /// Part of the head of a request has come.
    Head,
    /// That many requests are not answered yet.
    Busy(usize),
}

#[derive(Clone, Copy, Debug)]
struct State {
    phase: Phase,
    since: Instant,
}

/// How long each phase may last; `None` is for ever.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    pub(super) idle: Option<Duration>,
    pub(super) head: Option<Duration>,
    pub(super) busy: Option<Duration>,
}

/// The activity of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    state: watch::Sender<State>,
    /// Whether the next byte begins a head: spares most reads the lock.
    idle: AtomicBool,
}

impl Activity {
    /// A connection that was just accepted.
    pub(super) fn new() -> Self {
        let state = State { phase: Phase::New, since: Instant::now() };
        Self { state: watch::Sender::new(state), idle: AtomicBool::new(true) }
    }

    /// Bytes came.
    pub(super) fn received(&self) {
        if self.idle.load(Ordering::Relaxed) && self.idle.swap(false, Ordering::Relaxed) {
            self.change(|phase| match phase {
                Phase::New | Phase::Idle => Phase::Head,
                other => other,
            });
        }
    }

    /// A request's head was read.
    pub(super) fn begin(&self) {
        self.change(|phase| match phase {
            Phase::Busy(requests) => Phase::Busy(requests + 1),
            Phase::New | Phase::Idle | Phase::Head => Phase::Busy(1),
        });
    }

    /// A request was answered.
    pub(super) fn end(&self) {
        self.change(|phase| match phase {
            Phase::Busy(requests) if requests > 1 => Phase::Busy(requests - 1),
            _ => Phase::Idle,
        });
        self.idle.store(true, Ordering::Relaxed);
    }

    fn change(&self, next: impl FnOnce(Phase) -> Phase) {
        self.state.send_modify(|state| {
            *state = State { phase: next(state.phase), since: Instant::now() };
        });
    }

    /// Waits until no request is on its way: one that has begun to come, or that a connection was
    /// just made for. It is read after `grace` or never.
    pub(super) async fn settled(&self, grace: Duration) {
        let mut states = self.state.subscribe();
        let settled = states.wait_for(|state| !matches!(state.phase, Phase::New | Phase::Head));
        // When time is over, it is settled too.
        let _ = tokio::time::timeout(grace, settled).await;
    }

    /// Waits until a phase has lasted for longer than allowed, and says which.
    pub(super) async fn expired(&self, limits: Limits) -> Phase {
        let mut states = self.state.subscribe();
        loop {
            let State { phase, since } = *states.borrow_and_update();
            let limit = match phase {
                Phase::New | Phase::Idle => limits.idle,
                Phase::Head => limits.head,
                Phase::Busy(_) => limits.busy,
            };
            let over = async {
                match limit {
                    Some(limit) => sleep_until(since + limit).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // The sender is `self`, so this never fails while somebody waits.
                _ = states.changed() => {}
                () = over => return phase,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Option<Duration> = Some(Duration::from_millis(1));
    const NONE: Limits = Limits { idle: None, head: None, busy: None };

    #[tokio::test]
    async fn each_phase_has_its_own_limit() {
        let activity = Activity::new();
        assert_eq!(activity.expired(Limits { idle: SHORT, ..NONE }).await, Phase::New);
        activity.received();
        assert_eq!(activity.expired(Limits { head: SHORT, ..NONE }).await, Phase::Head);
        activity.begin();
        activity.received();
        activity.begin();
        assert_eq!(activity.expired(Limits { busy: SHORT, ..NONE }).await, Phase::Busy(2));
        activity.end();
        activity.end();
        assert_eq!(activity.expired(Limits { idle: SHORT, ..NONE }).await, Phase::Idle);
    }

    #[tokio::test]
    async fn a_change_of_phase_is_noticed_while_waiting() {
        let activity = Activity::new();
        // Without a limit for idleness, only the request that begins can end the wait.
        let limits = Limits { busy: SHORT, ..NONE };
        let (expired, ()) = tokio::join!(activity.expired(limits), async { activity.begin() });
        assert_eq!(expired, Phase::Busy(1));
    }
}
