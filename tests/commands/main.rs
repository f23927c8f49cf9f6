//! What the commands print, as snapshots: the surface that users and their scripts meet.
//!
//! A configuration in `bad/` is one way to go wrong; adding a file there adds a case.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A panic is how a test fails.

#[path = "../common/mod.rs"]
mod common;

mod bad;
mod check;
mod corpus;
mod diff;
mod eval;
mod evidence;
mod explain;
mod fmt;
mod graph;
mod lsp;
mod manifests;
mod manual;
mod picture;
mod print_config;
mod repl;
mod schema;
mod seed;
mod sources;
mod surface;
mod terminal;
mod unit;
