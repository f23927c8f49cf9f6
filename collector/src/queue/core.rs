//! What sends the batches of one exporter and signal, from a queue or straight from the pipeline,
//! and accounts for each of them.

use std::collections::VecDeque;
use std::sync::Arc;

use holt_pdata::{Batch, Limit, Signal};
use tokio_util::sync::CancellationToken;

use super::drops::Drops;
use super::entry::{Outcome, Reason};
use super::meters::Meters;
use super::retry::{Drain, Failure, send_with_retry};
use super::{QueueSettings, RetrySettings, Sender};
use crate::component::{Context, Refused, Settings};

pub(super) struct Core {
    pub(super) sender: Arc<dyn Sender>,
    pub(super) settings: Settings,
    pub(super) retry: RetrySettings,
    pub(super) drain: Drain,
    /// Ends exports at the deadline of a stop.
    pub(super) abort: CancellationToken,
    pub(super) drops: Arc<Drops>,
    /// Whether those who put batches are told that they are not sent, and keep them.
    pub(super) answers: bool,
    pub(super) meters: Meters,
    /// Whether batches are put together before they are sent.
    batches: bool,
}

/// What became of telemetry that was to be sent.
pub(super) struct Sent {
    /// The worst that became of what was dealt with.
    pub(super) outcome: Outcome,
    /// What was not dealt with.
    pub(super) left: VecDeque<Batch>,
}

impl Core {
    pub(super) fn new(
        sender: Arc<dyn Sender>,
        settings: Settings,
        signal: Signal,
        retry: RetrySettings,
        queue: Option<&QueueSettings>,
    ) -> Self {
        let meters = Meters::new(&settings, signal, sender.destination());
        let drops = Drops::new(&settings, signal);
        Self {
            sender,
            settings,
            retry,
            drain: Drain::default(),
            abort: CancellationToken::new(),
            drops,
            answers: queue.is_none_or(|queue| queue.wait_for_result),
            meters,
            batches: queue.is_some_and(|queue| queue.batch.as_ref().is_some()),
        }
    }

    /// Sends a batch with retries and counts the outcome.
    pub(super) async fn send(&self, batch: &Batch, context: &Context) -> Result<(), Failure> {
        let (sender, settings) = (self.sender.as_ref(), &self.settings);
        if self.batches {
            self.meters.batched(batch);
        }
        let _in_flight = self.meters.begin();
        let mut span = self.meters.span(context.span);
        let outcome =
            send_with_retry(sender, batch, context, &self.retry, settings, &self.drain).await;
        match &outcome {
            Ok(()) => {
                self.meters.ended(batch.items(), &Ok(()));
                span.count("items.sent", batch.items());
                span.count("items.failed", 0);
            }
            Err(failure) => {
                span.count("items.sent", 0);
                span.count("items.failed", batch.items());
                span.fail(failure.clone().into_refused());
            }
        }
        outcome
    }

    /// Sends batches one after the other. What is too large is cut in two, again and again.
    pub(super) async fn send_all(&self, batches: Vec<Batch>, context: &Context) -> Sent {
        let mut left = VecDeque::from(batches);
        let mut outcome = Outcome::Sent;
        while let Some(batch) = left.front() {
            let sent = tokio::select! {
                sent = self.send(batch, context) => sent,
                () = self.abort.cancelled() => Err(Failure::Interrupted),
            };
            let (reason, refused) = match sent {
                Ok(()) => {
                    left.pop_front();
                    continue;
                }
                Err(Failure::Interrupted) => break,
                Err(Failure::TooLarge(refused)) => {
                    if let Some(halves) = halves(batch) {
                        tracing::debug!(
                            otelcol.component.id = %self.settings.id,
                            error = %refused,
                            items = batch.items(),
                            "The destination takes no request as large as this, cutting it in two"
                        );
                        left.pop_front();
                        halves.into_iter().rev().for_each(|half| left.push_front(half));
                        continue;
                    }
                    (Reason::TooLarge, refused)
                }
                Err(Failure::Dropped(reason, refused)) => (reason, refused),
            };
            self.give_up(batch.items(), reason, &refused);
            outcome = Outcome::Dropped(reason, refused);
            left.pop_front();
        }
        Sent { outcome, left }
    }

    /// Accounts for items that the destination will not get.
    pub(super) fn give_up(&self, items: usize, reason: Reason, refused: &Refused) {
        self.meters.ended(items, &Err(refused.clone()));
        if self.answers {
            return self.drops.rejected(refused, items, "");
        }
        let hint = if refused.permanent || self.retry.enabled {
            ""
        } else {
            " Try enabling retry_on_failure config option to retry on retryable errors."
        };
        self.drops.dropped(reason, refused, items, hint);
    }

    /// Accounts for items that whoever sent them keeps.
    pub(super) fn hand_back(&self, items: usize, refused: &Refused) {
        self.meters.ended(items, &Err(refused.clone()));
        let hint = " Try enabling sending_queue to survive temporary failures.";
        let hint = if refused.permanent { "" } else { hint };
        self.drops.rejected(refused, items, hint);
    }
}

/// A batch cut in two at an item; `None` when it cannot be.
fn halves(batch: &Batch) -> Option<Vec<Batch>> {
    if batch.items() < 2 {
        return None;
    }
    let parts = batch.split(Limit::Items(batch.items().div_ceil(2)));
    (parts.len() > 1).then_some(parts)
}
