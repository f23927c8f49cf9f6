//! S301: a listener on every address of the machine.

use holt_grammar::diag::{Applicability, Severity};

use crate::lint::edits::replace;
use crate::lint::endpoint::Endpoint;
use crate::lint::listeners::listeners;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "S301",
    title: "listener on every address",
    severity: Severity::Warning,
    explanation: "An address such as 0.0.0.0 is that of every network the machine is in: whoever \
reaches one of them can send telemetry, or read what is served. In a pod that a Service leads to \
this is needed, and a network policy should say who may connect: write `${env:MY_POD_IP}` to listen \
on the pod's address alone, or silence the finding with a comment that says why. On a machine of its \
own, `localhost` is enough for senders beside it.",
    bad: "\
receivers: {otlp: {protocols: {grpc: {endpoint: 0.0.0.0:4317}}}}
exporters: {debug: {}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}
",
    good: "\
receivers: {otlp: {protocols: {grpc: {endpoint: localhost:4317}}}}
exporters: {debug: {}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}
",
    check,
};

/// Told apart by S306; a health check is for those outside.
const OTHERS: &[&str] = &["pprof", "zpages", "health_check"];

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for listener in listeners(*subject) {
        let endpoint = Endpoint::new(listener.address);
        if !endpoint.is_everywhere() || listener.is_default || OTHERS.contains(&listener.type_name)
        {
            continue;
        }
        let message = format!("the {} `{}` listens on every address", listener.kind, listener.id);
        let mut finding = report
            .at(listener.location, message)
            .note("use `localhost`, or in a pod `${env:MY_POD_IP}`, if senders allow it");
        if let Some(port) = endpoint.port {
            finding = finding.fix(replace(
                listener.location,
                format!("localhost:{port}"),
                "listen on this machine only",
                Applicability::Unsafe,
            ));
        }
        report.add(finding);
    }
}
