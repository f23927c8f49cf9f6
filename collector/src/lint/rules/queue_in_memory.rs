//! R202: a remote exporter whose queue is lost with the process.

use holt_grammar::diag::Severity;

use crate::config::model::ComponentKind;
use crate::config::yaml::Node;
use crate::lint::subject::{has, truth};
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "R202",
    title: "queue in memory only",
    severity: Severity::Info,
    explanation: "What waits in the queue of an exporter is in memory unless `sending_queue::storage` \
names a storage extension. A crash, an eviction or a restart during an outage of the backend loses all \
of it, although whoever sent it was told that it was taken. A queue in a `file_storage` is sent by the \
next process.",
    bad: "\
exporters:
  otlp_grpc: {endpoint: 'gateway:4317'}
service: {pipelines: {logs: {receivers: [otlp], exporters: [otlp_grpc]}}}
",
    good: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    sending_queue: {storage: file_storage}
extensions: {file_storage: {fsync: true}}
service:
  extensions: [file_storage]
  pipelines: {logs: {receivers: [otlp], exporters: [otlp_grpc]}}
",
    check,
};

/// Exporters that have a queue unless it is switched off.
const QUEUED: [&str; 4] = ["otlp_grpc", "otlp_http", "kafka", "elasticsearch"];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (type_name, exporter) in subject.components(ComponentKind::Exporter) {
        if !QUEUED.contains(&type_name) {
            continue;
        }
        let queue = exporter.settings.get("sending_queue");
        let is_off = queue.is_some_and(|queue: &Node| truth(queue, &["enabled"]) == Some(false));
        if is_off || has(&exporter.settings, &["sending_queue", "storage"]) {
            continue;
        }
        let message =
            format!("what waits in the queue of `{}` is lost with the process", exporter.id);
        report.add(
            report
                .at(exporter.key, message)
                .note("keep it in a `file_storage`: `sending_queue: {storage: file_storage}`"),
        );
    }
}
