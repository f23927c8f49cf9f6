//! Handles that components record with. Cloning a handle gives another of the same series; a
//! default handle is of no series and does nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use super::Distribution;

/// A whole number, and whether anything was recorded: a series is shown from then on.
#[derive(Debug, Default)]
pub(super) struct Cell {
    value: AtomicI64,
    recorded: AtomicBool,
}

impl Cell {
    /// The value; `None` before anything was recorded.
    pub(super) fn read(&self) -> Option<i64> {
        let value = self.value.load(Ordering::Relaxed);
        (value != 0 || self.recorded.load(Ordering::Relaxed)).then_some(value)
    }

    fn add(&self, amount: i64) {
        self.value.fetch_add(amount, Ordering::Relaxed);
    }

    /// Reading before writing keeps the line shared between processors.
    fn mark(&self) {
        if !self.recorded.load(Ordering::Relaxed) {
            self.recorded.store(true, Ordering::Relaxed);
        }
    }
}

fn whole(amount: usize) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

/// A running total.
#[derive(Clone, Debug, Default)]
pub struct Counter(pub(super) Option<Arc<Cell>>);

impl Counter {
    /// Adds to the total. Adding nothing shows the series from now on.
    pub fn add(&self, amount: usize) {
        if let Some(cell) = &self.0 {
            if amount == 0 {
                cell.mark();
            } else {
                cell.add(whole(amount));
            }
        }
    }

    /// The total.
    pub fn total(&self) -> u64 {
        let value = self.0.as_ref().and_then(|cell| cell.read()).unwrap_or_default();
        u64::try_from(value).unwrap_or_default()
    }
}

/// A total that goes up and down.
#[derive(Clone, Debug, Default)]
pub struct UpDownCounter(pub(super) Option<Arc<Cell>>);

impl UpDownCounter {
    /// Adds to the total, or takes away.
    pub fn add(&self, amount: i64) {
        if let Some(cell) = &self.0 {
            cell.mark();
            cell.add(amount);
        }
    }

    /// Counts one more until the guard is dropped.
    pub fn hold(&self) -> Held<'_> {
        self.add(1);
        Held(self)
    }
}

/// One that is counted by an [`UpDownCounter`].
#[derive(Debug)]
pub struct Held<'a>(&'a UpDownCounter);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.add(-1);
    }
}

/// A momentary value.
#[derive(Clone, Debug, Default)]
pub struct Gauge(pub(super) Option<Arc<Cell>>);

impl Gauge {
    /// Sets the value.
    pub fn set(&self, value: i64) {
        if let Some(cell) = &self.0 {
            cell.mark();
            cell.value.store(value, Ordering::Relaxed);
        }
    }
}

/// A distribution.
#[derive(Clone, Debug, Default)]
pub struct Histogram(pub(super) Option<Arc<Buckets>>);

impl Histogram {
    /// Whether recording does anything; for values that cost something to find.
    pub const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Records a value.
    pub fn record(&self, value: f64) {
        if let Some(buckets) = &self.0 {
            buckets.record(value);
        }
    }

    /// Records a size.
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
    pub fn record_size(&self, value: usize) {
        self.record(value as f64);
    }
}

/// The buckets of a histogram. Floating-point numbers are stored as their bits.
#[derive(Debug)]
pub(super) struct Buckets {
    bounds: &'static [f64],
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
}

impl Buckets {
    pub(super) fn new(bounds: &'static [f64]) -> Self {
        let counts = std::iter::repeat_with(AtomicU64::default).take(bounds.len() + 1).collect();
        Self {
            bounds,
            counts,
            sum: AtomicU64::new(0f64.to_bits()),
            min: AtomicU64::new(f64::INFINITY.to_bits()),
            max: AtomicU64::new(f64::NEG_INFINITY.to_bits()),
        }
    }

    fn record(&self, value: f64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        update(&self.sum, |sum| Some(sum + value));
        update(&self.min, |min| (value < min).then_some(value));
        update(&self.max, |max| (value > max).then_some(value));
    }

    /// The distribution; `None` before anything was recorded.
    pub(super) fn read(&self) -> Option<Distribution> {
        let counts: Vec<u64> =
            self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let load = |bits: &AtomicU64| f64::from_bits(bits.load(Ordering::Relaxed));
        let (sum, min, max) = (load(&self.sum), load(&self.min), load(&self.max));
        let is_empty = counts.iter().all(|count| *count == 0);
        (!is_empty).then_some(Distribution { bounds: self.bounds, counts, sum, min, max })
    }
}

fn update(bits: &AtomicU64, change: impl Fn(f64) -> Option<f64>) {
    // It only fails when there is nothing to change.
    let _ = bits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| {
        change(f64::from_bits(old)).map(f64::to_bits)
    });
}
