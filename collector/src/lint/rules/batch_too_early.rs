//! P113: batching before processors that drop telemetry.

use holt_grammar::diag::Severity;

use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P113",
    title: "batch before a processor that drops telemetry",
    severity: Severity::Warning,
    explanation: "Batches are built first and thinned out afterwards, so requests leave smaller than \
they were asked to be, and the batcher held telemetry that was to be dropped anyway. Put `batch` \
behind filters and samplers: last in the pipeline.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {batch: {}, probabilistic_sampler: {sampling_percentage: 10}}
exporters: {debug: {}}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [batch, probabilistic_sampler], exporters: [debug]}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {batch: {}, probabilistic_sampler: {sampling_percentage: 10}}
exporters: {debug: {}}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [probabilistic_sampler, batch], exporters: [debug]}
",
    check,
};

const DROPPING: &[&str] = &["filter", "probabilistic_sampler", "tail_sampling", "log_dedup"];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (id, pipeline) in subject.pipelines() {
        let processors = subject.processors_of(pipeline);
        let Some(at) = processors.iter().position(|one| one.type_name == "batch") else { continue };
        let mut behind = processors.iter().skip(at);
        let Some(batch) = behind.next() else { continue };
        let Some(dropping) = behind.find(|one| DROPPING.contains(&one.type_name)) else { continue };
        let message =
            format!("pipeline `{id}` batches before `{}` drops telemetry", dropping.component.id);
        let finding = report
            .at(subject.place(batch.reference, pipeline), message)
            .label(subject.place(dropping.reference, pipeline), "drops what was batched")
            .note(format!("move `{}` to the end", batch.component.id));
        report.add(finding);
    }
}
