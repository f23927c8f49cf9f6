//! P115: a processor that needs to know the sender, behind one that forgets it.

use holt_grammar::diag::Severity;

use crate::lint::subject::text;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P115",
    title: "sender forgotten before it is asked for",
    severity: Severity::Warning,
    explanation: "Processors that regroup telemetry (batch, tail_sampling, groupbytrace) start new \
requests, which carry neither the address nor the metadata of those who sent it. The \
`k8s_attributes` processor finds the pod by the sender's address unless attributes name it, and \
`from_context` of the attributes processor reads the sender's metadata: behind a regrouping \
processor they find nothing. Put them first.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {batch: {}, k8s_attributes: {}}
exporters: {debug: {}}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [batch, k8s_attributes], exporters: [debug]}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {batch: {}, k8s_attributes: {}}
exporters: {debug: {}}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [k8s_attributes, batch], exporters: [debug]}
",
    check,
};

const REGROUPING: &[&str] = &["batch", "tail_sampling", "groupbytrace"];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (id, pipeline) in subject.pipelines() {
        let processors = subject.processors_of(pipeline);
        let regroups = processors.iter().position(|one| REGROUPING.contains(&one.type_name));
        let Some(at) = regroups else { continue };
        let mut behind = processors.iter().skip(at);
        let Some(first) = behind.next() else { continue };
        for needy in behind.filter(|one| needs_sender(one.type_name, &one.component.settings)) {
            let message = format!(
                "in pipeline `{id}`, `{}` asks for the sender that `{}` has forgotten",
                needy.component.id, first.component.id
            );
            let finding = report
                .at(subject.place(needy.reference, pipeline), message)
                .label(subject.place(first.reference, pipeline), "starts new requests")
                .note(format!("move `{}` before it", needy.component.id));
            report.add(finding);
        }
    }
}

fn needs_sender(type_name: &str, settings: &crate::config::yaml::Node) -> bool {
    match type_name {
        // With associations of its own it may go by attributes alone.
        "k8s_attributes" => settings.get("pod_association").is_none_or(|associations| {
            let sources = associations.as_sequence().unwrap_or_default().iter();
            let mut from = sources
                .filter_map(|one| one.get("sources")?.as_sequence())
                .flatten()
                .filter_map(|source| text(source, &["from"]));
            from.any(|(from, _)| from == "connection")
        }),
        "attributes" | "resource" => {
            let actions = settings.get("actions").or_else(|| settings.get("attributes"));
            let actions = actions.and_then(|actions| actions.as_sequence()).unwrap_or_default();
            actions.iter().any(|action| action.get("from_context").is_some())
        }
        _ => false,
    }
}
