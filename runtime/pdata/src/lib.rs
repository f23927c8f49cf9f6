//! The telemetry model: one immutable value, [`Batch`], that holds an encoded OTLP request.

mod batch;

pub use batch::{Batch, DecodeError, Signal};
