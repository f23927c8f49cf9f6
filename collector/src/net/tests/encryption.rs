//! TLS between two services: who is let in, what is said of those who are not, and certificates
//! that are replaced.

use crate::net::status::Status;
use crate::service::Running;
use crate::testing::{Answer, Authority, Validity, address_of, http, plan, spans_request, start};

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

/// A gateway that listens with TLS on both protocols.
async fn gateway(tls: &str) -> Running {
    start(&format!(
        "
receivers:
  otlp:
    protocols:
      grpc: {{endpoint: '127.0.0.1:0', tls: {{{tls}}}}}
      http: {{endpoint: '127.0.0.1:0', tls: {{{tls}}}}}
exporters: {{nop: }}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [nop]}}}}}}
"
    ))
    .await
}

/// An agent that takes plain HTTP and sends to the gateway.
async fn agent(exporter: &str, endpoint: &str, tls: &str) -> Running {
    start(&format!(
        "
receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}}}
exporters:
  {exporter}:
    endpoint: '{endpoint}'
    tls: {{{tls}}}
    sending_queue: {{enabled: false}}
    retry_on_failure: {{enabled: false}}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [{exporter}]}}}}}}
"
    ))
    .await
}

async fn send(agent: &Running) -> Answer {
    let address = address_of(agent, "http");
    http(&address, "POST", "/v1/traces", &[PROTOBUF], &spans_request(1)).await
}

fn message(answer: &Answer) -> String {
    Status::decode(&answer.body).map(|status| status.message).unwrap_or_default()
}

