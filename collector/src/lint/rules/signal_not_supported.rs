//! P103: a component in a pipeline of a signal that it does not have.

use holt_grammar::diag::Severity;

use crate::component::known;
use crate::config::ids::PipelineSignal;
use crate::config::model::{ComponentKind, Pipeline, Reference};
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P103",
    title: "component does not have the signal of the pipeline",
    severity: Severity::Error,
    explanation: "The component cannot receive, process or export what the pipeline carries, so the \
collector does not start. A Prometheus exporter, for instance, takes metrics only. Move the component to \
a pipeline of a signal that it has, or convert with a connector: `span_metrics` and `count` make \
metrics out of traces and logs.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
exporters: {prometheus: {endpoint: \"localhost:8889\"}}
service:
  pipelines:
    logs: {receivers: [otlp], exporters: [prometheus]}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
exporters: {prometheus: {endpoint: \"localhost:8889\"}}
service:
  pipelines:
    metrics: {receivers: [otlp], exporters: [prometheus]}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (id, pipeline) in subject.pipelines() {
        let lists: [(ComponentKind, &[Reference]); 3] = [
            (ComponentKind::Receiver, &pipeline.receivers),
            (ComponentKind::Processor, &pipeline.processors),
            (ComponentKind::Exporter, &pipeline.exporters),
        ];
        for (kind, references) in lists {
            for one in subject.uses(references, kind) {
                let Some(signals) = known::signals(kind, one.type_name) else { continue };
                if !signals.has(id.signal()) {
                    let place = Place { kind, reference: one.reference, pipeline };
                    add(subject, report, place, id.signal(), &signals);
                }
            }
        }
    }
}

struct Place<'c> {
    kind: ComponentKind,
    reference: &'c Reference,
    pipeline: &'c Pipeline,
}

fn add(
    subject: &Subject<'_>,
    report: &mut Report<'_>,
    place: Place<'_>,
    signal: PipelineSignal,
    signals: &known::Signals,
) {
    let Place { kind, reference, pipeline } = place;
    let id = &reference.value;
    let message = format!("the {kind} `{id}` does not have {signal}");
    let has: Vec<&str> = signals.iter().map(PipelineSignal::as_str).collect();
    let finding = report
        .at(subject.place(reference, pipeline), message)
        .note(format!(
            "the Go collector says: failed to create \"{id}\" {kind} for data type \"{signal}\": \
             telemetry type is not supported"
        ))
        .note(format!("it has {}", has.join(", ")));
    report.add(finding);
}
