//! S306: pages for debugging on every address.

use holt_grammar::diag::{Applicability, Severity};

use crate::lint::edits::replace;
use crate::lint::endpoint::Endpoint;
use crate::lint::listeners::listeners;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "S306",
    title: "pages for debugging on every address",
    severity: Severity::Warning,
    explanation: "zpages show what passes through the collector, and pprof its memory and where it \
spends its time; a profile also costs CPU. Nobody outside the machine should reach them. Listen on \
`localhost` and use a port-forward.",
    bad: "\
extensions: {zpages: {endpoint: 0.0.0.0:55679}}
service: {extensions: [zpages]}
",
    good: "\
extensions: {zpages: {endpoint: localhost:55679}}
service: {extensions: [zpages]}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for listener in listeners(*subject) {
        let endpoint = Endpoint::new(listener.address);
        if !matches!(listener.type_name, "zpages" | "pprof") || !endpoint.is_everywhere() {
            continue;
        }
        let message = format!("`{}` can be reached from outside", listener.id);
        let mut finding = report.at(listener.location, message).note("listen on `localhost`");
        if let Some(port) = endpoint.port {
            finding = finding.fix(replace(
                listener.location,
                format!("localhost:{port}"),
                "listen on this machine only",
                Applicability::Safe,
            ));
        }
        report.add(finding);
    }
}
