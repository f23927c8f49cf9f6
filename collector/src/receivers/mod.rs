//! Components that bring telemetry in, a folder each.

pub mod nop;
pub mod otlp;
pub mod otlpjsonfile;
