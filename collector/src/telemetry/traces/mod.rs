//! The collector's own traces: components start spans, processors of spans take them when they end.
//!
//! A tracer that is off gives spans that do nothing and cost nothing but a check.

mod ids;
mod recent;
mod sampler;
mod span;
#[cfg(test)]
mod tests;
mod tracer;

pub use recent::{Bucket, Recent, Summary};
pub use span::{FinishedSpan, Span, SpanContext, SpanEvent};
pub use tracer::Tracer;
