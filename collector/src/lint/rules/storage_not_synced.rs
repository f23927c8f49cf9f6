//! R204: a storage that does not wait for the disk.

use holt_grammar::diag::Severity;

use crate::config::model::ComponentKind;
use crate::lint::subject::truth;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "R204",
    title: "storage that does not wait for the disk",
    severity: Severity::Warning,
    explanation: "Without `fsync: true`, what a `file_storage` holds survives the end of the process and \
not always that of the machine: a node that loses its power or is reset takes with it what its kernel \
had not written yet. With it, every write waits for the disk, which writes that come at the same time \
share. Leave it off where losing some seconds of telemetry with the machine is acceptable, and say so \
with a comment that silences this rule.",
    bad: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    sending_queue: {storage: file_storage}
extensions: {file_storage: {directory: /var/lib/otelcol}}
service:
  extensions: [file_storage]
  pipelines: {logs: {receivers: [otlp], exporters: [otlp_grpc]}}
",
    good: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    sending_queue: {storage: file_storage}
extensions: {file_storage: {directory: /var/lib/otelcol, fsync: true}}
service:
  extensions: [file_storage]
  pipelines: {logs: {receivers: [otlp], exporters: [otlp_grpc]}}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for storage in subject.of_type(ComponentKind::Extension, &["file_storage"]) {
        let used = subject.is_used(ComponentKind::Extension, &storage.id);
        if !used || truth(&storage.settings, &["fsync"]) == Some(true) {
            continue;
        }
        let written = storage.settings.get("fsync").map(|node| node.location);
        let message = format!("`{}` does not wait for the disk (`fsync: false`)", storage.id);
        report.add(report.at(written.unwrap_or(storage.key), message).note(
            "add `fsync: true`, or accept that a machine that fails loses what is not written yet",
        ));
    }
}
