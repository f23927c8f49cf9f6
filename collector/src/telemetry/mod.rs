//! The collector's own telemetry: what components count and how it leaves the process, and the log.

pub mod logs;
pub mod metrics;
mod own;
mod process;
mod prometheus;
mod resource;

pub use metrics::{Counter, Gauge, Histogram, Metrics, Observation, UpDownCounter};
pub use own::{Build, OwnTelemetry, TelemetryError};
pub use resource::Resource;

/// What components are given to count with.
pub type Counters = Metrics;
