//! Components that send telemetry out, a folder each.

pub mod nop;
pub mod otlp;
