//! N403: gRPC in plain text to a web port.

use holt_grammar::diag::Severity;

use crate::config::model::ComponentKind;
use crate::lint::endpoint::Endpoint;
use crate::lint::subject::{text, truth};
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "N403",
    title: "gRPC in plain text to a web port",
    severity: Severity::Warning,
    explanation: "The gRPC exporter is sent to port 80 or 443 in plain text. What listens there is \
mostly a web server or an ingress that speaks HTTP/1.1, which answers a gRPC client with errors, \
and what it lets through is readable on the way. Where the other side takes OTLP over HTTP, use \
`otlp_http`; otherwise name the gRPC port, such as 4317, or use TLS.",
    bad: "\
exporters:
  otlp_grpc:
    endpoint: http://gateway.example.com:80
    tls: {insecure: true}
",
    good: "\
exporters:
  otlp_http:
    endpoint: http://gateway.example.com:80
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for exporter in subject.of_type(ComponentKind::Exporter, &["otlp_grpc"]) {
        let Some((written, location)) = text(&exporter.settings, &["endpoint"]) else { continue };
        let endpoint = Endpoint::new(written);
        let port = match (endpoint.port, endpoint.scheme) {
            (Some(port @ ("80" | "443")), _) => port,
            (None, Some("http")) => "80",
            _ => continue,
        };
        if truth(&exporter.settings, &["tls", "insecure"]) == Some(true)
            && endpoint.scheme != Some("https")
        {
            let message =
                format!("gRPC in plain text to port {port}, which speaks HTTP/1.1 mostly");
            report.add(report.at(location, message).note(format!(
                "if the other side takes OTLP over HTTP, use `otlp_http` with `endpoint: \
                 http://{}:{port}`; for gRPC name its port, mostly 4317",
                endpoint.host
            )));
        }
    }
}
