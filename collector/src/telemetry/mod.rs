//! The collector's own telemetry: what components count, the spans they make, and the log; and how
//! all of it leaves the process.

mod detect;
mod export;
pub mod logs;
pub mod metrics;
mod own;
mod process;
mod prometheus;
mod readers;
mod resource;
pub mod traces;

pub use metrics::{Counter, Gauge, Histogram, LabelValue, Metrics, Observation, UpDownCounter};
pub use own::{Build, Handles, OwnTelemetry, TelemetryError};
pub use resource::Resource;
pub use traces::{Span, SpanContext, Tracer};

/// The target of events that are only written, never exported: what is said of a failing export
/// must not be exported itself.
const NOT_EXPORTED: &str = "holt_collector::telemetry";
