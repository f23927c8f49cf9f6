//! Processors: components that change, filter or group batches on their way, a folder each.

pub mod batch;
pub mod transform;
