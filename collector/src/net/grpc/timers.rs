//! What time does to a server's connection: idleness, age and keepalive probes. The options of a
//! server in, the next [`TimerEvent`] out.

use std::future::poll_fn;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::server::ServerOptions;

/// What is due.
pub(super) enum TimerEvent {
    /// No new calls; finish the open ones.
    Close,
    /// Close at once.
    Abort,
}

/// The clocks of one connection.
pub(super) struct Timers {
    idle: Option<Duration>,
    idle_since: Instant,
    close_at: Option<Instant>,
    abort_at: Option<Instant>,
    grace: Option<Duration>,
    ping: Option<h2::PingPong>,
    probe_every: Duration,
    probe_timeout: Duration,
    quiet_since: Instant,
    probe_sent: Option<Instant>,
}

enum Wake {
    Timer,
    Answered,
    Broken,
}

impl Timers {
    pub(super) fn new(options: &ServerOptions, ping: Option<h2::PingPong>) -> Self {
        let now = Instant::now();
        Self {
            idle: options.max_connection_idle,
            idle_since: now,
            close_at: options.max_connection_age.map(|age| now + age),
            abort_at: None,
            grace: options.max_connection_age_grace,
            ping,
            probe_every: options.keepalive_time,
            probe_timeout: options.keepalive_timeout,
            quiet_since: now,
            probe_sent: None,
        }
    }

    /// A call came in.
    pub(super) fn saw_call(&mut self) {
        let now = Instant::now();
        self.idle_since = now;
        self.quiet_since = now;
    }

    /// Waits for what is due next; `is_active` tells whether calls are open. Cancel-safe.
    pub(super) async fn next(&mut self, is_active: impl Fn() -> bool) -> TimerEvent {
        loop {
            let probe_at = match self.probe_sent {
                Some(sent) => sent + self.probe_timeout,
                None => self.quiet_since + self.probe_every,
            };
            let idle_at = self.idle.map(|idle| self.idle_since + idle);
            let others = [self.close_at, self.abort_at, idle_at].into_iter().flatten();
            let wake = self.wait(others.fold(probe_at, Instant::min)).await;
            let now = Instant::now();
            match wake {
                Wake::Answered => {
                    self.probe_sent = None;
                    self.quiet_since = now;
                    continue;
                }
                Wake::Broken => return TimerEvent::Abort,
                Wake::Timer => {}
            }
            let due = |at: Option<Instant>| at.is_some_and(|at| now >= at);
            if due(self.abort_at) {
                return TimerEvent::Abort;
            }
            if due(self.close_at) {
                self.close_at = None;
                self.abort_at = self.grace.map(|grace| now + grace);
                return TimerEvent::Close;
            }
            if due(idle_at) {
                if !is_active() {
                    self.idle = None;
                    return TimerEvent::Close;
                }
                self.idle_since = now;
            }
            if now >= probe_at {
                if self.probe_sent.is_some() {
                    return TimerEvent::Abort;
                }
                self.send_probe(now);
            }
        }
    }

    async fn wait(&mut self, until: Instant) -> Wake {
        match &mut self.ping {
            Some(ping) if self.probe_sent.is_some() => {
                match timeout_at(until, poll_fn(|context| ping.poll_pong(context))).await {
                    Ok(Ok(_)) => Wake::Answered,
                    Ok(Err(_)) => Wake::Broken,
                    Err(_) => Wake::Timer,
                }
            }
            _ => {
                sleep_until(until).await;
                Wake::Timer
            }
        }
    }

    fn send_probe(&mut self, now: Instant) {
        let sent =
            self.ping.as_mut().is_some_and(|ping| ping.send_ping(h2::Ping::opaque()).is_ok());
        if sent {
            self.probe_sent = Some(now);
        } else {
            self.quiet_since = now;
        }
    }
}
