//! Where a rule puts its findings.

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;

use super::Rule;

/// Collects the findings of one rule.
pub struct Report<'r> {
    rule: &'r Rule,
    findings: &'r mut Vec<Diagnostic>,
}

impl<'r> Report<'r> {
    pub(super) fn new(rule: &'r Rule, findings: &'r mut Vec<Diagnostic>) -> Self {
        Self { rule, findings }
    }

    /// A finding with the code and weight of the rule, about a place.
    pub fn at(&self, location: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.rule.code, self.rule.severity, message).label(location, "")
    }

    /// Adds a finding.
    pub fn add(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }
}

/// `pipeline a`, `pipelines a and b`, `pipelines a, b and c`.
pub(super) fn list_of_pipelines(names: &[String]) -> String {
    match names.split_last() {
        Some((last, [])) => format!("pipeline {last}"),
        Some((last, rest)) => format!("pipelines {} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
