//! What the commands print, as snapshots: the surface that users and their scripts meet.
//!
//! A configuration in `bad/` is one way to go wrong; adding a file there adds a case.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A panic is how a test fails.

#[path = "../common/mod.rs"]
mod common;

mod bad;
<<<<<<< HEAD
mod eval;
mod explain;
=======
mod check;
>>>>>>> 9bf4e60 (Add holt check: lint rules for configurations, fixes, and reports in ten forms)
mod manifests;
mod print_config;
mod seed;
mod sources;
mod surface;
