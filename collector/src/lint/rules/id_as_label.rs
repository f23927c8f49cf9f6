//! M606: an attribute with a value of its own for every user or request, as a label.

use holt_grammar::diag::Severity;

use crate::config::ids::PipelineSignal;
use crate::config::model::ComponentKind;
use crate::lint::accesses::accesses;
use crate::lint::subject::text;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "M606",
    title: "label with endless values",
    severity: Severity::Warning,
    explanation: "The attribute has another value for every user, request or pod, and each value \
becomes a series of its own, for every metric. Backends refuse or slow down when series grow without end. \
Leave it on traces and logs, or write a class of it (a route in place of a URL, a plan in place of a user).",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  transform:
    error_mode: ignore
    metric_statements:
      - set(datapoint.attributes[\"user.id\"], resource.attributes[\"enduser.id\"])
exporters: {debug: {}}
service:
  pipelines:
    metrics: {receivers: [otlp], processors: [transform], exporters: [debug]}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  transform:
    error_mode: ignore
    metric_statements:
      - set(datapoint.attributes[\"team\"], resource.attributes[\"team\"])
exporters: {debug: {}}
service:
  pipelines:
    metrics: {receivers: [otlp], processors: [transform], exporters: [debug]}
",
    check,
};

/// Attributes of the semantic conventions whose values have no bound.
const ENDLESS: &[&str] = &[
    "client.address",
    "client.port",
    "container.id",
    "db.query.text",
    "db.statement",
    "enduser.id",
    "http.target",
    "http.url",
    "k8s.pod.uid",
    "messaging.message.id",
    "process.pid",
    "request.id",
    "request_id",
    "session.id",
    "session_id",
    "span_id",
    "trace_id",
    "url.full",
    "url.path",
    "url.query",
    "user.email",
    "user.id",
    "user_id",
];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let mut places = Vec::new();
    for (id, pipeline) in subject.pipelines() {
        if id.signal() != PipelineSignal::Metrics {
            continue;
        }
        for access in subject.processors_of(pipeline).iter().flat_map(accesses) {
            let of_point = matches!(access.owner.as_str(), "" | "datapoint");
            if access.writes && of_point && ENDLESS.contains(&access.key.as_str()) {
                places.push((access.key, access.place));
            }
        }
    }
    for connector in subject.of_type(ComponentKind::Connector, &["span_metrics"]) {
        let dimensions = connector.settings.get("dimensions").and_then(|list| list.as_sequence());
        for dimension in dimensions.unwrap_or_default() {
            if let Some((key, place)) =
                text(dimension, &["name"]).filter(|(key, _)| ENDLESS.contains(key))
            {
                places.push((key.to_owned(), place));
            }
        }
    }
    let mut said = Vec::new();
    for (key, place) in places {
        if !said.contains(&place) {
            let finding = report
                .at(place, format!("`{key}` becomes a label, with a series for each of its values"))
                .note("leave it on traces and logs, or write a class of it");
            report.add(finding);
            said.push(place);
        }
    }
}
