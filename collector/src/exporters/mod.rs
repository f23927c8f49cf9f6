//! Components that send telemetry out, a folder each.

pub mod debug;
pub mod file;
pub mod nop;
pub mod otlp;
pub mod otlphttp;
