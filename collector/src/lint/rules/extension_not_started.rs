//! P107: an extension that the service does not start.

use holt_grammar::diag::{Applicability, Severity};

use crate::config::model::ComponentKind;
use crate::lint::edits::add_item;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P107",
    title: "extension that is not started",
    severity: Severity::Warning,
    explanation: "An extension is configured and `service::extensions` does not name it, so it is \
not started: a health check does not answer, a storage is not there, an authenticator is not found. \
Name it in `service::extensions`.",
    bad: "\
extensions: {health_check: {}, zpages: {}}
service: {extensions: [health_check]}
",
    good: "\
extensions: {health_check: {}, zpages: {}}
service: {extensions: [health_check, zpages]}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for extension in subject.config.extensions.values() {
        if subject.is_used(ComponentKind::Extension, &extension.id) {
            continue;
        }
        let message = format!("the extension `{}` is never started", extension.id);
        let mut finding = report
            .at(extension.key, message)
            .note(format!("name it under `service`: `extensions: [{}]`", extension.id));
        finding.fixes.extend(add_item(
            &subject.config.service.extensions,
            &extension.id.to_string(),
            subject.sources,
            "start it",
            Applicability::Safe,
        ));
        report.add(finding);
    }
}
