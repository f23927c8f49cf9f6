//! Components that serve the collector itself, a folder each.

pub mod basicauth;
pub mod bearertokenauth;
pub mod file_storage;
pub mod headers_setter;
pub mod health_check;
pub mod healthcheckv2;
pub mod oauth2client;
pub mod pprof;
mod serving;
#[cfg(test)]
mod tests;
pub mod zpages;
