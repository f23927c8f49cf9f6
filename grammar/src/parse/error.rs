//! What is wrong with the text of a statement, before it is known in which file the text stands.
//!
//! Statements come out of YAML scalars, command lines and test files, with escapes and folds in
//! between. A [`SyntaxError`] therefore speaks in offsets of the statement's own text, and whoever
//! knows where that text came from turns it into a [`Diagnostic`] with a [`Locate`].

use crate::diag::{Applicability, Diagnostic, Fix};
use crate::source::{Location, SourceId};
use crate::span::Span;

/// An error in the text of a statement, condition or value expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Stable code of the syntax families (`T101`, `T108`, …).
    pub code: &'static str,
    /// What is wrong, without a full stop.
    pub message: String,
    /// Where, in the parsed text.
    pub span: Span,
    /// What to write at the marked place; may be empty.
    pub label: String,
    /// What could have stood there instead, in words; empty when that is not the point.
    pub expected: Vec<String>,
    /// Other places that have to do with it.
    pub related: Vec<(Span, String)>,
    /// How to mend it; one sentence each.
    pub notes: Vec<String>,
    /// Known changes that mend it.
    pub fixes: Vec<SyntaxFix>,
}

/// A change to the parsed text that mends an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxFix {
    /// What the change does, as an imperative.
    pub message: String,
    /// Replacements in the parsed text; they do not overlap.
    pub edits: Vec<(Span, String)>,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
}

/// Knows where the parsed text stands in the sources. Every `Fn(Span) -> Location` is one.
pub trait Locate {
    /// The place of a range of the parsed text.
    fn locate(&self, span: Span) -> Location;

    /// The edit of the source that puts a text in place of a range of the parsed text, for instance
    /// with the escapes of a quoted YAML scalar. `None` where no local edit does. By default the text
    /// itself at the place of the range.
    fn edit(&self, span: Span, text: &str) -> Option<(Location, String)> {
        Some((self.locate(span), text.to_owned()))
    }
}

impl<F: Fn(Span) -> Location> Locate for F {
    fn locate(&self, span: Span) -> Location {
        self(span)
    }
}

/// A text that stands unchanged in a source, from an offset on.
#[derive(Clone, Copy, Debug)]
pub struct Verbatim {
    /// The source.
    pub source: SourceId,
    /// Offset of the text's first byte in it.
    pub offset: u32,
}

impl Locate for Verbatim {
    fn locate(&self, span: Span) -> Location {
        let start = span.start.saturating_add(self.offset);
        let end = span.end.saturating_add(self.offset);
        Location { source: self.source, span: Span::new(start, end) }
    }
}

impl SyntaxError {
    /// An error without help yet.
    pub fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            label: String::new(),
            expected: Vec::new(),
            related: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Sets what to write at the marked place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push((span, message.into()));
        self
    }

    /// Adds a fix that is one replacement. `applicability` is [`Applicability::Safe`] when nothing
    /// else can have been meant.
    #[must_use]
    pub fn fix(
        mut self,
        applicability: Applicability,
        message: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        let edits = vec![(span, text.into())];
        self.fixes.push(SyntaxFix { message: message.into(), edits, applicability });
        self
    }

    /// The same finding with its places in the sources.
    pub fn into_diagnostic(self, place: &impl Locate) -> Diagnostic {
        let mut diagnostic =
            Diagnostic::error(self.code, self.message).label(place.locate(self.span), self.label);
        for (span, message) in self.related {
            diagnostic = diagnostic.label(place.locate(span), message);
        }
        diagnostic.notes = self.notes;
        for fix in self.fixes {
            let edits = fix.edits.iter().map(|(span, text)| place.edit(*span, text)).collect();
            let Some(edits) = edits else { continue };
            diagnostic.fixes.push(Fix {
                message: fix.message,
                edits,
                applicability: fix.applicability,
            });
        }
        diagnostic
    }
}
