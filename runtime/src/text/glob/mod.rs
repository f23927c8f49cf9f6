//! Globs as the reference's library (gobwas/glob, without separators) reads and matches them.
//!
//! A glob is parsed into nodes ([`parse`]), nodes are put together to a matcher ([`plan`]) and the
//! matcher decides about the whole of a text ([`matcher`]). The library's matcher is not exact: what
//! stands before or after a character of several bytes, or an alternative with a `*` inside, may
//! decide otherwise than the syntax promises. Statements rely on what it does, so this matcher is put
//! together by the same rules; only where the library crashes does it answer by the syntax.

mod matcher;
mod parse;
mod plan;
#[cfg(test)]
mod tests;

use matcher::{Budget, Matcher};

/// A glob that is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// A class without a `]`.
    #[error("a class lacks its `]`")]
    Unclosed,
    /// `[]` or `[!]`.
    #[error("a class is empty")]
    Empty,
    /// Something behind the upper bound of a range.
    #[error("a range such as `a-z` must be all of its class")]
    NotAlone,
    /// A range whose upper bound is below its lower one.
    #[error("a range runs backwards")]
    Backwards,
    /// U+FFFD, which stands for what could not be read.
    #[error("it holds a replacement character")]
    Unreadable,
    /// More parts than [`MAX_PARTS`].
    #[error("it has too many parts")]
    TooLarge,
}

/// A match that takes too many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the glob takes too long to match")]
pub struct TooCostly;

/// So many parts, such as texts, stars, classes and alternatives, may a glob have.
const MAX_PARTS: usize = 1000;

/// So deep may alternatives nest.
const MAX_NESTING: usize = 50;

/// So many bytes may be looked at, again and again, for one match.
const MAX_STEPS: u64 = 1 << 25;

/// A glob, ready to match.
#[derive(Clone, Debug)]
pub struct Glob(Matcher);

impl Glob {
    /// Reads a glob.
    ///
    /// # Errors
    /// When it is not valid, or too large.
    pub fn new(pattern: &str) -> Result<Self, GlobError> {
        Ok(Self(plan::sequence(&parse::parse(pattern)?)))
    }

    /// Whether the whole of a text matches.
    ///
    /// # Errors
    /// When that takes too many steps to find out.
    pub fn is_match(&self, text: &str) -> Result<bool, TooCostly> {
        let mut budget = Budget::new(MAX_STEPS);
        let matches = self.0.matches(text.as_bytes(), &mut budget);
        if budget.is_spent() { Err(TooCostly) } else { Ok(matches) }
    }
}
