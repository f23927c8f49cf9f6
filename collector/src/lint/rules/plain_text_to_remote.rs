//! S303: telemetry in plain text to another machine.

use holt_grammar::diag::Severity;

use crate::config::model::ComponentKind;
use crate::lint::endpoint::Endpoint;
use crate::lint::subject::{text, truth};
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "S303",
    title: "plain text to another network",
    severity: Severity::Warning,
    explanation: "Telemetry leaves in plain text for a name outside the cluster: attributes, bodies \
and headers, with the credentials in them, can be read and changed on the way. Names without a dot, \
those that end in `.svc` or `.cluster.local` and addresses of private networks are taken to be inside.",
    bad: "exporters: {otlp_grpc: {endpoint: \"otel.example.com:4317\", tls: {insecure: true}}}\n",
    good: "exporters: {otlp_grpc: {endpoint: \"otel.example.com:4317\"}}\n",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for (type_name, exporter) in subject.components(ComponentKind::Exporter) {
        let Some((written, location)) = text(&exporter.settings, &["endpoint"]) else { continue };
        let endpoint = Endpoint::new(written);
        let plain = match type_name {
            "otlp_grpc" => {
                endpoint.scheme != Some("https")
                    && truth(&exporter.settings, &["tls", "insecure"]) == Some(true)
            }
            "otlp_http" | "prometheus_remote_write" => endpoint.scheme == Some("http"),
            _ => false,
        };
        if plain && !is_inside(&endpoint) {
            let message = format!("telemetry for {} leaves in plain text", endpoint.host);
            report.add(report.at(location, message).note("use TLS"));
        }
    }
}

fn is_inside(endpoint: &Endpoint<'_>) -> bool {
    if let Ok(address) = endpoint.host.parse::<std::net::Ipv4Addr>() {
        return address.is_private() || address.is_loopback() || address.is_link_local();
    }
    let host = endpoint.host;
    endpoint.is_local()
        || !host.contains('.')
        || host.contains(':')
        || host.ends_with(".svc")
        || host.ends_with(".local")
        || host.ends_with(".internal")
        || host.contains(".svc.")
}
