//! What the files that read the parse tree share.
//!
//! A method of [`Reader`] takes the pair of one rule and returns its node. It answers `None` only for
//! a pair that the grammar cannot make; what the user got wrong goes into `errors`, and reading goes
//! on so that the rest is checked as well.

use pest::iterators::Pair;

use super::Rule;
use super::error::SyntaxError;
use crate::ast::{BoolExpr, Name, Value};
use crate::span::Span;

/// Reads parse trees of one text.
pub(super) struct Reader<'t> {
    /// The parsed text.
    pub(super) text: &'t str,
    /// What the grammar accepted but the language does not.
    pub(super) errors: Vec<SyntaxError>,
}

/// A part of the text that may still turn out to be a condition or a value.
pub(super) enum Cover {
    /// Certainly a condition.
    Bool(BoolExpr),
    /// A value, which could also serve as a condition if it is a boolean, a call, or a group round
    /// one of these. Groups in it are not yet known to hold arithmetic.
    Value(Value),
}

impl<'t> Reader<'t> {
    /// A reader for parse trees of `text`.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, errors: Vec::new() }
    }
}

/// The place of a pair. pest counts white space behind a pair's last optional part to the pair; it
/// is cut off here.
pub(super) fn span_of(pair: &Pair<'_, Rule>) -> Span {
    let start = pair.as_span().start();
    let length = pair.as_str().trim_end_matches([' ', '\t', '\n', '\r', '\x0C']).len();
    Span::from(start..start + length)
}

/// A word with its place.
pub(super) fn name_of(pair: &Pair<'_, Rule>) -> Name {
    Name { text: pair.as_str().to_owned(), span: span_of(pair) }
}
