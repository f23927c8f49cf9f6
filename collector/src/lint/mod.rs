//! The lint rules for configurations: what starts and still does not do what was meant.
//!
//! A decoded configuration enters through [`lint`], findings leave. Adding a rule means adding a file
//! to `rules/` and a line to [`RULES`]; its examples are its tests and, with its rationale, the page
//! that `holt explain` prints. A rule looks at the settings as written, so that it also works for
//! components that Holt does not have.

mod accesses;
mod deployment;
mod edits;
mod endpoint;
mod listeners;
mod report;
mod rules;
mod subject;
pub mod suppress;
pub mod target;

#[cfg(test)]
mod tests;

use holt_grammar::diag::codes::Code;
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::SourceMap;

use crate::config::model::CollectorConfig;

pub use deployment::Deployment;
pub use report::Report;
pub use rules::RULES;
pub use subject::Subject;

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The stable code.
    pub code: &'static str,
    /// A few words: what kind of finding it is.
    pub title: &'static str,
    /// The weight of its findings: an error only where the reference refuses to start.
    pub severity: Severity,
    /// What it means, what it leads to and how it is mended; plain sentences.
    pub explanation: &'static str,
    /// A configuration, or the part of one that matters, in which it finds something.
    pub bad: &'static str,
    /// The same without the mistake.
    pub good: &'static str,
    /// Looks for it.
    pub check: fn(&Subject<'_>, &mut Report<'_>),
}

/// Everything that the rules find, in the order of the rules.
pub fn lint(config: &CollectorConfig, sources: &SourceMap) -> Vec<Diagnostic> {
    apply(RULES.iter(), config, sources)
}

/// What the rules find that keeps the collector from starting.
pub fn errors(config: &CollectorConfig, sources: &SourceMap) -> Vec<Diagnostic> {
    apply(RULES.iter().filter(|rule| rule.severity == Severity::Error), config, sources)
}

fn apply<'r>(
    rules: impl Iterator<Item = &'r Rule>,
    config: &CollectorConfig,
    sources: &SourceMap,
) -> Vec<Diagnostic> {
    let subject = Subject::new(config, sources);
    let mut findings = Vec::new();
    for rule in rules {
        (rule.check)(&subject, &mut Report::new(rule, &mut findings));
    }
    findings
}

/// The rules as entries of the registry of codes.
pub fn codes() -> impl Iterator<Item = Code> {
    let rules = RULES.iter().map(|rule| Code {
        code: rule.code,
        title: rule.title,
        explanation: rule.explanation,
    });
    rules.chain(target::CODES.iter().copied())
}
