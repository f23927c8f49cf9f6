//! P116: an attribute that is read before the processor that sets it.

use holt_grammar::diag::Severity;

use crate::lint::accesses::accesses;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P116",
    title: "attribute read before a later processor sets it",
    severity: Severity::Warning,
    explanation: "Processors work in the order of the pipeline. A statement or condition reads an \
attribute that `k8s_attributes` or `resource_detection` writes further behind, so it finds nothing, unless \
the sender wrote it already. Put the processor that writes in front.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  filter: {error_mode: ignore, log_conditions: ['resource.attributes[\"k8s.namespace.name\"] == \"dev\"']}
  k8s_attributes: {}
exporters: {debug: {}}
service:
  pipelines:
    logs: {receivers: [otlp], processors: [filter, k8s_attributes], exporters: [debug]}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  filter: {error_mode: ignore, log_conditions: ['resource.attributes[\"k8s.namespace.name\"] == \"dev\"']}
  k8s_attributes: {}
exporters: {debug: {}}
service:
  pipelines:
    logs: {receivers: [otlp], processors: [k8s_attributes, filter], exporters: [debug]}
",
    check,
};

/// What processors that look things up write: beginnings of keys.
const WRITTEN: &[(&str, &[&str])] = &[
    ("k8s_attributes", &["k8s.", "container.image."]),
    ("resource_detection", &["host.", "os.", "cloud.", "aws.", "azure.", "gcp."]),
];

/// Written by other means, usually: the name of the cluster.
const NOT_WRITTEN: &[&str] = &["k8s.cluster.name"];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (id, pipeline) in subject.pipelines() {
        let processors = subject.processors_of(pipeline);
        // Only where somebody sets anything does it matter what others read.
        let sets = |one: &crate::lint::subject::Use<'_>| {
            WRITTEN.iter().any(|(name, _)| *name == one.type_name)
        };
        let Some(last) = processors.iter().rposition(sets) else { continue };
        let all: Vec<_> = processors.iter().take(last).map(accesses).collect();
        for (at, reader) in processors.iter().enumerate() {
            let (before, behind) = processors.split_at(at);
            let writes = |processor: &crate::lint::subject::Use<'_>, key: &str| {
                let found = WRITTEN.iter().find(|(name, _)| *name == processor.type_name);
                found.is_some_and(|(_, starts)| starts.iter().any(|start| key.starts_with(start)))
            };
            let mut said: Vec<String> = Vec::new();
            for access in all.get(at).into_iter().flatten() {
                let key = access.key.as_str();
                if access.writes || NOT_WRITTEN.contains(&key) || said.contains(&access.key) {
                    continue;
                }
                let known = before.iter().any(|one| writes(one, key))
                    || all.iter().take(at).flatten().any(|one| one.writes && one.key == key);
                let writer = behind.iter().skip(1).find(|one| writes(one, key));
                let Some(writer) = writer.filter(|_| !known) else { continue };
                let message = format!(
                    "in pipeline `{id}`, `{}` reads `{key}` before `{}` sets it",
                    reader.component.id, writer.component.id
                );
                let finding = report
                    .at(access.place, message)
                    .label(subject.place(writer.reference, pipeline), "sets it, further behind")
                    .note(format!(
                        "put `{}` before `{}`",
                        writer.component.id, reader.component.id
                    ));
                report.add(finding);
                said.push(access.key.clone());
            }
        }
    }
}
