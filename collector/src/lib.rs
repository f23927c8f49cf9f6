//! The collector: receivers, processors, exporters, connectors and extensions, the graph that
//! joins them, and the service that runs it.
//!
//! A configuration enters through [`config`], becomes components through [`component`]'s factories
//! and a [`graph`] of them; telemetry travels through it as `holt_pdata::Batch`.

pub mod component;
pub mod config;
pub mod connectors;
pub mod exporters;
pub mod extensions;
pub mod graph;
pub mod lint;
mod matching;
pub mod net;
pub mod ottl;
pub mod processors;
pub mod queue;
pub mod receivers;
pub mod reference;
pub mod service;
pub mod telemetry;
#[cfg(test)]
mod testing;
