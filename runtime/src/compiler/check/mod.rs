//! Types: resolved trees become typed trees, and what cannot work is reported.
//!
//! The checker refuses only what the reference refuses when it starts: literals of the wrong type,
//! invalid constant patterns, arguments that must be paths. Whatever is merely certain to fail, to be
//! ignored or to be constant when it runs is a warning; the tree still says what the reference does.

mod args;
mod conditions;
mod lambdas;
mod statement;
mod values;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::span::Span;

use crate::paths::ContextDecl;
use crate::program::SourceText;

/// Checks the trees of one text.
pub(crate) struct Checker<'t> {
    /// The context of the group.
    context: &'static ContextDecl,
    /// The text.
    source: &'t SourceText,
    /// What was found.
    findings: &'t mut Vec<Diagnostic>,
}

impl<'t> Checker<'t> {
    /// A checker for a text of a group with that context.
    pub(crate) const fn new(
        context: &'static ContextDecl,
        source: &'t SourceText,
        findings: &'t mut Vec<Diagnostic>,
    ) -> Self {
        Self { context, source, findings }
    }

    fn report(
        &mut self,
        severity: Severity,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        note: impl Into<String>,
    ) {
        let mut finding =
            Diagnostic::new(code, severity, message).label(self.source.locate(span), label);
        let note = note.into();
        if !note.is_empty() {
            finding.notes.push(note);
        }
        self.findings.push(finding);
    }

    fn warn(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        note: impl Into<String>,
    ) {
        self.report(Severity::Warning, code, span, message, label, note);
    }

    fn refuse(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        note: impl Into<String>,
    ) {
        self.report(Severity::Error, code, span, message, label, note);
    }
}
