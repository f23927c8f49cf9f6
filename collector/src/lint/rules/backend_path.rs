//! N408: a backend by the path or port of another protocol.

use holt_grammar::diag::{Applicability, Severity};

use crate::config::model::ComponentKind;
use crate::lint::edits::replace;
use crate::lint::endpoint::Endpoint;
use crate::lint::subject::text;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "N408",
    title: "path of another protocol of the backend",
    severity: Severity::Warning,
    explanation: "The OTLP/HTTP exporter is sent to a path on which the backend speaks its own \
protocol and not OTLP, and answers with errors. Loki takes OTLP below `/otlp`, Prometheus below \
`/api/v1/otlp`; the exporter appends `/v1/logs` or `/v1/metrics` itself.",
    bad: "exporters: {otlp_http: {endpoint: \"http://loki:3100/loki/api/v1/push\"}}\n",
    good: "exporters: {otlp_http: {endpoint: \"http://loki:3100/otlp\"}}\n",
    check,
};

/// Paths of other protocols, whose they are, and the path of OTLP.
const PATHS: &[(&str, &str, &str)] = &[
    ("/loki/api/v1/push", "Loki's own protocol", "/otlp"),
    ("/api/v1/push", "remote write", "/otlp"),
    ("/api/v1/write", "remote write", "/api/v1/otlp"),
];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for exporter in subject.of_type(ComponentKind::Exporter, &["otlp_http"]) {
        let Some((written, location)) = text(&exporter.settings, &["endpoint"]) else { continue };
        let path = Endpoint::new(written).path.trim_end_matches('/');
        let Some((_, protocol, right)) = PATHS.iter().find(|(wrong, ..)| path == *wrong) else {
            continue;
        };
        let message = format!("`{path}` takes {protocol}, not OTLP");
        let corrected = written.replace(path, right);
        let finding = report
            .at(location, message)
            .note(format!("write `endpoint: {corrected}`"))
            .fix(replace(location, corrected, "use the path of OTLP", Applicability::Unsafe));
        report.add(finding);
    }
}
