//! Connectors, a folder each: the end of some pipelines and the start of others.

pub mod count;
pub mod failover;
pub mod forward;
pub mod routing;
