//! The collector's own telemetry: what components count, and the log of the process.

pub mod logs;
pub mod metrics;

pub use metrics::{Counter, Gauge, Histogram, Metrics, Observation, UpDownCounter};

/// What components are given to count with.
pub type Counters = Metrics;
