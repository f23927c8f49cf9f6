//! The graph of components: parsed configurations and pipelines in, created and wired components
//! with their start order out.
//!
//! Pipelines are built from the end: exporters, then processors from the last to the first, then
//! receivers. A pipeline that ends in connectors is built after the pipelines they feed.

mod build;
mod cycle;
mod fan_out;
mod plan;
mod resolve;
#[cfg(test)]
mod tests;

pub use build::{Graph, Node, build};
pub(crate) use cycle::order;
pub use fan_out::fan_out;
pub use plan::{BuildError, PipelinePlan, Plan};
pub use resolve::{Resolved, resolve};
