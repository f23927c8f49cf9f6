//! P105: connectors that lead back to where they came from.

use holt_grammar::diag::Severity;

use crate::component::known;
use crate::config::ids::{ComponentId, PipelineId};
use crate::config::model::ComponentKind;
use crate::graph::order;
use crate::lint::subject::Use;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P105",
    title: "pipelines in a circle",
    severity: Severity::Error,
    explanation: "Following the connectors from a pipeline leads back to it, so telemetry would go \
round for ever. The collector does not start. Take one of the connectors out of the circle.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
connectors: {forward: {}, forward/back: {}}
exporters: {debug: {}}
service:
  pipelines:
    traces/a: {receivers: [otlp, forward/back], exporters: [forward]}
    traces/b: {receivers: [forward], exporters: [forward/back, debug]}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
connectors: {forward: {}}
exporters: {debug: {}}
service:
  pipelines:
    traces/a: {receivers: [otlp], exporters: [forward]}
    traces/b: {receivers: [forward], exporters: [debug]}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let pipelines = &subject.config.service.pipelines;
    let ways = |id: &PipelineId| ways(*subject, id);
    let Err(cycle) = order(pipelines.keys(), &ways) else { return };
    let Some((id, connector)) = cycle.first() else { return };
    let Some(first) = pipelines.get(*id) else { return };
    let way: Vec<String> =
        cycle.iter().map(|(id, connector)| format!("`{id}` by `{connector}`")).collect();
    let message = format!("pipelines lead in a circle: {}", way.join(", "));
    let finding = report
        .at(subject.place_of(connector, first), message)
        .note("the Go collector says: cycle detected");
    report.add(finding);
}

/// The connectors out of a pipeline, and the pipelines that each leads to with what it makes of the
/// signal.
fn ways<'c>(subject: Subject<'c>, id: &PipelineId) -> Vec<(&'c ComponentId, &'c PipelineId)> {
    let Some(pipeline) = subject.config.service.pipelines.get(id) else { return Vec::new() };
    let connectors = subject.uses(&pipeline.exporters, ComponentKind::Connector);
    let mut ways = Vec::new();
    for Use { reference, type_name, .. } in connectors {
        // What is not known cannot be said to lead in a circle.
        let Some(conversions) = known::conversions(type_name) else { continue };
        for (next, to) in subject.pipelines() {
            let starts = to.receivers.iter().any(|one| one.value == reference.value);
            if starts && conversions.has(id.signal(), next.signal()) {
                ways.push((&reference.value, next));
            }
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::codes_in;

    #[test]
    fn connectors_of_several_signals_lead_only_where_the_signal_goes() {
        // By ids alone this is a circle; no signal takes it.
        let text = "\
receivers: {otlp: {protocols: {grpc: {}}}}
connectors: {forward/a: {}, forward/b: {}}
exporters: {debug: {}}
service:
  pipelines:
    traces/1: {receivers: [otlp, forward/b], exporters: [forward/a]}
    traces/2: {receivers: [forward/a], exporters: [debug]}
    traces/3: {receivers: [otlp], exporters: [forward/b]}
    metrics/1: {receivers: [otlp, forward/a], exporters: [forward/b]}
    metrics/2: {receivers: [forward/b], exporters: [debug]}
    metrics/3: {receivers: [otlp], exporters: [forward/a]}
";
        assert!(!codes_in(text).contains(&"P105"), "{:?}", codes_in(text));
    }
}
