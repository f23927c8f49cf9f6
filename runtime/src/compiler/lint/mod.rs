//! Lints: what a group says that is certain to be in vain, or surely not meant.
//!
//! They look at the resolved trees of a whole group, which kept their places in the text, after the
//! checker has found every statement sound by itself. Whatever they find is a warning. A rule is a
//! file and a line in [`RULES`].

mod always_true;
mod endless;
mod expensive_pattern;
mod facts;
mod glob_or_regex;
mod identity;
mod may_fail;
mod never_matches;
mod no_named_group;
mod overwritten;
mod places;
mod propagate;
mod reads_deleted;
mod unreachable;
mod walk;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::span::Span;

use super::resolve::{Condition, Statement};
use crate::program::{ErrorMode, SourceText};

/// A rule: looks at a group and reports what it finds.
type Rule = fn(&Linted<'_>, &mut Findings<'_>);

/// All rules.
const RULES: &[Rule] = &[
    may_fail::lint,
    unreachable::lint,
    overwritten::lint,
    reads_deleted::lint,
    always_true::lint,
    identity::lint,
    propagate::lint,
    endless::lint,
    never_matches::lint,
    expensive_pattern::lint,
    glob_or_regex::lint,
    no_named_group::lint,
];

/// A group, resolved and found sound.
#[derive(Debug)]
pub(crate) struct Linted<'g> {
    /// What a failing statement does.
    pub error_mode: ErrorMode,
    /// The conditions, of which one must hold.
    pub guards: Vec<(&'g SourceText, Condition)>,
    /// The statements in order.
    pub statements: Vec<(&'g SourceText, Statement)>,
}

/// Where rules put what they find.
pub(crate) struct Findings<'f>(&'f mut Vec<Diagnostic>);

impl Findings<'_> {
    /// Reports a warning about a range of a text.
    fn warn(
        &mut self,
        code: &'static str,
        (source, span): (&SourceText, Span),
        message: impl Into<String>,
        label: impl Into<String>,
        note: impl Into<String>,
    ) {
        let mut finding =
            Diagnostic::new(code, Severity::Warning, message).label(source.locate(span), label);
        let note = note.into();
        if !note.is_empty() {
            finding.notes.push(note);
        }
        self.0.push(finding);
    }
}

/// Runs all rules over a group.
pub(crate) fn lint(group: &Linted<'_>, findings: &mut Vec<Diagnostic>) {
    let mut findings = Findings(findings);
    for rule in RULES {
        rule(group, &mut findings);
    }
}
