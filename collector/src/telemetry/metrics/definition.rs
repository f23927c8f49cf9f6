//! What there is to know about a metric before anything is recorded.

use crate::config::service::Level;

/// What a metric measures, and so how it is recorded and exported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Instrument {
    /// A total that only grows.
    Counter,
    /// A total that goes up and down.
    UpDownCounter,
    /// A momentary value.
    Gauge,
    /// How values are spread; the upper limits of its buckets but the last, which has none.
    Histogram(&'static [f64]),
}

/// A declared metric.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// What it measures.
    pub instrument: Instrument,
    /// Whether it is a number with a fraction.
    pub is_float: bool,
    /// Its unit, in the notation of UCUM.
    pub unit: &'static str,
    /// What it says, as the Go collector describes it.
    pub description: &'static str,
    /// The least level at which it is there.
    pub level: Level,
    /// Names of its labels.
    pub labels: &'static [&'static str],
    /// The instrumentation scope that the Go collector exports it under.
    pub scope: &'static str,
}

impl Definition {
    const fn new(
        instrument: Instrument,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
    ) -> Self {
        let (level, labels, scope, is_float) = (Level::Basic, &[], "", false);
        Self { name, instrument, is_float, unit, description, level, labels, scope }
    }

    /// A total that only grows.
    pub(super) const fn counter(
        name: &'static str,
        unit: &'static str,
        description: &'static str,
    ) -> Self {
        Self::new(Instrument::Counter, name, unit, description)
    }

    /// A total that goes up and down.
    pub(super) const fn up_down_counter(
        name: &'static str,
        unit: &'static str,
        description: &'static str,
    ) -> Self {
        Self::new(Instrument::UpDownCounter, name, unit, description)
    }

    /// A momentary value.
    pub(super) const fn gauge(
        name: &'static str,
        unit: &'static str,
        description: &'static str,
    ) -> Self {
        Self::new(Instrument::Gauge, name, unit, description)
    }

    /// A distribution.
    pub(super) const fn histogram(
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        bounds: &'static [f64],
    ) -> Self {
        Self::new(Instrument::Histogram(bounds), name, unit, description)
    }

    pub(super) const fn with_labels(mut self, labels: &'static [&'static str]) -> Self {
        self.labels = labels;
        self
    }

    pub(super) const fn at(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    pub(super) const fn of_scope(mut self, scope: &'static str) -> Self {
        self.scope = scope;
        self
    }

    pub(super) const fn with_fraction(mut self) -> Self {
        self.is_float = true;
        self
    }
}
