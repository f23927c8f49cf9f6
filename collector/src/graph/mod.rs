//! The graph of components: parsed configurations and pipelines in, created and wired components
//! with their start order out.
//!
//! Pipelines are built from the end: exporters, then processors from the last to the first, then
//! receivers. A pipeline that ends in connectors is built after the pipelines they feed.
//!
//! A graph that takes the place of a running one goes on with the components whose settings and
//! whose ways are as before; receivers only need the settings, since they feed a [`Switch`].

mod build;
mod count;
mod cycle;
mod ends;
mod fan_out;
mod fingerprint;
mod node;
mod plan;
mod resolve;
mod switch;
#[cfg(test)]
mod tests;

pub use build::{Graph, Shared, build};
pub(crate) use cycle::order;
pub use ends::LooseEnd;
pub(crate) use ends::loose_ends;
pub use fan_out::fan_out;
pub use fingerprint::{Fingerprint, Fingerprints};
pub use node::{Instance, Node};
pub use plan::{BuildError, PipelinePlan, Plan};
pub use resolve::{Resolved, resolve};
pub use switch::Switch;
