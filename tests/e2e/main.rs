//! Whole collectors at work: `holt` processes that are sent telemetry over the network, and what
//! arrives behind them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A panic is how a test fails.

#[path = "../common/mod.rs"]
mod common;

mod backend;
mod client;
mod http1;
mod pipeline;
mod telemetry;

mod clusters;
mod connectors;
mod durable;
mod filter;
mod forward;
mod generate;
mod lifecycle;
mod memory;
mod own_metrics;
mod own_telemetry;
mod refused_by_backend;
mod refused_by_receiver;
mod reload;
mod secure;
mod seed;
mod telemetry_reload;
mod through;
