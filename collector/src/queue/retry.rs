//! Retries: one batch and a way to send it in, its final outcome out.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use holt_pdata::Batch;
use tokio::time::Instant;

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
            give_up_at: (elapsed > Duration::ZERO).then(|| Instant::now() + elapsed),
        }
    }

    /// The next wait, at least `least`; `None` when it would end after the time allowed.
    pub(super) fn wait(&mut self, least: Option<Duration>) -> Option<Duration> {
        let factor = self.settings.randomization_factor;
        let drawn = self.next.mul_f64(1.0 - factor + 2.0 * factor * random_fraction());
        let grown = self.next.mul_f64(self.settings.multiplier);
        self.next = grown.min(self.settings.max_interval.to_std());
        let wait = drawn.max(least.unwrap_or_default());
        match self.give_up_at {
            Some(give_up_at) if Instant::now() + wait > give_up_at => None,
            _ => Some(wait),
        }
    }
}

/// A number from 0 to 1 that differs from call to call. Spreading waits needs no more.
fn random_fraction() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or(0);
    f64::from(bits) / f64::from(u32::MAX)
}

/// Sends a batch until it is taken, refused for good, or the time for it is over.
pub(super) async fn send_with_retry(
    sender: &dyn Sender,
    batch: &Batch,
    context: &Context,
    retry: &RetrySettings,
    settings: &Settings,
    drain: &Drain,
) -> Result<(), Refused> {
    let mut backoff = Backoff::new(retry);
    loop {
        let refused = match sender.send(batch, context).await {
            Ok(()) => return Ok(()),
            Err(refused) if refused.permanent || !retry.enabled => return Err(refused),
            Err(refused) => refused,
        };
        let Some(wait) = backoff.wait(refused.after) else {
            let message = format!("no more retries left: {}", refused.message);
            return Err(Refused { message, ..refused });
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
        drain.sleep(wait).await;
    }
}

/// Longest wait between attempts once the exporter is stopping.
const DRAIN_INTERVAL: Duration = Duration::from_secs(1);

/// Tells waits that the exporter is stopping and there is less time.
#[derive(Clone, Debug, Default)]
pub(super) struct Drain(tokio_util::sync::CancellationToken);

impl Drain {
    pub(super) fn begin(&self) {
        self.0.cancel();
    }

    /// A wait for a batch that fails now.
    fn shortened(&self, wait: Duration) -> Duration {
        if self.0.is_cancelled() { wait.min(DRAIN_INTERVAL) } else { wait }
    }

    /// Sleeps for `wait`; a sleep that is cut short by the stop lasts a little longer, so that a
    /// peer that is coming back has a chance.
    async fn sleep(&self, wait: Duration) {
        if self.0.is_cancelled() {
            return tokio::time::sleep(wait).await;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.0.cancelled() => tokio::time::sleep(wait.min(DRAIN_INTERVAL)).await,
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
