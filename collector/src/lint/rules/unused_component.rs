//! P102: a component that no pipeline uses.

use holt_grammar::diag::Severity;

use crate::config::model::ComponentKind;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P102",
    title: "component that no pipeline uses",
    severity: Severity::Warning,
    explanation: "A receiver, processor, exporter or connector is configured and no pipeline names \
it, so it is never made: nothing is received, changed or sent by it. Often its id is missing in a \
pipeline, or the pipeline names another id of the same type. Name it in a pipeline, or remove it.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {transform/names: {}}
exporters: {debug: {}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors: {transform/names: {}}
exporters: {debug: {}}
service:
  pipelines: {traces: {receivers: [otlp], processors: [transform/names], exporters: [debug]}}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for kind in ComponentKind::ALL {
        if kind == ComponentKind::Extension {
            continue;
        }
        for component in subject.config.section(kind).values() {
            if !subject.is_used(kind, &component.id) {
                let message = format!("no pipeline uses the {kind} `{}`", component.id);
                let finding = report.at(component.key, message);
                report.add(finding.note("name it in a pipeline, or remove it"));
            }
        }
    }
}
