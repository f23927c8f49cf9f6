//! M602: several collectors that scrape the same targets.

use holt_grammar::diag::Severity;

use crate::config::model::ComponentKind;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "M602",
    title: "every replica scrapes every target",
    severity: Severity::Warning,
    explanation: "The resource runs several collectors, and each of them scrapes all targets of the \
`prometheus` receiver: every series arrives several times, out of order and with different values. Run one \
replica, share the targets out with the target allocator (`targetAllocator: {enabled: true}` in a \
StatefulSet), or let a daemonset keep the targets of its own node by a relabelling rule on \
`__meta_kubernetes_pod_node_name`.",
    bad: "\
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: {name: scraper}
spec:
  mode: deployment
  replicas: 3
  config:
    receivers:
      prometheus: {config: {scrape_configs: [{job_name: a, static_configs: [{targets: [\"a:80\"]}]}]}}
    exporters: {debug: {}}
    service: {pipelines: {metrics: {receivers: [prometheus], exporters: [debug]}}}
",
    good: "\
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: {name: scraper}
spec:
  mode: deployment
  replicas: 1
  config:
    receivers:
      prometheus: {config: {scrape_configs: [{job_name: a, static_configs: [{targets: [\"a:80\"]}]}]}}
    exporters: {debug: {}}
    service: {pipelines: {metrics: {receivers: [prometheus], exporters: [debug]}}}
",
    check,
};

/// What a relabelling rule names that keeps the targets of one node, or a share of them.
const SHARES: &[&str] = &["hashmod", "_node_name", "K8S_NODE", "NODE_NAME", "NODE_IP", "HOST_IP"];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let mut scrapers = subject
        .of_type(ComponentKind::Receiver, &["prometheus"])
        .filter(|one| subject.is_used(ComponentKind::Receiver, &one.id))
        .peekable();
    if scrapers.peek().is_none() {
        return;
    }
    let Some(deployment) = subject.deployment() else { return };
    let many = match (deployment.mode.as_str(), deployment.replicas) {
        ("daemonset", _) => "one on each node".to_owned(),
        (_, Some(replicas)) if replicas > 1 => format!("{replicas} of them"),
        _ => return,
    };
    if deployment.has_allocator {
        return;
    }
    for scraper in scrapers {
        let text = subject.text_of(&scraper.settings);
        if SHARES.iter().any(|share| text.contains(share)) {
            continue;
        }
        let message = format!("{many} scrape the targets of `{}`", scraper.id);
        let finding = report
            .at(scraper.key, message)
            .note("run one replica, or share the targets out with the target allocator");
        report.add(finding);
    }
}
