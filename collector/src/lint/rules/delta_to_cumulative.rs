//! M605: delta temporality on its way to a backend that knows cumulative only.

use holt_grammar::diag::Severity;

use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "M605",
    title: "delta metrics reach an exporter that takes cumulative ones",
    severity: Severity::Warning,
    explanation: "A processor makes metrics delta, and the exporter writes for Prometheus, where \
counters only ever grow: the remote-write exporter drops delta points, which only its debug log says, and \
the scrape endpoint adds them up only as long as the process lives. Leave the conversion out of this \
pipeline, or put `delta_to_cumulative` behind it.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {cumulative_to_delta: {}}
exporters: {prometheus_remote_write: {endpoint: \"http://mimir/api/v1/push\"}}
service:
  pipelines:
    metrics:
      receivers: [otlp]
      processors: [cumulative_to_delta]
      exporters: [prometheus_remote_write]
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
exporters: {prometheus_remote_write: {endpoint: \"http://mimir/api/v1/push\"}}
service:
  pipelines:
    metrics: {receivers: [otlp], exporters: [prometheus_remote_write]}
",
    check,
};

const CUMULATIVE_ONLY: &[&str] = &["prometheus", "prometheus_remote_write"];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (id, pipeline) in subject.pipelines() {
        let processors = subject.processors_of(pipeline);
        let last = |name: &str| processors.iter().rposition(|one| one.type_name == name);
        let Some(at) = last("cumulative_to_delta") else { continue };
        if last("delta_to_cumulative").is_some_and(|back| back > at) {
            continue;
        }
        let exporters = subject.exporters_of(pipeline);
        let Some(exporter) = exporters.iter().find(|one| CUMULATIVE_ONLY.contains(&one.type_name))
        else {
            continue;
        };
        let Some(delta) = processors.get(at) else { continue };
        let message = format!(
            "pipeline `{id}` makes metrics delta, and `{}` takes cumulative ones",
            exporter.component.id
        );
        let finding = report
            .at(subject.place(delta.reference, pipeline), message)
            .label(subject.place(exporter.reference, pipeline), "takes cumulative metrics")
            .note("put `delta_to_cumulative` behind it, or export delta metrics from a pipeline of their own");
        report.add(finding);
    }
}
