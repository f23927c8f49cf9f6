//! The configuration: from `--config` URIs to typed settings that know where they were written.
//!
//! [`load`] reads URIs ([`provider`]), parses them ([`yaml`]), finds the configuration in
//! Kubernetes manifests ([`manifest`]), merges ([`merge`]) and replaces `${...}` placeholders
//! ([`expand`]). [`decode`] makes the typed top of the resulting tree ([`model`]), [`validate`]
//! checks what needs no knowledge of components, and factories decode their own settings with
//! [`de::from_node`] or [`de::from_node_over`]. Every error on the way is a diagnostic with its
//! place; nothing here stops at the first one.

pub mod codes;
pub mod de;
pub mod environment;
pub mod expand;
pub mod feature_gates;
pub mod ids;
pub mod keys;
mod load;
pub mod manifest;
pub mod merge;
pub mod model;
pub mod print;
pub mod provider;
mod removed;
pub mod ser;
pub mod service;
pub mod validate;
pub mod values;
pub mod yaml;

pub use load::{LoadFailure, LoadRequest, Loaded, TESTS, load, load_text, read_text};
pub use model::{CollectorConfig, decode, decode_part};
pub use validate::validate;

#[cfg(test)]
mod tests;
