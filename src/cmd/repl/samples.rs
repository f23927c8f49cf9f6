//! The telemetry that a session begins with when none is given: a small shop.

use clap::ValueEnum;
use holt_pdata::{Batch, Signal, json};

/// A built-in sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Sample {
    Logs,
    Spans,
    Metrics,
}

impl Sample {
    /// The sample of a signal.
    pub(super) const fn of(signal: Signal) -> Option<Self> {
        match signal {
            Signal::Logs => Some(Self::Logs),
            Signal::Traces => Some(Self::Spans),
            Signal::Metrics => Some(Self::Metrics),
            Signal::Profiles => None,
        }
    }

    /// What it is called.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Logs => "built-in log records",
            Self::Spans => "built-in spans",
            Self::Metrics => "built-in metrics",
        }
    }

    /// The telemetry.
    ///
    /// # Errors
    /// When the file beside this one is no telemetry, which a test rules out.
    pub(super) fn batch(self) -> Result<Batch, String> {
        let (signal, text) = match self {
            Self::Logs => (Signal::Logs, include_str!("samples/logs.json")),
            Self::Spans => (Signal::Traces, include_str!("samples/spans.json")),
            Self::Metrics => (Signal::Metrics, include_str!("samples/metrics.json")),
        };
        json::decode(signal, text.as_bytes()).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_telemetry_of_its_signal() {
        for sample in Sample::value_variants() {
            let batch = sample.batch().unwrap();
            assert!(batch.items() >= 4, "{sample:?}");
            assert_eq!(Sample::of(batch.signal()), Some(*sample));
        }
    }
}
