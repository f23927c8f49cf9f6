//! R201: a remote exporter without queue or retries.

use holt_grammar::diag::Severity;

use crate::config::yaml::Node;
use crate::lint::subject::truth;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "R201",
    title: "queue or retries switched off",
    severity: Severity::Warning,
    explanation: "Without retries, telemetry is dropped as soon as one attempt fails: a backend that \
restarts is enough. Without the queue, every request waits for the backend, and receivers are as \
slow as it is. Both are on unless they are switched off.",
    bad: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    retry_on_failure: {enabled: false}
",
    good: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    retry_on_failure: {enabled: true}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    const PARTS: [(&str, &str); 2] = [
        ("retry_on_failure", "one failed attempt drops the telemetry"),
        ("sending_queue", "receivers wait for the backend"),
    ];
    for exporter in subject.remote_exporters() {
        for (part, consequence) in PARTS {
            let off = exporter.settings.get(part).and_then(|part: &Node| {
                (truth(part, &["enabled"]) == Some(false)).then(|| part.get("enabled"))?
            });
            if let Some(off) = off {
                let message = format!("`{part}` of `{}` is off", exporter.id);
                report.add(report.at(off.location, message).note(consequence));
            }
        }
    }
}
