//! P110: two listeners on one address.

use holt_grammar::diag::Severity;

use crate::lint::listeners::listeners;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "P110",
    title: "two listeners on one address",
    severity: Severity::Error,
    explanation: "Two components listen on the same port of the same address, or one of them on \
every address of the machine. Whichever starts second fails with `address already in use`, and the \
collector does not start. Give one of them another port.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {endpoint: 0.0.0.0:4317}}}, otlp/2: {protocols: {grpc: {}}}}
exporters: {debug: {}}
service: {pipelines: {traces: {receivers: [otlp, otlp/2], exporters: [debug]}}}
",
    good: "\
receivers:
  otlp: {protocols: {grpc: {endpoint: 0.0.0.0:4317}}}
  otlp/2: {protocols: {grpc: {endpoint: 0.0.0.0:14317}}}
exporters: {debug: {}}
service: {pipelines: {traces: {receivers: [otlp, otlp/2], exporters: [debug]}}}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    let all = listeners(*subject);
    for (index, second) in all.iter().enumerate() {
        let earlier = all.iter().take(index);
        for first in earlier.filter(|first| first.collides(second)) {
            let message = format!(
                "the {} `{}` and the {} `{}` listen on the same address",
                first.kind, first.id, second.kind, second.id
            );
            let finding = report.at(second.location, message);
            let what = if first.is_default { "the default of this one" } else { "the other one" };
            let mut finding = finding.label(first.location, format!("{what}: {}", first.address));
            if second.is_default {
                finding = finding.note(format!("its default is {}", second.address));
            }
            report.add(finding.note("give one of them another port"));
        }
    }
}
