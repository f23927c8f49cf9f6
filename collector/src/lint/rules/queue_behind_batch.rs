//! R203: a durable queue behind a processor that holds telemetry in memory.

use holt_grammar::diag::Severity;

use crate::lint::subject::has;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "R203",
    title: "durable queue defeated by the batch processor",
    severity: Severity::Warning,
    explanation: "The exporter keeps its queue on disk so that a crash loses nothing, but the \
`batch` processor before it acknowledges telemetry that it holds in memory only. What waits there is \
lost in a crash. Batch inside the queue instead: `sending_queue: {batch: {}}`.",
    bad: "\
processors: {batch: {}}
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    sending_queue: {storage: file_storage}
service: {pipelines: {logs: {receivers: [otlp], processors: [batch], exporters: [otlp_grpc]}}}
",
    good: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    sending_queue: {storage: file_storage, batch: {}}
service: {pipelines: {logs: {receivers: [otlp], exporters: [otlp_grpc]}}}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (id, pipeline) in subject.pipelines() {
        let processors = subject.processors_of(pipeline);
        let Some(batch) = processors.iter().find(|one| one.type_name == "batch") else { continue };
        for exporter in subject.exporters_of(pipeline) {
            let settings = &exporter.component.settings;
            if !has(settings, &["sending_queue", "storage"]) {
                continue;
            }
            let Some(storage) = settings.at(&["sending_queue", "storage"]) else { continue };
            let message = format!(
                "pipeline `{id}` keeps telemetry in memory before the queue of `{}`, which is on disk",
                exporter.component.id
            );
            let finding = report
                .at(subject.place(batch.reference, pipeline), message)
                .label(storage.location, "on disk")
                .note("remove the processor here and batch in the queue: `sending_queue: {batch: {}}`");
            report.add(finding);
        }
    }
}
