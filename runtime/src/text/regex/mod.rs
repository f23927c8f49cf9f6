//! Regular expressions in Go's syntax.
//!
//! A pattern is translated ([`translate`]) and compiled by the `regex` crate, which has the same
//! leftmost-first semantics and linear time. Groups are numbered on the way and their names kept
//! here, since Go allows names that the crate does not.

mod class;
pub mod shape;
mod template;
mod translate;

use std::fmt;
use std::sync::Arc;

pub use template::Template;

/// A pattern that does not compile: what is wrong, and which part of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}{part}", part = if part.is_empty() { String::new() } else { format!(": `{part}`") })]
pub struct PatternError {
    /// What is wrong; one sentence without a full stop.
    pub message: &'static str,
    /// The part of the pattern that is to blame; may be empty.
    pub part: String,
    /// Byte offset of that part in the pattern.
    pub offset: usize,
}

/// A compiled regular expression. Clones share what the matcher needs while it runs, so cloning is
/// cheap and a clone matches as fast as the original.
#[derive(Clone)]
pub struct Pattern(Arc<Compiled>);

struct Compiled {
    regex: ::regex::Regex,
    /// For every group its name; the first entry is the whole match.
    names: Vec<Option<String>>,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.0.regex.as_str())
    }
}

/// Compiled programs beyond this size are refused: the pattern repeats too much.
const SIZE_LIMIT: usize = 10 << 20;

impl Pattern {
    /// Compiles a pattern in Go's syntax.
    ///
    /// # Errors
    /// What Go refuses, and what is too large to compile.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let translated = translate::translate(pattern)?;
        let regex = ::regex::RegexBuilder::new(&translated.text)
            .size_limit(SIZE_LIMIT)
            .build()
            .map_err(|error| PatternError {
                message: match error {
                    ::regex::Error::CompiledTooBig(_) => "the pattern is too large to compile",
                    _ => "the pattern is not valid",
                },
                part: pattern.to_owned(),
                offset: 0,
            })?;
        Ok(Self(Arc::new(Compiled { regex, names: translated.names })))
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.regex.is_match(text)
    }

    /// Number of groups, not counting the whole match.
    pub fn groups(&self) -> usize {
        self.0.names.len().saturating_sub(1)
    }

    /// The names of the groups, the whole match first.
    pub fn names(&self) -> impl Iterator<Item = Option<&str>> {
        self.0.names.iter().map(Option::as_deref)
    }

    /// The first match with its groups.
    pub fn captures<'t>(&self, text: &'t str) -> Option<::regex::Captures<'t>> {
        self.0.regex.captures(text)
    }

    /// As [`Self::replace`], for replacements that do not ask what was matched: to find groups costs
    /// several times as much as to find matches.
    ///
    /// # Errors
    /// The first error of `expand`.
    pub fn replace_plainly<E>(
        &self,
        text: &str,
        mut expand: impl FnMut(&mut String) -> Result<(), E>,
    ) -> Result<Option<String>, E> {
        let mut out: Option<String> = None;
        let mut end = 0;
        for found in self.0.regex.find_iter(text) {
            let out = out.get_or_insert_with(|| String::with_capacity(text.len()));
            out.push_str(text.get(end..found.start()).unwrap_or_default());
            expand(out)?;
            end = found.end();
        }
        if let Some(out) = &mut out {
            out.push_str(text.get(end..).unwrap_or_default());
        }
        Ok(out)
    }

    /// Replaces every match by what `expand` appends for it. `None` when nothing matches.
    ///
    /// # Errors
    /// The first error of `expand`.
    pub fn replace<E>(
        &self,
        text: &str,
        mut expand: impl FnMut(&::regex::Captures<'_>, &mut String) -> Result<(), E>,
    ) -> Result<Option<String>, E> {
        let mut out: Option<String> = None;
        let mut end = 0;
        for captures in self.0.regex.captures_iter(text) {
            let Some(whole) = captures.get(0) else { continue };
            let out = out.get_or_insert_with(|| String::with_capacity(text.len()));
            out.push_str(text.get(end..whole.start()).unwrap_or_default());
            expand(&captures, out)?;
            end = whole.end();
        }
        if let Some(out) = &mut out {
            out.push_str(text.get(end..).unwrap_or_default());
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests;
