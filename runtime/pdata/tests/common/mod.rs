//! What the tests of this package and the fuzz targets share: prost's types as the second opinion,
//! random requests, requests written in every way that protobuf allows, and the checks themselves.

#![allow(dead_code)] // Each user takes what it needs.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A panic is how a check fails.

pub(crate) mod checks;
pub(crate) mod hostile;
pub(crate) mod liberal;
pub(crate) mod mirror;
pub(crate) mod source;
pub(crate) mod strategies;
