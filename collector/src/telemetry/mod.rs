//! The collector's own telemetry: what components count, and the log of the process.

mod counters;
pub mod logs;

pub use counters::{Counter, Counters};
