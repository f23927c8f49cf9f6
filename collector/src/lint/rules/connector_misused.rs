//! P104: a connector that nothing leads into or out of, or not with these signals.

use holt_grammar::diag::Severity;

use crate::component::{Kind, known};
use crate::config::model::{ComponentKind, Pipeline, Reference};
use crate::graph::loose_ends;
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

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (type_name, connector) in subject.components(ComponentKind::Connector) {
        let Some(pairs) = known::conversions(type_name) else { continue };
        let with = |side: fn(&Pipeline) -> &[Reference]| {
            let names =
                |one: &Pipeline| side(one).iter().any(|reference| reference.value == connector.id);
            subject.pipelines().filter(|(_, one)| names(one)).map(|(id, _)| id).collect::<Vec<_>>()
        };
        let into = with(|pipeline| &pipeline.exporters);
        let out = with(|pipeline| &pipeline.receivers);
        for end in loose_ends(&connector.id, &into, &out, |from, to| pairs.has(from, to)) {
            let Some(pipeline) = subject.config.service.pipelines.get(&end.pipeline) else {
                continue;
            };
            let message = format!(
                "nothing leads {} the connector `{}` for {}",
                if end.used == Kind::Exporter { "out of" } else { "into" },
                connector.id,
                end.pipeline.signal(),
            );
            let joined: Vec<String> =
                pairs.iter().map(|(from, to)| format!("{from} to {to}")).collect();
            let finding = report
                .at(subject.place_of(&connector.id, pipeline), message)
                .note(format!("the Go collector says: {end}"))
                .note(format!("it turns {}", joined.join(", ")));
            report.add(finding);
        }
    }
}
