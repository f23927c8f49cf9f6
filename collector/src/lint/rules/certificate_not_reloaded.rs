//! S307: certificate files that are read once.

use holt_grammar::diag::{Applicability, Severity};

use crate::config::model::ComponentKind;
use crate::config::yaml::{Kind, Node};
use crate::lint::edits::add_entry;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "S307",
    title: "certificate that is never read again",
    severity: Severity::Warning,
    explanation: "Certificate files are read at the start unless `reload_interval` says how often to \
look again. Certificates are replaced on disk long before they expire; a collector that does not \
look goes on with the old one until the other side refuses it.",
    bad: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    tls: {cert_file: /etc/tls/tls.crt, key_file: /etc/tls/tls.key}
",
    good: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    tls: {reload_interval: 1h, cert_file: /etc/tls/tls.crt, key_file: /etc/tls/tls.key}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let mut found = Vec::new();
    for kind in ComponentKind::ALL {
        for component in subject.config.section(kind).values() {
            search(&component.settings, &mut found);
        }
    }
    for tls in found {
        let mut finding = report
            .at(tls.key_location("cert_file"), "this certificate is read once and never again")
            .note("add `reload_interval: 1h`");
        finding.fixes.extend(add_entry(
            tls,
            "reload_interval: 1h",
            subject.sources,
            "read it again every hour",
            Applicability::Safe,
        ));
        report.add(finding);
    }
}

fn search<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::Mapping(mapping) => {
            let has = |key: &str| node.get(key).is_some_and(|value| !value.is_null());
            if has("cert_file") && !has("reload_interval") {
                found.push(node);
            }
            mapping.entries.values().for_each(|entry| search(&entry.value, found));
        }
        Kind::Sequence(items) => items.iter().for_each(|item| search(item, found)),
        _ => {}
    }
}
