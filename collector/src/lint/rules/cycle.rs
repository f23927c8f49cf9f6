//! P105: connectors that lead back to where they came from.

use holt_grammar::diag::Severity;

use crate::config::ids::{ComponentId, PipelineId};
use crate::config::model::{ComponentKind, Pipeline};
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

/// A pipeline and the connector that leads out of it.
type Step<'c> = (&'c PipelineId, &'c Pipeline, &'c ComponentId);

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let mut search = Search { subject: *subject, done: Vec::new(), path: Vec::new() };
    for (id, pipeline) in subject.pipelines() {
        let Some(circle) = search.visit(id, pipeline) else { continue };
        let Some((_, first, connector)) = circle.first() else { continue };
        let way: Vec<String> =
            circle.iter().map(|(id, _, connector)| format!("`{id}` by `{connector}`")).collect();
        let message = format!("pipelines lead in a circle: {}", way.join(", "));
        let finding = report
            .at(subject.place_of(connector, first), message)
            .note("the Go collector says: cycle detected");
        report.add(finding);
        return;
    }
}

struct Search<'c> {
    subject: Subject<'c>,
    done: Vec<&'c PipelineId>,
    path: Vec<Step<'c>>,
}

impl<'c> Search<'c> {
    /// The first circle that can be reached.
    fn visit(&mut self, id: &'c PipelineId, pipeline: &'c Pipeline) -> Option<Vec<Step<'c>>> {
        if let Some(at) = self.path.iter().position(|(known, ..)| *known == id) {
            return Some(self.path.split_off(at));
        }
        if self.done.contains(&id) {
            return None;
        }
        for reference in &pipeline.exporters {
            let connector = &reference.value;
            if !self.subject.config.section(ComponentKind::Connector).contains_key(connector) {
                continue;
            }
            for (next, to) in self.subject.pipelines() {
                if to.receivers.iter().any(|one| one.value == *connector) {
                    self.path.push((id, pipeline, connector));
                    let circle = self.visit(next, to);
                    if circle.is_some() {
                        return circle;
                    }
                    self.path.pop();
                }
            }
        }
        self.done.push(id);
        None
    }
}
