//! Processors: components that change, filter or group batches on their way, a folder each.

pub mod attributes;
pub mod batch;
pub mod filter;
pub mod memory_limiter;
pub mod transform;
