//! Decoding: from nodes of the tree to the types that components declare.
//!
//! Types derive `serde::Deserialize`. [`from_node`] decodes one value and reports everything that
//! is wrong with it, each finding with its place; [`from_node_over`] does so on top of a default
//! value, as the reference does. Rules for the declaring types: no `#[serde(flatten)]` and no
//! `#[serde(untagged)]`, which hide places and unknown keys from the decoder; unknown keys need no
//! `deny_unknown_fields`, they are always refused.

mod access;
mod context;
mod error;
mod handoff;
mod node;
mod overlay;
mod parsed;
mod raw;
mod scalar;
pub mod suggest;

pub use error::Error;
pub use parsed::deserialize_parsed;

pub(super) use error::message_with_help;
pub(super) use handoff::{DORMANT, OPTIONAL, OptionalState, PLACED, SCALAR, take_handoff};

use holt_grammar::diag::Diagnostic;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::WRONG_VALUE;
use super::yaml::Node;

/// Decodes a value. `path` is what messages call the value (`receivers::otlp`).
///
/// A key that is set to nothing counts as absent, so its `#[serde(default)]` applies.
///
/// # Errors
/// Everything that is wrong with the value, in the order it is written.
pub fn from_node<T: DeserializeOwned>(node: &Node, path: &str) -> Result<T, Vec<Diagnostic>> {
    context::decode(node, path)
}

/// Decodes a value as [`from_node`] does, but passes over unknown keys with a warning: for the few
/// components whose reference ignores them. Answers what is found about it, too.
pub(crate) fn from_node_ignoring_unknown<T: DeserializeOwned>(
    node: &Node,
    path: &str,
) -> (Option<T>, Vec<Diagnostic>) {
    context::decode_ignoring_unknown(node, path)
}

/// Decodes a value on top of `defaults`: maps are merged key by key, everything else that the user
/// names replaces the default, and a key set to nothing keeps it. An
/// [`Optional`](super::values::Optional) default comes to life when its key is named.
///
/// # Errors
/// Everything that is wrong with the value, in the order it is written.
pub fn from_node_over<T>(node: &Node, path: &str, defaults: &T) -> Result<T, Vec<Diagnostic>>
where
    T: DeserializeOwned + Serialize,
{
    let base = super::ser::to_node(defaults, node.location).map_err(|error| {
        vec![
            Diagnostic::error(WRONG_VALUE, format!("the defaults of `{path}`: {error}"))
                .label(node.location, ""),
        ]
    })?;
    context::decode(&overlay::overlay(base, node), path)
}
