//! P111: pipelines without a memory limiter, or with one that is not first.

use holt_grammar::diag::Severity;

use crate::lint::report::list_of_pipelines;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P111",
    title: "memory limiter missing or not first",
    severity: Severity::Warning,
    explanation: "Without the `memory_limiter` processor, telemetry that arrives faster than it \
leaves fills the memory until the process is killed, and everything it held is lost. As the first \
processor it refuses data while memory is short, which receivers pass on to the sender. Behind \
other processors it refuses too late: they have done their work already, and those that buffer have \
acknowledged what they hold.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {batch: {}}
exporters: {otlp_grpc: {endpoint: gateway:4317}}
service:
  pipelines: {traces: {receivers: [otlp], processors: [batch], exporters: [otlp_grpc]}}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {batch: {}, memory_limiter: {check_interval: 1s, limit_percentage: 80}}
exporters: {otlp_grpc: {endpoint: gateway:4317}}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter, batch], exporters: [otlp_grpc]}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let mut without = Vec::new();
    for (id, pipeline) in subject.pipelines() {
        let processors = subject.processors_of(pipeline);
        match processors.iter().position(|one| one.type_name == "memory_limiter") {
            None => without.push((id, pipeline)),
            Some(0) => {}
            Some(place) => {
                let Some(limiter) = processors.get(place) else { continue };
                let location = subject.place(limiter.reference, pipeline);
                let message = format!(
                    "in pipeline `{id}`, `{}` stands behind other processors",
                    limiter.component.id
                );
                report.add(report.at(location, message).note("name it first"));
            }
        }
    }
    // Once for all of them: the remedy is the same.
    let Some((_, first)) = without.first() else { return };
    let names: Vec<String> = without.iter().map(|(id, _)| format!("`{id}`")).collect();
    let message = format!("no memory limiter in {}", list_of_pipelines(&names));
    report.add(report.at(first.key, message).note(
        "configure `memory_limiter: {check_interval: 1s, limit_percentage: 80, \
         spike_limit_percentage: 20}` and name it first in `processors`",
    ));
}
