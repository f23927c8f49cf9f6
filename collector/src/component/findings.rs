//! Collects what is wrong with a component's settings: keys and messages in, diagnostics with the
//! place in the configuration out.

use holt_grammar::diag::{Applicability, Diagnostic, Fix};
use holt_grammar::source::Location;
use holt_grammar::span::Span;

use super::Section;
use super::codes::{NOT_SUPPORTED_YET, WRONG_VALUE};
use crate::config::model::ComponentKind;
use crate::config::yaml::Node;

/// Findings about one component's settings.
pub struct Findings<'a> {
    node: &'a Node,
    path: String,
    diagnostics: &'a mut Vec<Diagnostic>,
    errors: usize,
}

impl<'a> Findings<'a> {
    /// Findings about a section, to be added to `diagnostics`.
    pub fn new(
        section: Section<'a>,
        kind: ComponentKind,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self { node: section.node, path: section.path(kind), diagnostics, errors: 0 }
    }

    /// Whether an error was added.
    pub const fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// The value at `keys`, or the innermost value on the way there that exists.
    fn locate(&self, keys: &[&str]) -> Location {
        let mut node = self.node;
        for key in keys {
            match node.get(key) {
                Some(inner) if !inner.is_null() => node = inner,
                Some(_) => return node.key_location(key),
                None => break,
            }
        }
        node.location
    }

    fn path(&self, keys: &[&str]) -> String {
        std::iter::once(self.path.as_str())
            .chain(keys.iter().copied())
            .collect::<Vec<_>>()
            .join("::")
    }

    /// Whether the user wrote something at `keys`.
    pub fn is_written(&self, keys: &[&str]) -> bool {
        self.node.at(keys).is_some()
    }

    /// Adds an error about the value at `keys`: what is wrong, and how to mend it.
    pub fn error(&mut self, keys: &[&str], code: &'static str, message: &str, help: &str) {
        self.errors += 1;
        let text = format!("`{}`: {message}", self.path(keys));
        let diagnostic = Diagnostic::error(code, text).label(self.locate(keys), "").note(help);
        self.diagnostics.push(diagnostic);
    }

    /// Adds an error that the reference words as `reference`.
    pub fn refuse(&mut self, keys: &[&str], message: &str, help: &str, reference: &str) {
        self.error(keys, WRONG_VALUE, message, help);
        if let Some(last) = self.diagnostics.last_mut() {
            last.notes.push(format!("the Go collector says: {reference}"));
        }
    }

    /// Adds to the latest finding the fix of writing `text` in place of the value at `keys`.
    pub fn instead(&mut self, keys: &[&str], text: &str, applicability: Applicability) {
        let Some(scalar) = self.node.at(keys).and_then(Node::as_text) else { return };
        let Ok(length) = u32::try_from(scalar.text.len()) else { return };
        let whole = Span::new(0, length);
        // Text that came out of a placeholder is mended elsewhere.
        if !scalar.origin.is_verbatim(whole) {
            return;
        }
        if let Some(last) = self.diagnostics.last_mut() {
            last.fixes.push(Fix {
                message: format!("write `{text}`"),
                edits: vec![(scalar.origin.locate(whole), text.to_owned())],
                applicability,
            });
        }
    }

    /// Adds a warning about the value at `keys`.
    pub fn warn(&mut self, keys: &[&str], code: &'static str, message: &str, help: &str) {
        let text = format!("`{}`: {message}", self.path(keys));
        let diagnostic = Diagnostic::warning(code, text).label(self.locate(keys), "").note(help);
        self.diagnostics.push(diagnostic);
    }

    /// Adds an error about something Holt does not have yet.
    pub fn not_supported_yet(&mut self, keys: &[&str], what: &str, help: &str) {
        self.error(keys, NOT_SUPPORTED_YET, &format!("{what} is not supported yet"), help);
    }
}
