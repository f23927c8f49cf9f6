//! Retries: one batch and a way to send it in, its final outcome out.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use holt_pdata::Batch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::entry::Reason;
use super::{RetrySettings, Sender};
use crate::component::{Context, Refused, Settings};

/// Waits between attempts, growing and with jitter.
pub(super) struct Backoff {
    next: Duration,
    settings: RetrySettings,
    give_up_at: Option<Instant>,
}

impl Backoff {
    pub(super) fn new(settings: &RetrySettings) -> Self {
        let elapsed = settings.max_elapsed_time.to_std();
        Self {
            next: settings.initial_interval.to_std(),
            settings: settings.clone(),
            give_up_at: Some(elapsed)
                .filter(|elapsed| *elapsed > Duration::ZERO)
                .and_then(|elapsed| Instant::now().checked_add(elapsed)),
        }
    }

    /// The next wait, at least `least`; `None` when it would end after the time allowed.
    pub(super) fn wait(&mut self, least: Option<Duration>) -> Option<Duration> {
        let factor = self.settings.randomization_factor;
        let drawn = times(self.next, 1.0 - factor + 2.0 * factor * random_fraction());
        let grown = times(self.next, self.settings.multiplier);
        self.next = grown.min(self.settings.max_interval.to_std());
        let wait = drawn.max(least.unwrap_or_default());
        match self.give_up_at {
            Some(give_up_at) => {
                let next = Instant::now().checked_add(wait)?;
                (next <= give_up_at).then_some(wait)
            }
            None => Some(wait),
        }
    }
}

/// A multiple of a duration; the longest there is when it would be longer.
fn times(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

/// A number from 0 to 1 that differs from call to call. Spreading waits needs no more.
fn random_fraction() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or(0);
    f64::from(bits) / f64::from(u32::MAX)
}

/// Why a batch was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It is too large, and smaller ones may get through.
    TooLarge(Refused),
    /// It is given up.
    Dropped(Reason, Refused),
    /// The exporter is leaving, and somebody else will send it.
    Interrupted,
}

impl Failure {
    /// What is told to whoever sent the batch.
    pub(super) fn into_refused(self) -> Refused {
        match self {
            Self::TooLarge(refused) | Self::Dropped(_, refused) => refused,
            Self::Interrupted => Refused::retryable("the exporter was stopped"),
        }
    }
}

/// Sends a batch until it is taken, refused for good, or the time for it is over.
pub(super) async fn send_with_retry(
    sender: &dyn Sender,
    batch: &Batch,
    context: &Context,
    retry: &RetrySettings,
    settings: &Settings,
    drain: &Drain,
) -> Result<(), Failure> {
    let mut backoff = Backoff::new(retry);
    loop {
        let refused = match sender.send(batch, context).await {
            Ok(()) => return Ok(()),
            Err(refused) if refused.too_large => return Err(Failure::TooLarge(refused)),
            Err(refused) if refused.permanent => {
                return Err(Failure::Dropped(Reason::Permanent, refused));
            }
            Err(refused) => refused,
        };
        if drain.is_over() {
            return Err(Failure::Interrupted);
        }
        if !retry.enabled {
            return Err(Failure::Dropped(Reason::RetriesExhausted, refused));
        }
        let Some(wait) = backoff.wait(refused.after) else {
            let message = format!("no more retries left: {}", refused.message);
            let refused = Refused { message, ..refused };
            return Err(Failure::Dropped(Reason::RetriesExhausted, refused));
        };
        let wait = drain.shortened(wait);
        tracing::info!(
            otelcol.component.id = %settings.id,
            otelcol.component.kind = "exporter",
            otelcol.signal = batch.signal().name(),
            error = %refused,
            interval = format!("{wait:.1?}"),
            "Exporting failed. Will retry the request after interval."
        );
        if !drain.sleep(wait).await {
            return Err(Failure::Interrupted);
        }
    }
}

/// Longest wait between attempts once the exporter is stopping.
const DRAIN_INTERVAL: Duration = Duration::from_secs(1);

/// Tells waits that the exporter is stopping.
#[derive(Clone, Debug, Default)]
pub(super) struct Drain {
    /// There is less time.
    begun: CancellationToken,
    /// There are no more attempts: what is not sent is safe elsewhere.
    over: CancellationToken,
}

impl Drain {
    /// From now on there is less time.
    pub(super) fn begin(&self) {
        self.begun.cancel();
    }

    /// From now on nothing is tried again.
    pub(super) fn end(&self) {
        self.over.cancel();
    }

    fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    /// A wait for a batch that fails now.
    fn shortened(&self, wait: Duration) -> Duration {
        if self.begun.is_cancelled() { wait.min(DRAIN_INTERVAL) } else { wait }
    }

    /// Sleeps for `wait`; a sleep that is cut short by the stop lasts a little longer, so that a
    /// peer that is coming back has a chance. False when there is no further attempt.
    async fn sleep(&self, wait: Duration) -> bool {
        let slept = async {
            if self.begun.is_cancelled() {
                return tokio::time::sleep(wait).await;
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.begun.cancelled() => {
                    tokio::time::sleep(wait.min(DRAIN_INTERVAL)).await;
                }
            }
        };
        tokio::select! {
            biased;
            () = self.over.cancelled() => false,
            () = slept => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_grow_within_their_bounds() {
        let settings = RetrySettings::default();
        let mut backoff = Backoff::new(&settings);
        let mut middle = 5.0;
        for _ in 0..20 {
            let wait = backoff.wait(None).expect("time is left").as_secs_f64();
            assert!((middle * 0.5 - 0.001..=middle * 1.5 + 0.001).contains(&wait), "{wait}");
            middle = f64::min(middle * 1.5, 30.0);
        }
    }

    #[tokio::test]
    async fn the_peers_wish_is_the_least() {
        let mut backoff = Backoff::new(&RetrySettings::default());
        let wait = backoff.wait(Some(Duration::from_secs(100)));
        assert_eq!(wait, Some(Duration::from_secs(100)));
        assert_eq!(backoff.wait(Some(Duration::from_secs(301))), None);
    }
}
