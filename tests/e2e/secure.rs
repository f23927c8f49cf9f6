//! Agents and gateways that know each other: certificates on both sides, tokens and passwords, and
//! certificates that expire and are replaced.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

use crate::backend::Backend;
use crate::client::{self, PATHS, PROTOBUF};
use crate::common::{Running, Sandbox, poll};
use crate::telemetry;

/// An authority; it signs into a directory.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Writes `NAME.pem` and `NAME.key`, valid until the start of a year.
    fn issue(&self, directory: &Path, name: &str, until: i32) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(directory.join(format!("{name}.key")), key.serialize_pem()).unwrap();
        std::fs::write(directory.join(format!("{name}.pem")), certificate.pem()).unwrap();
    }
}

/// A directory with the certificates of both, that of the gateway valid until the start of a year.
fn sandbox(authority: &Authority, gateway_until: i32) -> Sandbox {
    let sandbox = Sandbox::new()
        .file("ca.pem", &authority.pem)
        .file("token", "t0ken\n")
        .file("users", "agent:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n");
    authority.issue(sandbox.path(), "gateway", gateway_until);
    authority.issue(sandbox.path(), "agent", 4000);
    sandbox
}

const SERVER_TLS: &str = "tls: {cert_file: gateway.pem, key_file: gateway.key, client_ca_file: \
                          ca.pem, reload_interval: 10ms}";
const CLIENT_TLS: &str = "tls: {ca_file: ca.pem, cert_file: agent.pem, key_file: agent.key}";

fn gateway(sandbox: &Sandbox, backend: &Backend) -> Running {
    let configuration = format!(
        "
extensions:
  bearertokenauth: {{filename: token}}
  basicauth: {{htpasswd: {{file: users}}}}
receivers:
  otlp:
    protocols:
      grpc: {{endpoint: '127.0.0.1:0', auth: {{authenticator: bearertokenauth}}, {SERVER_TLS}}}
      http: {{endpoint: '127.0.0.1:0', auth: {{authenticator: basicauth}}, {SERVER_TLS}}}
exporters: {{otlp_http: {{endpoint: '{}', compression: none}}}}
service:
  extensions: [bearertokenauth, basicauth]
  pipelines: {{traces: {{receivers: [otlp], exporters: [otlp_http]}}}}
",
        backend.url()
    );
    std::fs::write(sandbox.path().join("gateway.yaml"), configuration).unwrap();
    let running = sandbox.start(&["--config", "gateway.yaml"]);
    running.ready();
    running
}

fn agent(sandbox: &Sandbox, exporter: &str, endpoint: &str, auth: &str) -> Running {
    let configuration = format!(
        "
extensions:
  bearertokenauth: {{filename: token}}
  basicauth: {{client_auth: {{username: agent, password: secret}}}}
receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}}}
exporters:
  {exporter}:
    endpoint: '{endpoint}'
    auth: {{authenticator: {auth}}}
    retry_on_failure: {{initial_interval: 20ms, max_interval: 50ms}}
    {CLIENT_TLS}
service:
  extensions: [bearertokenauth, basicauth]
  pipelines: {{traces: {{receivers: [otlp], exporters: [{exporter}]}}}}
"
    );
    std::fs::write(sandbox.path().join("agent.yaml"), configuration).unwrap();
    let running = sandbox.start(&["--config", "agent.yaml"]);
    running.ready();
    running
}

fn send(agent: &Running) {
    let [traces, ..] = telemetry::encoded();
    let answer = client::post(&agent.http(), PATHS[0], &[PROTOBUF], &traces);
    assert_eq!(answer.status, 200);
}

fn port(address: &str) -> &str {
    address.rsplit(':').next().unwrap()
}

#[test]
fn telemetry_passes_with_certificates_and_tokens_or_passwords() {
    let (authority, backend) = (Authority::new(), Backend::start());
    let sandbox = sandbox(&authority, 4000);
    let gateway = gateway(&sandbox, &backend);
    let (grpc, http) = (gateway.grpc(), gateway.http());
    let agents = [
        ("otlp_grpc", format!("localhost:{}", port(&grpc)), "bearertokenauth"),
        ("otlp_http", format!("https://localhost:{}", port(&http)), "basicauth"),
    ];
    for (index, (exporter, endpoint, auth)) in agents.iter().enumerate() {
        let agent = agent(&sandbox, exporter, endpoint, auth);
        send(&agent);
        poll(|| backend.traces().len() == index + 1).unwrap_or_else(|()| panic!("{}", agent.log()));
        assert_eq!(agent.terminate().code, Some(0));
    }
    assert_eq!(gateway.terminate().code, Some(0));
}

#[test]
fn an_expired_certificate_is_named_and_replaced_without_a_restart() {
    let (authority, backend) = (Authority::new(), Backend::start());
    let sandbox = sandbox(&authority, 2001);
    let gateway = gateway(&sandbox, &backend);
    let line = gateway.log_line("gateway.pem");
    assert!(line.contains("has expired on 2001-01-01"), "{line}");
    let endpoint = format!("localhost:{}", port(&gateway.grpc()));
    let agent = agent(&sandbox, "otlp_grpc", &endpoint, "bearertokenauth");
    send(&agent);
    agent.log_line("the certificate of the other side has expired on 2001-01-01");
    assert_eq!(backend.traces().len(), 0);
    authority.issue(sandbox.path(), "gateway", 4000);
    poll(|| backend.traces().len() == 1).unwrap_or_else(|()| panic!("{}", agent.log()));
    gateway.log_line("Certificates have changed and are in use");
    agent.terminate();
    gateway.terminate();
}
