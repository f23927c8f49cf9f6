//! XML: documents and fragments as trees, XPath 1.0 on them, and their text form.
//!
//! Text enters through [`Tree::parse`], or token by token through [`token::Tokens`]; an [`XPath`]
//! selects items of a tree; [`write`] makes text again. Well-formedness, the shape of the tree and
//! the written form are those of the reference: several roots are allowed, what stands before the
//! declaration or the first root is dropped, empty elements are written as `<a></a>`.

pub mod build;
mod encoding;
mod name;
pub mod token;
pub mod tree;
pub mod write;
pub mod xpath;

pub use encoding::{encoding_fault, recoded};
pub use tree::{Kind, NodeId, ROOT, Tree};
pub use xpath::{Item, XPath};

use crate::error::EvalError;

/// Elements inside each other, at most.
pub const MAX_DEPTH: usize = 10_000;

/// Nodes and attributes of a tree, at most.
pub const MAX_NODES: usize = 1 << 19;

/// Why a text is not XML, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid XML at byte {offset}: {what}")]
pub struct Fault {
    /// The byte where reading stopped.
    pub offset: usize,
    /// What is wrong.
    pub what: String,
}

impl Fault {
    fn new(offset: usize, what: impl Into<String>) -> Self {
        Self { offset, what: what.into() }
    }
}

impl From<Fault> for EvalError {
    fn from(fault: Fault) -> Self {
        Self::Function(fault.to_string().into())
    }
}

#[cfg(test)]
mod tests;
