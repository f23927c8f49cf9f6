//! The paths of OTTL: a file a context, each path declared once.
//!
//! A context ([`ContextDecl`]) says which prefixes it accepts and which record each of them means; a
//! row ([`PathDecl`]) says what a path is, what type it has and how it is read and written. Engines
//! go through [`Frame`]'s `read` and `write`; nobody else touches records.

mod access;
mod attribute_table;
mod contexts;
mod datapoint;
mod decl;
mod enums;
mod exemplar;
mod log;
mod maps;
mod metric;
mod nested;
mod numbers;
mod otelcol;
mod presence;
mod profile;
mod profile_sample;
mod resource;
mod scope;
mod span;
mod spanevent;

pub(crate) use access::hex;
pub use contexts::{CONTEXTS, ContextDecl, Prefix, context};
pub use decl::{Custom, Get, Keys, PathDecl, Set, Storage};
pub use enums::EnumTable;
pub use nested::{element, with_element};
pub(crate) use otelcol::CLIENT_TEXT;
pub(crate) use presence::HAS_ATTRIBUTE;

use std::hash::{Hash, Hasher};

use crate::value::Value;

/// Which of the open records a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// The request that brought the batch.
    Request,
    /// The resource and the message around it.
    Resource,
    /// The scope and the message around it.
    Scope,
    /// The span, metric, log record or profile.
    Record,
    /// The span event, datapoint or sample.
    Child,
    /// The exemplar.
    Grandchild,
}

/// A path of a context, resolved.
#[derive(Clone, Copy, Debug)]
pub struct PathRef {
    /// The record it belongs to.
    pub slot: Slot,
    /// The name of its context, for messages.
    pub context: &'static str,
    /// The row.
    pub decl: &'static PathDecl,
}

impl PartialEq for PathRef {
    fn eq(&self, other: &Self) -> bool {
        self.slot == other.slot && std::ptr::eq(self.decl, other.decl)
    }
}

impl Eq for PathRef {}

impl Hash for PathRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.slot.hash(state);
        std::ptr::hash(self.decl, state);
    }
}

/// What an editor edits: a path with the values of its keys.
#[derive(Clone, Copy, Debug)]
pub struct Target<'k, 'a> {
    /// The path.
    pub path: PathRef,
    /// The values of the keys.
    pub keys: &'k [Value<'a>],
}

#[cfg(test)]
mod tests;
