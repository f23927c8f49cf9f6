//! S304: certificates that are not verified.

use holt_grammar::diag::{Applicability, Severity};
use holt_grammar::source::Location;

use crate::config::model::ComponentKind;
use crate::config::yaml::{Kind, Node, ScalarValue};
use crate::lint::edits::replace;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "S304",
    title: "certificate not verified",
    severity: Severity::Warning,
    explanation: "With `insecure_skip_verify` the connection is encrypted, but to whoever answers: \
the certificate of the other side is not looked at, so anybody in between can read and change what \
passes. Give the authority that signed the certificate as `ca_file` instead.",
    bad: "exporters: {otlp_grpc: {endpoint: gateway:4317, tls: {insecure_skip_verify: true}}}\n",
    good: "exporters: {otlp_grpc: {endpoint: gateway:4317, tls: {ca_file: /etc/ca.pem}}}\n",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let mut found = Vec::new();
    for kind in ComponentKind::ALL {
        for component in subject.config.section(kind).values() {
            search(&component.settings, &mut found);
        }
    }
    for location in found {
        let finding = report
            .at(location, "the certificate of the other side is not verified")
            .note("give its authority as `ca_file`")
            .fix(replace(location, "false", "verify it", Applicability::Unsafe));
        report.add(finding);
    }
}

fn search(node: &Node, found: &mut Vec<Location>) {
    match &node.kind {
        Kind::Mapping(mapping) => {
            for (key, entry) in &mapping.entries {
                let is_true = entry
                    .value
                    .as_scalar()
                    .is_some_and(|scalar| scalar.value == ScalarValue::Bool(true));
                if key == "insecure_skip_verify" && is_true {
                    found.push(entry.value.location);
                } else {
                    search(&entry.value, found);
                }
            }
        }
        Kind::Sequence(items) => items.iter().for_each(|item| search(item, found)),
        _ => {}
    }
}
