//! Components that serve the collector itself, a folder each.

pub mod health_check;
pub mod pprof;
pub mod zpages;
