//! The error that travels through serde while a value is decoded.
//!
//! serde's callbacks know what is wrong but not where. They make an [`Error`] without a place; the
//! deserializer of the innermost value that the error passes on its way out adds the place.

use std::fmt;

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use serde::de::{Expected, Unexpected};

use super::suggest;
use crate::config::codes::{MISSING, NOT_YAML, UNKNOWN_KEY, WRONG_VALUE};

/// Between a message and the help that belongs to it, in messages made by [`serde::de::Error`]'s
/// `custom`, which has room for one text only.
const HELP_SEPARATOR: char = '\u{1f}';

/// A message for `custom` with the sentence that says how to mend it.
pub(in crate::config) fn message_with_help(message: &str, help: &str) -> String {
    format!("{message}{HELP_SEPARATOR}{help}")
}

/// A refusal on its way to the top.
#[derive(Debug)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    code: &'static str,
    message: String,
    notes: Vec<String>,
    missing: Option<&'static str>,
    silent: bool,
    place: Option<(usize, Location, String)>,
}

impl Error {
    /// A refusal with one note on how to mend it.
    pub(super) fn new(code: &'static str, message: String, notes: Vec<String>) -> Self {
        let inner = Inner { code, message, notes, missing: None, silent: false, place: None };
        Self { inner: Box::new(inner) }
    }

    /// Not a finding: the value is nothing, so its key is to be left out and the default kept.
    pub(super) fn keep_default() -> Self {
        let mut error = Self::new(WRONG_VALUE, String::new(), Vec::new());
        error.inner.silent = true;
        error
    }

    /// Adds the value it concerns unless a value further in has done so.
    pub(super) fn or_at(
        mut self,
        node: usize,
        location: Location,
        path: impl FnOnce() -> String,
    ) -> Self {
        if self.inner.place.is_none() {
            self.inner.place = Some((node, location, path()));
        }
        self
    }

    /// The address of the value it concerns.
    pub(super) fn node(&self) -> Option<usize> {
        self.inner.place.as_ref().map(|(node, ..)| *node)
    }

    /// The key that is missing, for the error of a missing key.
    pub(super) fn missing(&self) -> Option<&'static str> {
        self.inner.missing
    }

    /// Whether there is nothing to tell the user.
    pub(super) fn is_silent(&self) -> bool {
        self.inner.silent
    }

    /// What the user is told.
    pub(super) fn into_diagnostic(self) -> Diagnostic {
        let Inner { code, message, notes, place, .. } = *self.inner;
        let mut diagnostic = match place {
            None => Diagnostic::error(code, message),
            Some((_, location, path)) if path.is_empty() => {
                Diagnostic::error(code, message).label(location, "")
            }
            Some((_, location, path)) => {
                Diagnostic::error(code, format!("`{path}`: {message}")).label(location, "")
            }
        };
        diagnostic.notes = notes;
        diagnostic
    }
}

/// What was found, in the words of a message.
fn found(unexpected: &Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Bool(value) => format!("the boolean `{value}`"),
        Unexpected::Unsigned(value) => format!("the number `{value}`"),
        Unexpected::Signed(value) => format!("the number `{value}`"),
        Unexpected::Float(value) => format!("the number `{value}`"),
        Unexpected::Str(_) | Unexpected::Char(_) => "a string".to_owned(),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a map".to_owned(),
        other => other.to_string(),
    }
}

/// A Rust type's name as the range of its numbers.
fn range(expected: &str) -> String {
    let (least, most): (i128, i128) = match expected {
        "u8" => (0, u8::MAX.into()),
        "u16" => (0, u16::MAX.into()),
        "u32" => (0, u32::MAX.into()),
        "u64" | "usize" => (0, u64::MAX.into()),
        "i8" => (i8::MIN.into(), i8::MAX.into()),
        "i16" => (i16::MIN.into(), i16::MAX.into()),
        "i32" => (i32::MIN.into(), i32::MAX.into()),
        "i64" | "isize" => (i64::MIN.into(), i64::MAX.into()),
        other => return other.to_owned(),
    };
    format!("a whole number from {least} to {most}")
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        let mut parts = text.split(HELP_SEPARATOR);
        let message = parts.next().unwrap_or_default().to_owned();
        Self::new(WRONG_VALUE, message, parts.map(str::to_owned).collect())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let message = format!("expected {expected}, found {}", found(&unexpected));
        Self::new(WRONG_VALUE, message, Vec::new())
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = range(&expected.to_string());
        let message = format!("{} is out of range: expected {expected}", found(&unexpected));
        Self::new(WRONG_VALUE, message, Vec::new())
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(WRONG_VALUE, format!("expected {expected}, found {length} items"), Vec::new())
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let mut notes = Vec::new();
        if let Some(near) = suggest::nearest(variant, expected.iter().copied()) {
            notes.push(format!("did you mean `{near}`?"));
        }
        notes.push(format!("the values here are {}", suggest::list(expected.iter().copied())));
        Self::new(WRONG_VALUE, format!("unknown value `{variant}`"), notes)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let mut notes = Vec::new();
        if let Some(near) = suggest::nearest(field, expected.iter().copied()) {
            notes.push(format!("did you mean `{near}`?"));
        }
        notes.push(format!("the keys here are {}", suggest::list(expected.iter().copied())));
        Self::new(UNKNOWN_KEY, format!("unknown key `{field}`"), notes)
    }

    fn missing_field(field: &'static str) -> Self {
        let mut error = Self::new(
            MISSING,
            format!("the key `{field}` is missing"),
            vec![format!("add `{field}:` with a value")],
        );
        error.inner.missing = Some(field);
        error
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(NOT_YAML, format!("the key `{field}` is given twice"), Vec::new())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.inner.message)
    }
}

impl std::error::Error for Error {}
