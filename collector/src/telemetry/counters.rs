//! Counters of what components do: names and components in, totals out.
//!
//! Names and labels are those of the reference (`otelcol_receiver_accepted_spans`), so that
//! dashboards keep working.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use holt_pdata::Signal;

use crate::config::ids::ComponentId;

/// A running total.
#[derive(Clone, Debug, Default)]
pub struct Counter(Arc<AtomicU64>);

impl Counter {
    /// Adds to the total.
    pub fn add(&self, amount: usize) {
        self.0.fetch_add(u64::try_from(amount).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The total.
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

type Key = (String, Vec<(&'static str, String)>);

/// All counters of a service.
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<Mutex<BTreeMap<Key, Counter>>>);

impl Counters {
    /// The counter of a name and labels; made on first use.
    pub fn counter(
        &self,
        name: impl Into<String>,
        labels: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Counter {
        let key = (name.into(), labels.into_iter().collect());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone()
    }

    /// The counter of an exporter, such as `sent` or `send_failed`, of a signal.
    pub fn exporter(&self, what: &str, signal: Signal, id: &ComponentId) -> Counter {
        let name = format!("otelcol_exporter_{what}_{}", items_name(signal));
        self.counter(name, [("exporter", id.to_string())])
    }

    /// The counter of a receiver, such as `accepted` or `refused`, of a signal and a transport.
    pub fn receiver(
        &self,
        what: &str,
        signal: Signal,
        id: &ComponentId,
        transport: &str,
    ) -> Counter {
        let name = format!("otelcol_receiver_{what}_{}", items_name(signal));
        self.counter(name, [("receiver", id.to_string()), ("transport", transport.to_owned())])
    }

    /// The total of all counters of a name.
    pub fn total(&self, name: &str) -> u64 {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counters
            .iter()
            .filter(|((known, _), _)| known == name)
            .map(|(_, counter)| counter.total())
            .sum()
    }
}

/// What one item of a signal is called in names.
pub(super) const fn items_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "spans",
        Signal::Metrics => "metric_points",
        Signal::Logs => "log_records",
        Signal::Profiles => "profile_samples",
    }
}
