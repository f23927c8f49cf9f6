//! M604: two attributes that are one label for Prometheus.

use holt_grammar::diag::Severity;

use crate::config::ids::PipelineSignal;
use crate::lint::accesses::accesses;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "M604",
    title: "two attributes become one label",
    severity: Severity::Warning,
    explanation: "Names of labels have letters, digits and underscores only, so `http.code` and \
`http_code` become the same label on the way to Prometheus. The page for scrapes then lacks the metric \
(the Go collector logs `duplicate label names`), and remote write joins the values with a semicolon, so \
that no query finds them any more. Give one of them another name, or delete it.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  attributes:
    actions:
      - {key: http.code, value: a, action: insert}
      - {key: http_code, value: b, action: insert}
exporters: {prometheus: {endpoint: \"localhost:8889\"}}
service:
  pipelines:
    metrics: {receivers: [otlp], processors: [attributes], exporters: [prometheus]}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  attributes:
    actions:
      - {key: http.code, value: a, action: insert}
exporters: {prometheus: {endpoint: \"localhost:8889\"}}
service:
  pipelines:
    metrics: {receivers: [otlp], processors: [attributes], exporters: [prometheus]}
",
    check,
};

const PROMETHEUS: &[&str] = &["prometheus", "prometheus_remote_write"];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let mut said = Vec::new();
    for (id, pipeline) in subject.pipelines() {
        let exporters = subject.exporters_of(pipeline);
        let is_prometheus = exporters.iter().any(|one| PROMETHEUS.contains(&one.type_name));
        if !is_prometheus || id.signal() != PipelineSignal::Metrics {
            continue;
        }
        let mut written: Vec<crate::lint::accesses::Access> = Vec::new();
        for access in subject.processors_of(pipeline).iter().flat_map(accesses) {
            if !access.writes || !matches!(access.owner.as_str(), "" | "datapoint") {
                continue;
            }
            let label = label(&access.key);
            let other = written
                .iter()
                .find(|other| other.key != access.key && self::label(&other.key) == label);
            if let Some(other) = other
                && !said.contains(&access.place)
            {
                let message =
                    format!("`{}` and `{}` become the one label `{label}`", other.key, access.key);
                let finding = report
                    .at(access.place, message)
                    .label(other.place, "the other one")
                    .note("give one of them another name");
                report.add(finding);
                said.push(access.place);
            }
            written.push(access);
        }
    }
}

/// The name of the label that an attribute becomes.
fn label(key: &str) -> String {
    key.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}
