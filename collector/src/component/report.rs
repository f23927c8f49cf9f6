//! Findings about a component's settings: what is wrong, where, how to mend it, and what the Go collector
//! says.

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use holt_grammar::span::Span;
use holt_runtime::text::regex::PatternError;

use super::{NOT_SUPPORTED_YET, WRONG_VALUE};
use crate::config::values::Text;

/// Collects findings about a part of the settings.
pub(crate) struct Report<'f> {
    /// What messages call that part: `processors::attributes::include`.
    pub(crate) path: String,
    /// Its place, for findings that have none of their own.
    pub(crate) location: Location,
    /// Where findings go.
    pub(crate) findings: &'f mut Vec<Diagnostic>,
}

impl Report<'_> {
    /// The same report about a part further down, such as `include` or `actions::0`.
    pub(crate) fn at(&mut self, step: &str, location: Option<Location>) -> Report<'_> {
        Report {
            path: format!("{}::{step}", self.path),
            location: location.unwrap_or(self.location),
            findings: self.findings,
        }
    }

    /// Adds an error; `reference` is what the Go collector says.
    pub(crate) fn refuse(
        &mut self,
        code: &'static str,
        location: Option<Location>,
        (message, help): (&str, &str),
        reference: &str,
    ) {
        self.findings.push(
            Diagnostic::error(code, format!("`{}`: {message}", self.path))
                .label(location.unwrap_or(self.location), "")
                .note(help)
                .note(format!("the Go collector says: {reference}")),
        );
    }

    /// Adds an error about a regular expression, at the part of it that is to blame.
    pub(crate) fn refuse_pattern(&mut self, text: &Text, error: &PatternError, reference: &str) {
        let length = if error.part.is_empty() { 1 } else { error.part.len() };
        let end = (error.offset + length).min(text.len());
        let span = Span::from(error.offset.min(end)..end);
        let location = text.locate(span).unwrap_or(self.location);
        self.findings.push(
            Diagnostic::error(
                WRONG_VALUE,
                format!("`{}`: the regular expression is not valid: {error}", self.path),
            )
            .label(location, error.message)
            .note("regular expressions have Go's syntax, RE2")
            .note(format!("the Go collector says: {reference}")),
        );
    }

    /// Adds an error about something Holt does not have yet.
    pub(crate) fn not_supported_yet(&mut self, location: Option<Location>, what: &str, help: &str) {
        self.findings.push(
            Diagnostic::error(
                NOT_SUPPORTED_YET,
                format!("`{}`: {what} is not supported yet", self.path),
            )
            .label(location.unwrap_or(self.location), "")
            .note(help),
        );
    }

    /// Adds a warning about a setting that does nothing here.
    pub(crate) fn warn_no_effect(&mut self, location: Option<Location>, key: &str, why: &str) {
        self.findings.push(
            Diagnostic::warning(WRONG_VALUE, format!("`{}`: `{key}` has no effect", self.path))
                .label(location.unwrap_or(self.location), "")
                .note(why),
        );
    }
}
