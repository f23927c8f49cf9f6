//! N405: the port of the other OTLP protocol.

use holt_grammar::diag::{Applicability, Severity};

use crate::config::model::ComponentKind;
use crate::lint::edits::replace;
use crate::lint::endpoint::Endpoint;
use crate::lint::subject::text;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "N405",
    title: "port of the other OTLP protocol",
    severity: Severity::Warning,
    explanation: "By convention OTLP over gRPC has port 4317 and OTLP over HTTP port 4318. An \
exporter of the one protocol that is sent to the port of the other gets protocol errors from a \
server that follows the convention. Change the port, or use the other exporter.",
    bad: "exporters: {otlp_grpc: {endpoint: gateway:4318}}\n",
    good: "exporters: {otlp_grpc: {endpoint: gateway:4317}}\n",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (type_name, exporter) in subject.components(ComponentKind::Exporter) {
        let (wrong, right, other) = match type_name {
            "otlp_grpc" => ("4318", "4317", "otlp_http"),
            "otlp_http" => ("4317", "4318", "otlp_grpc"),
            _ => continue,
        };
        let Some((written, location)) = text(&exporter.settings, &["endpoint"]) else { continue };
        if Endpoint::new(written).port != Some(wrong) {
            continue;
        }
        let message = format!("port {wrong} is that of `{other}` by convention");
        let corrected = written.replace(&format!(":{wrong}"), &format!(":{right}"));
        let finding = report
            .at(location, message)
            .note(format!("use port {right}, or the exporter `{other}`"))
            .fix(replace(location, corrected, "use the other port", Applicability::Unsafe));
        report.add(finding);
    }
}