/// The exporters with the endpoint of the gateway for each.
fn exporters(gateway: &Running) -> [(&'static str, String); 2] {
    let http = address_of(gateway, "http");
    let port = http.rsplit(':').next().unwrap();
    [
        ("otlp_grpc", address_of(gateway, "grpc").replace("127.0.0.1", "localhost")),
        ("otlp_http", format!("https://localhost:{port}")),
    ]
}

#[tokio::test]
async fn telemetry_passes_with_certificates_on_both_sides() {
    let authority = Authority::new();
    authority.issue("gateway", "localhost", Validity::Now);
    authority.issue("agent", "agent", Validity::Now);
    let ca = authority.ca();
    let gateway =
        gateway(&format!("{}, client_ca_file: '{ca}'", authority.identity("gateway"))).await;
    let versions =
        ["", ", max_version: '1.2'", ", min_version: '1.3'", ", curve_preferences: [P256]"];
    for (exporter, endpoint) in exporters(&gateway) {
        for version in versions {
            let tls = format!("ca_file: '{ca}', {}{version}", authority.identity("agent"));
            let agent = agent(exporter, &endpoint, &tls).await;
            let answer = send(&agent).await;
            assert_eq!(answer.status, 200, "{exporter} {version}: {}", message(&answer));
            agent.stop().await;
        }
    }
    assert_eq!(gateway.metrics().total("otelcol_receiver_accepted_spans"), 8);
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_peer_is_told_in_plain_words() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    authority.issue("gateway", "localhost", Validity::Now);
    authority.issue("elsewhere", "elsewhere.example", Validity::Now);
    authority.issue("expired", "localhost", Validity::Past);
    authority.issue("early", "localhost", Validity::Future);
    stranger.issue("agent", "agent", Validity::Now);
    let (ca, other_ca) = (authority.ca(), stranger.ca());
    let trusted = format!("ca_file: '{ca}'");
    let mutual = format!("{}, client_ca_file: '{ca}'", authority.identity("gateway"));
    let cases = [
        (authority.identity("expired"), trusted.clone(), "has expired on 2001-01-01"),
        (authority.identity("early"), trusted.clone(), "is not valid before 3999-01-01"),
        (authority.identity("gateway"), format!("ca_file: '{other_ca}'"), "that is not trusted"),
        (
            authority.identity("elsewhere"),
            trusted.clone(),
            "but for DnsName(\"elsewhere.example\")",
        ),
        (mutual.clone(), trusted.clone(), "it asks for a client certificate"),
        (
            mutual,
            format!("{trusted}, {}", stranger.identity("agent")),
            "it does not know the authority that signed the certificate of this end",
        ),
    ];
    for (server, client, words) in cases {
        let gateway = gateway(&server).await;
        for (exporter, endpoint) in exporters(&gateway) {
            let agent = agent(exporter, &endpoint, &client).await;
            let answer = send(&agent).await;
            let message = message(&answer);
            // Somebody may mend the certificate: worth another try.
            assert_eq!(answer.status, 503, "{exporter}: {message}");
            assert!(message.contains(words), "{exporter}: {message}\nand not: {words}");
            agent.stop().await;
        }
        gateway.stop().await;
    }
}

#[tokio::test]
async fn a_name_can_be_overridden_and_verification_left_out() {
    let authority = Authority::new();
    authority.issue("elsewhere", "elsewhere.example", Validity::Now);
    let gateway = gateway(&authority.identity("elsewhere")).await;
    let ca = authority.ca();
    let clients = [
        format!("ca_file: '{ca}', server_name_override: elsewhere.example"),
        "insecure_skip_verify: true".to_owned(),
    ];
    for (exporter, endpoint) in exporters(&gateway) {
        for client in &clients {
            let agent = agent(exporter, &endpoint, client).await;
            let answer = send(&agent).await;
            assert_eq!(answer.status, 200, "{exporter} {client}: {}", message(&answer));
            agent.stop().await;
        }
    }
    gateway.stop().await;
}

#[tokio::test]
async fn replaced_certificates_are_used_for_new_connections() {
    let authority = Authority::new();
    authority.issue("gateway", "localhost", Validity::Past);
    let often = "reload_interval: 1ms";
    let gateway = gateway(&format!("{}, {often}", authority.identity("gateway"))).await;
    let client = format!("ca_file: '{}', {often}", authority.ca());
    let mut agents = Vec::new();
    for (exporter, endpoint) in exporters(&gateway) {
        let agent = agent(exporter, &endpoint, &client).await;
        assert_eq!(send(&agent).await.status, 503);
        agents.push(agent);
    }
    authority.issue("gateway", "localhost", Validity::Now);
    for agent in &agents {
        let answer = send(agent).await;
        assert_eq!(answer.status, 200, "{}", message(&answer));
    }
    // A key that does not belong to the certificate: the former pair stays in use.
    std::fs::write(authority.path("gateway.pem"), "broken").unwrap();
    for (exporter, endpoint) in exporters(&gateway) {
        let agent = agent(exporter, &endpoint, &client).await;
        assert_eq!(send(&agent).await.status, 200);
        agents.push(agent);
    }
    for agent in agents {
        agent.stop().await;
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_client_reads_its_files_again_too() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    authority.issue("gateway", "localhost", Validity::Now);
    authority.issue("agent", "agent", Validity::Past);
    let ca = authority.path("both.pem");
    std::fs::copy(stranger.ca(), &ca).unwrap();
    let tls = format!("{}, client_ca_file: '{}'", authority.identity("gateway"), authority.ca());
    let gateway = gateway(&tls).await;
    let client = format!(
        "ca_file: '{}', {}, reload_interval: 1ms",
        ca.display(),
        authority.identity("agent")
    );
    for (exporter, endpoint) in exporters(&gateway) {
        std::fs::copy(stranger.ca(), &ca).unwrap();
        authority.issue("agent", "agent", Validity::Past);
        let agent = agent(exporter, &endpoint, &client).await;
        assert!(message(&send(&agent).await).contains("is not trusted"));
        std::fs::copy(authority.ca(), &ca).unwrap();
        let answer = send(&agent).await;
        assert!(message(&answer).contains("has expired there"), "{}", message(&answer));
        authority.issue("agent", "agent", Validity::Now);
        let answer = send(&agent).await;
        assert_eq!(answer.status, 200, "{exporter}: {}", message(&answer));
        agent.stop().await;
    }
    gateway.stop().await;
}

#[test]
fn parameters_are_checked() {
    let messages = |tls: &str| {
        let yaml = format!(
            "
receivers: {{otlp: {{protocols: {{grpc: {{tls: {{{tls}}}}}}}}}}}
exporters: {{nop: }}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [nop]}}}}}}
"
        );
        let (_, diagnostics) = plan(&yaml);
        diagnostics.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    let pair = "cert_file: a, key_file: b";
    assert_eq!(messages(pair), [""; 0]);
    let good = "cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256], curve_preferences: [P384]";
    assert_eq!(messages(&format!("{pair}, {good}")), [""; 0]);
    assert!(messages("ca_file: a")[0].contains("needs a certificate"));
    assert!(messages("cert_file: a")[0].contains("belong together"));
    let cases = [
        ("cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]", "not supported yet"),
        ("cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]", "no secure cipher suite"),
        (
            "cipher_suites: [TLS_RSA_WITH_RC4_128_SHA], include_insecure_cipher_suites: true",
            "not supported yet",
        ),
        ("cipher_suites: [AES]", "no secure cipher suite"),
        ("curve_preferences: [P521]", "not supported yet"),
        ("curve_preferences: [P522]", "is no curve"),
        ("min_version: '1.1'", "not supported yet"),
        ("min_version: '1.3', max_version: '1.2'", "newer than `max_version`"),
    ];
    for (setting, words) in cases {
        let found = messages(&format!("{pair}, {setting}"));
        assert!(found[0].contains(words), "{setting}: {found:?}");
    }
}
