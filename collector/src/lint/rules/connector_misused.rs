//! P104: a connector that nothing leads into or out of, or not with these signals.

use holt_grammar::diag::Severity;

use crate::component::known;
use crate::config::ids::PipelineId;
use crate::config::model::{ComponentKind, Pipeline};
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P104",
    title: "connector without its other side",
    severity: Severity::Error,
    explanation: "A connector ends one pipeline and starts another: it stands among the exporters of \
the one and the receivers of the other, and it must be able to turn the signal of the first into that of \
the second. `forward` hands on what it gets, so both pipelines carry the same signal; `span_metrics` \
makes metrics out of traces. The collector does not start otherwise.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
connectors: {forward: {}}
exporters: {debug: {}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [forward]}
    metrics: {receivers: [forward], exporters: [debug]}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
connectors: {forward: {}}
exporters: {debug: {}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [forward]}
    traces/out: {receivers: [forward], exporters: [debug]}
",
    check,
};

/// A pipeline that names the connector.
type End<'c> = (&'c PipelineId, &'c Pipeline);

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (type_name, connector) in subject.components(ComponentKind::Connector) {
        let Some(pairs) = known::conversions(type_name) else { continue };
        let names = |references: &[crate::config::model::Reference]| {
            references.iter().any(|one| one.value == connector.id)
        };
        let into: Vec<End<'_>> =
            subject.pipelines().filter(|(_, one)| names(&one.exporters)).collect();
        let out: Vec<End<'_>> =
            subject.pipelines().filter(|(_, one)| names(&one.receivers)).collect();
        let fits = |from: &End<'_>, to: &End<'_>| pairs.has(from.0.signal(), to.0.signal());
        let half = |end: &End<'_>, used: &str, missing: &str| Half {
            place: subject.place_of(&connector.id, end.1),
            message: format!(
                "nothing leads {} the connector `{}` for {}",
                if used == "exporter" { "out of" } else { "into" },
                connector.id,
                end.0.signal(),
            ),
            quote: format!(
                "the Go collector says: connector \"{}\" used as {used} in [{}] pipeline but not used in \
                 any supported {missing} pipeline",
                connector.id, end.0
            ),
        };
        for end in into.iter().filter(|from| !out.iter().any(|to| fits(from, to))) {
            half(end, "exporter", "receiver").add(report, &pairs);
        }
        for end in out.iter().filter(|to| !into.iter().any(|from| fits(from, to))) {
            half(end, "receiver", "exporter").add(report, &pairs);
        }
    }
}

struct Half {
    place: holt_grammar::source::Location,
    message: String,
    quote: String,
}

impl Half {
    fn add(self, report: &mut Report<'_>, pairs: &known::Conversions) {
        let pairs: Vec<String> = pairs.iter().map(|(from, to)| format!("{from} to {to}")).collect();
        let finding = report
            .at(self.place, self.message)
            .note(self.quote)
            .note(format!("it turns {}", pairs.join(", ")));
        report.add(finding);
    }
}
