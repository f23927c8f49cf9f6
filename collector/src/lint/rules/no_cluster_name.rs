//! M601: telemetry of a cluster that does not say which one.

use holt_grammar::diag::Severity;

use crate::config::model::ComponentKind;
use crate::config::yaml::{Kind, Node};
use crate::lint::endpoint::Endpoint;
use crate::lint::report::list_of_pipelines;
use crate::lint::subject::text;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "M601",
    title: "telemetry leaves a cluster without its name",
    severity: Severity::Warning,
    explanation: "A configuration that works with Kubernetes sends telemetry away and nothing in the \
pipeline writes the name of the cluster. Where telemetry of several clusters meets, equal pods, \
namespaces and series of different clusters become one. Set `k8s.cluster.name` on the resource, for \
instance with `resource: {attributes: [{key: k8s.cluster.name, value: workload-1, action: insert}]}`.",
    bad: "\
receivers: {kubelet_stats: {}}
processors: {k8s_attributes: {}}
exporters: {otlp_grpc: {endpoint: \"gateway:4317\"}}
service:
  pipelines:
    metrics: {receivers: [kubelet_stats], processors: [k8s_attributes], exporters: [otlp_grpc]}
",
    good: "\
receivers: {kubelet_stats: {}}
processors:
  k8s_attributes: {}
  resource: {attributes: [{key: k8s.cluster.name, value: workload-1, action: insert}]}
exporters: {otlp_grpc: {endpoint: \"gateway:4317\"}}
service:
  pipelines:
    metrics:
      receivers: [kubelet_stats]
      processors: [k8s_attributes, resource]
      exporters: [otlp_grpc]
",
    check,
};

/// Receivers and processors that are used inside a cluster only.
const KUBERNETES: &[&str] =
    &["k8s_attributes", "kubelet_stats", "k8s_cluster", "k8s_events", "k8s_objects"];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let in_cluster = [ComponentKind::Receiver, ComponentKind::Processor].into_iter().any(|kind| {
        subject.components(kind).any(|(type_name, component)| {
            KUBERNETES.contains(&type_name)
                || mentions(&component.settings, "kubernetes_sd_configs")
        })
    });
    if !in_cluster {
        return;
    }
    let mut nameless = Vec::new();
    for (id, pipeline) in subject.pipelines() {
        let leaves = subject.remote_exporters_of(pipeline).iter().any(|exporter| {
            text(&exporter.component.settings, &["endpoint"])
                .is_none_or(|(endpoint, _)| !Endpoint::new(endpoint).is_local())
        });
        let mut processors = subject.processors_of(pipeline).into_iter();
        let named = processors.any(|one| mentions(&one.component.settings, "cluster"));
        if leaves && !named {
            nameless.push((id, pipeline));
        }
    }
    let Some((_, first)) = nameless.first() else { return };
    let names: Vec<String> = nameless.iter().map(|(id, _)| format!("`{id}`")).collect();
    let verb = if names.len() == 1 { "sends" } else { "send" };
    let message =
        format!("{} {verb} telemetry without the name of the cluster", list_of_pipelines(&names));
    report.add(report.at(first.key, message).note("set `k8s.cluster.name` on the resource"));
}

/// Whether a key or text contains the word.
fn mentions(node: &Node, word: &str) -> bool {
    match &node.kind {
        Kind::Mapping(mapping) => mapping
            .entries
            .iter()
            .any(|(key, entry)| key.contains(word) || mentions(&entry.value, word)),
        Kind::Sequence(items) => items.iter().any(|item| mentions(item, word)),
        Kind::Scalar(scalar) => scalar.text.contains(word),
        Kind::Null => false,
    }
}
