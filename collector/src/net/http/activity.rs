//! How long a connection has been idle or busy: a server notes where requests begin and end, and
//! waits for either to last too long.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// What a connection is doing, and since when.
#[derive(Clone, Copy, Debug)]
struct State {
    busy: bool,
    since: Instant,
}

/// What lasted too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expired {
    /// No request came.
    Idle,
    /// A request was not answered.
    Busy,
}

/// The activity of one connection.
#[derive(Debug)]
pub(super) struct Activity(watch::Sender<State>);

impl Activity {
    /// A connection that was just accepted.
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(State { busy: false, since: Instant::now() }))
    }

    /// A request's headers were read.
    pub(super) fn begin(&self) {
        self.0.send_replace(State { busy: true, since: Instant::now() });
    }

    /// A request was answered.
    pub(super) fn end(&self) {
        self.0.send_replace(State { busy: false, since: Instant::now() });
    }

    /// Waits until the connection was idle or busy for longer than allowed; for ever when there is
    /// no limit.
    pub(super) async fn expired(&self, idle: Option<Duration>, busy: Option<Duration>) -> Expired {
        let mut states = self.0.subscribe();
        loop {
            let State { busy: is_busy, since } = *states.borrow_and_update();
            let (limit, expired) = match is_busy {
                true => (busy, Expired::Busy),
                false => (idle, Expired::Idle),
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
                () = over => return expired,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Option<Duration> = Some(Duration::from_millis(1));

    #[tokio::test]
    async fn each_state_has_its_own_limit() {
        let activity = Activity::new();
        assert_eq!(activity.expired(SHORT, None).await, Expired::Idle);
        activity.begin();
        assert_eq!(activity.expired(None, SHORT).await, Expired::Busy);
        activity.end();
        assert_eq!(activity.expired(SHORT, None).await, Expired::Idle);
    }

    #[tokio::test]
    async fn a_change_of_state_is_noticed_while_waiting() {
        let activity = Activity::new();
        // Without a limit for idleness, only the request that begins can end the wait.
        let (expired, ()) = tokio::join!(activity.expired(None, SHORT), async { activity.begin() });
        assert_eq!(expired, Expired::Busy);
    }
}
