//! P112: telemetry that leaves unbatched.

use holt_grammar::diag::{Applicability, Severity};

use crate::lint::edits::add_entry;
use crate::lint::subject::has;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P112",
    title: "no batching before a remote exporter",
    severity: Severity::Warning,
    explanation: "Neither a `batch` processor in the pipeline nor `sending_queue::batch` of the \
exporter joins small requests, so every request that arrives is sent on by itself. Many small \
requests cost the network, the backend and this collector far more than few large ones. Batching in \
the exporter's queue is the newer way: the queue holds what is acknowledged, so nothing is lost in \
between.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
exporters:
  otlp_grpc:
    endpoint: gateway:4317
service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
exporters:
  otlp_grpc:
    sending_queue: {batch: {}}
    endpoint: gateway:4317
service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for exporter in subject.remote_exporters() {
        if has(&exporter.settings, &["sending_queue", "batch"]) {
            continue;
        }
        let unbatched = subject.pipelines().find(|(_, pipeline)| {
            pipeline.exporters.iter().any(|one| one.value == exporter.id)
                && subject.processors_of(pipeline).iter().all(|one| one.type_name != "batch")
        });
        let Some((id, _)) = unbatched else { continue };
        let message =
            format!("what pipeline `{id}` sends through `{}` is not batched", exporter.id);
        let mut finding = report.at(exporter.key, message).note(
            "add `sending_queue: {batch: {}}` to the exporter, or a `batch` processor at the end of \
             the pipeline",
        );
        if exporter.settings.get("sending_queue").is_none() {
            finding.fixes.extend(add_entry(
                &exporter.settings,
                "sending_queue: {batch: {}}",
                subject.sources,
                "batch in the exporter's queue",
                Applicability::Unsafe,
            ));
        }
        report.add(finding);
    }
}
