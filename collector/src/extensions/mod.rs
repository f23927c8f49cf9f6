//! Components that serve the collector itself, a folder each.

pub mod file_storage;
pub mod health_check;
pub mod healthcheckv2;
pub mod pprof;
mod serving;
pub mod zpages;
