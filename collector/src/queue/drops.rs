//! Counts what is given up or handed back, by reason, and tells it in the log: the first of a burst
//! at once, the others as a sum every few seconds. An outage is then a few lines, not one for each
//! batch.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holt_pdata::Signal;
use tokio::time::Instant;

use super::entry::Reason;
use crate::component::{Refused, Settings};
use crate::telemetry::Counter;
use crate::telemetry::metrics::items_name;

/// Time between two sums.
const PERIOD: Duration = Duration::from_secs(10);

/// What becomes of batches that are not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Dropped,
    Rejected,
}

/// The account of one exporter and signal.
pub(super) struct Drops {
    settings: Settings,
    signal: Signal,
    counters: Vec<(Reason, Counter)>,
    dropped: Burst,
    rejected: Burst,
}

/// Batches that the log has not named.
#[derive(Default)]
struct Burst(Mutex<Unnamed>);

#[derive(Default)]
struct Unnamed {
    /// Until when batches are summed up.
    until: Option<Instant>,
    batches: usize,
    items: usize,
    last: String,
}

impl Drops {
    pub(super) fn new(settings: &Settings, signal: Signal) -> Arc<Self> {
        let name = format!("holt_exporter_dropped_{}", items_name(signal));
        let counters = Reason::ALL.map(|reason| {
            let labels =
                [("exporter", settings.id.to_string()), ("reason", reason.name().to_owned())];
            (reason, settings.metrics.counter(&name, labels))
        });
        Arc::new(Self {
            settings: settings.clone(),
            signal,
            counters: counters.into(),
            dropped: Burst::default(),
            rejected: Burst::default(),
        })
    }

    /// Counts items that are given up, without a word.
    pub(super) fn count(&self, reason: Reason, items: usize) {
        let counter = self.counters.iter().find(|(known, _)| *known == reason);
        if let Some((_, counter)) = counter {
            counter.add(items);
        }
    }

    /// A batch is given up.
    pub(super) fn dropped(
        self: &Arc<Self>,
        reason: Reason,
        refused: &Refused,
        items: usize,
        hint: &str,
    ) {
        self.count(reason, items);
        self.tell(Fate::Dropped, &format!("{refused}"), items, hint);
    }

    /// A batch is handed back.
    pub(super) fn rejected(self: &Arc<Self>, refused: &Refused, items: usize, hint: &str) {
        self.tell(Fate::Rejected, &format!("{refused}"), items, hint);
    }

    fn tell(self: &Arc<Self>, fate: Fate, error: &str, items: usize, hint: &str) {
        let burst = self.burst(fate);
        {
            let mut unnamed = burst.0.lock().unwrap_or_else(PoisonError::into_inner);
            if unnamed.until.is_some() {
                unnamed.batches += 1;
                unnamed.items += items;
                if unnamed.last != error {
                    error.clone_into(&mut unnamed.last);
                }
                return;
            }
            unnamed.until = Some(Instant::now() + PERIOD);
        }
        self.first(fate, error, items, hint);
        let account = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(PERIOD).await;
                let Some(account) = account.upgrade() else { return };
                if !account.sum_up(fate) {
                    return;
                }
            }
        });
    }

    const fn burst(&self, fate: Fate) -> &Burst {
        match fate {
            Fate::Dropped => &self.dropped,
            Fate::Rejected => &self.rejected,
        }
    }

    fn first(&self, fate: Fate, error: &str, items: usize, hint: &str) {
        let (id, signal) = (&self.settings.id, self.signal.name());
        match fate {
            Fate::Dropped => tracing::error!(
                otelcol.component.id = %id,
                otelcol.component.kind = "exporter",
                otelcol.signal = signal,
                error,
                dropped_items = items,
                "Exporting failed. Dropping data.{hint}"
            ),
            Fate::Rejected => tracing::error!(
                otelcol.component.id = %id,
                otelcol.component.kind = "exporter",
                otelcol.signal = signal,
                error,
                rejected_items = items,
                "Exporting failed. Rejecting data.{hint}"
            ),
        }
    }

    /// Tells what was not named. False when the burst is over.
    fn sum_up(&self, fate: Fate) -> bool {
        let Unnamed { batches, items, last, .. } = {
            let burst = self.burst(fate);
            let mut unnamed = burst.0.lock().unwrap_or_else(PoisonError::into_inner);
            let until = (unnamed.batches > 0).then(|| Instant::now() + PERIOD);
            std::mem::replace(&mut *unnamed, Unnamed { until, ..Unnamed::default() })
        };
        if batches == 0 {
            return false;
        }
        let (id, signal) = (&self.settings.id, self.signal.name());
        match fate {
            Fate::Dropped => tracing::error!(
                otelcol.component.id = %id,
                otelcol.component.kind = "exporter",
                otelcol.signal = signal,
                error = last,
                batches,
                dropped_items = items,
                "Exporting failed. Dropping more data since."
            ),
            Fate::Rejected => tracing::error!(
                otelcol.component.id = %id,
                otelcol.component.kind = "exporter",
                otelcol.signal = signal,
                error = last,
                batches,
                rejected_items = items,
                "Exporting failed. Rejecting more data since."
            ),
        }
        true
    }

    /// Tells what was not named before the exporter ends.
    pub(super) fn finish(&self) {
        self.sum_up(Fate::Dropped);
        self.sum_up(Fate::Rejected);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Kind;
    use crate::testing::settings;

    #[tokio::test]
    async fn a_burst_is_told_once_and_then_as_a_sum() {
        let (settings, _) = settings(Kind::Exporter, "test");
        let drops = Drops::new(&settings, Signal::Traces);
        let unnamed = |drops: &Drops| {
            let unnamed = drops.dropped.0.lock().unwrap();
            (unnamed.until.is_some(), unnamed.batches, unnamed.items)
        };
        for items in 1..=3 {
            drops.dropped(Reason::Permanent, &Refused::permanent("no"), items, "");
        }
        assert_eq!(unnamed(&drops), (true, 2, 5), "the first one was told at once");
        drops.count(Reason::Shutdown, 7);
        assert_eq!(settings.metrics.total("holt_exporter_dropped_spans"), 13);
        assert!(drops.sum_up(Fate::Dropped));
        assert_eq!(unnamed(&drops), (true, 0, 0), "the others as a sum, and the burst goes on");
        assert!(!drops.sum_up(Fate::Dropped));
        assert_eq!(unnamed(&drops), (false, 0, 0), "it is over");
        drops.dropped(Reason::Permanent, &Refused::permanent("no"), 1, "");
        drops.dropped(Reason::Permanent, &Refused::permanent("no"), 1, "");
        drops.finish();
        assert_eq!(unnamed(&drops).1, 0);
    }
}
