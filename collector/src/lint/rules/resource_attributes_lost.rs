//! M603: resource attributes that Prometheus does not see as labels.

use holt_grammar::diag::{Applicability, Severity};

use crate::config::model::ComponentKind;
use crate::lint::edits::add_entry;
use crate::lint::subject::truth;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "M603",
    title: "resource attributes that do not become labels",
    severity: Severity::Warning,
    explanation: "Prometheus exporters turn attributes of datapoints into labels. Those of the \
resource, such as `k8s.pod.name`, become labels of `target_info` only: series of different pods can \
be told apart by `job` and `instance` alone, and where these are equal they collide. Switch on \
`resource_to_telemetry_conversion`, or copy the attributes that are needed to the datapoints.",
    bad: "exporters: {prometheus: {endpoint: \"localhost:9464\"}}\n",
    good: "\
exporters:
  prometheus:
    resource_to_telemetry_conversion: {enabled: true}
    endpoint: localhost:9464
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    const TYPES: &[&str] = &["prometheus", "prometheus_remote_write"];
    for exporter in subject.of_type(ComponentKind::Exporter, TYPES) {
        let key = "resource_to_telemetry_conversion";
        if truth(&exporter.settings, &[key, "enabled"]) == Some(true) {
            continue;
        }
        let message = format!("attributes of resources do not become labels in `{}`", exporter.id);
        let mut finding = report
            .at(exporter.key, message)
            .note(format!("add `{key}: {{enabled: true}}`, or copy those you need to datapoints"));
        if exporter.settings.get(key).is_none() {
            finding.fixes.extend(add_entry(
                &exporter.settings,
                &format!("{key}: {{enabled: true}}"),
                subject.sources,
                "make all of them labels",
                Applicability::Unsafe,
            ));
        }
        report.add(finding);
    }
}
