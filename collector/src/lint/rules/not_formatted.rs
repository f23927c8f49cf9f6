//! T505: OTTL that is not formatted.

use holt_grammar::diag::Severity;

use crate::config::model::ComponentKind;
use crate::lint::{Report, Rule, Subject};
use crate::ottl::layout::{Layout, NOT_FORMATTED, layout};
use crate::ottl::places::of_component;

pub(super) const RULE: Rule = Rule {
    code: NOT_FORMATTED,
    title: "not formatted",
    severity: Severity::Info,
    explanation: "The blanks of the statement or condition are not those that `holt fmt` writes: one \
round operators and behind commas, none inside parentheses. Nothing is wrong with it; statements that \
all look alike are easier to compare. `holt fmt` and `holt check --fix` mend it and leave everything \
else as it is.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  transform:
    log_statements:
      - set( log.attributes[\"a\"],1 ) where log.body==nil
exporters: {debug: {}}
service: {pipelines: {logs: {receivers: [otlp], processors: [transform], exporters: [debug]}}}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  transform:
    log_statements:
      - set(log.attributes[\"a\"], 1) where log.body == nil
exporters: {debug: {}}
service: {pipelines: {logs: {receivers: [otlp], processors: [transform], exporters: [debug]}}}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for kind in ComponentKind::ALL {
        for component in subject.config.section(kind).values() {
            let texts = of_component(kind, component.id.component_type(), &component.settings);
            for text in &texts {
                // What cannot be read is the compiler's to report.
                if let Layout::Bad(finding) = layout(text, subject.sources) {
                    report.add(finding);
                }
            }
        }
    }
}
