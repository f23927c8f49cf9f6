//! Who is let in by servers, from the headers of a request to what statements see.

use bytes::Bytes;
use http::HeaderMap;

use crate::net::compression::Encoding;
use crate::net::grpc::client::{Balancer, CallOptions, Channel, ChannelOptions};
use crate::net::grpc::target::Endpoint;
use crate::net::otlp::export_method;
use crate::net::status::{Code, Status};
use crate::service::{Running, Service, ServiceOptions};
use crate::telemetry::Handles;
use crate::testing::{Backend, address_of, http, plan, spans_request, start};

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

/// A gateway that asks both protocols for a token.
async fn gateway(auth: &str) -> Running {
    start(&format!(
        "
receivers:
  otlp:
    protocols:
      grpc: {{endpoint: '127.0.0.1:0', auth: {{{auth}}}}}
      http: {{endpoint: '127.0.0.1:0', auth: {{{auth}}}}}
exporters: {{nop: }}
extensions: {{bearertokenauth: {{token: t}}}}
service:
  extensions: [bearertokenauth]
  pipelines: {{traces: {{receivers: [otlp], exporters: [nop]}}}}
"
    ))
    .await
}

async fn grpc(gateway: &Running, header: Option<&str>) -> Result<Bytes, Status> {
    let endpoint = Endpoint::parse(&address_of(gateway, "grpc")).unwrap();
    let channel = Channel::new(ChannelOptions {
        target: endpoint.target,
        authority: endpoint.authority,
        tls: None,
        keepalive: None,
        max_message_size: 1 << 20,
        balancer: Balancer::default(),
        proxy: None,
        metrics: crate::net::NetworkMetrics::default(),
    });
    let method = channel.method(export_method(holt_pdata::Signal::Traces)).unwrap();
    let mut headers = HeaderMap::new();
    if let Some(header) = header {
        headers.insert("authorization", header.parse().unwrap());
    }
    let options =
        CallOptions { encoding: Encoding::Identity, timeout: None, wait_for_ready: false };
    channel.call(&method, &headers, spans_request(1), options).await
}

#[tokio::test]
async fn only_those_with_credentials_come_in() {
    let gateway = gateway("authenticator: bearertokenauth").await;
    let address = address_of(&gateway, "http");
    let request = spans_request(1);
    let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &request).await;
    assert_eq!(answer.status, 401);
    let status = Status::decode(&answer.body).unwrap();
    assert_eq!(status.code, Code::Unauthenticated);
    assert_eq!(status.message, "missing or empty authorization header: Authorization");
    let good = [PROTOBUF, ("authorization", "Bearer t")];
    let answer = http(&address, "POST", "/v1/traces", &good, &request).await;
    assert_eq!(answer.status, 200);

    let refused = grpc(&gateway, Some("Bearer x")).await.unwrap_err();
    assert_eq!(refused.code, Code::Unauthenticated);
    assert_eq!(refused.message, "provided authorization does not match expected scheme or token");
    assert!(grpc(&gateway, Some("Bearer t")).await.is_ok());
    assert_eq!(gateway.metrics().total("otelcol_receiver_accepted_spans"), 2);
    gateway.stop().await;
}

#[tokio::test]
async fn a_query_parameter_can_stand_for_a_header() {
    let auth = "authenticator: bearertokenauth, request_params: [authorization]";
    let gateway = gateway(auth).await;
    let address = address_of(&gateway, "http");
    let path = "/v1/traces?authorization=Bearer%20t";
    let answer = http(&address, "POST", path, &[PROTOBUF], &spans_request(1)).await;
    assert_eq!(answer.status, 200);
    let wrong = [PROTOBUF, ("authorization", "Bearer t")];
    let path = "/v1/traces?authorization=x";
    let answer = http(&address, "POST", path, &wrong, &spans_request(1)).await;
    assert_eq!(answer.status, 401);
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_known_about_a_client_goes_along() {
    let backend = Backend::start([]).await;
    let yaml = format!(
        "
receivers:
  otlp:
    protocols:
      http: {{endpoint: '127.0.0.1:0', auth: {{authenticator: basicauth}}}}
exporters:
  otlp_grpc:
    endpoint: '{}'
    tls: {{insecure: true}}
    sending_queue: {{enabled: false}}
    auth: {{authenticator: headers_setter}}
extensions:
  basicauth: {{htpasswd: {{inline: 'agent:secret'}}}}
  headers_setter: {{headers: [{{key: X-User, from_context: auth.username}}]}}
service:
  extensions: [headers_setter, basicauth]
  pipelines: {{traces: {{receivers: [otlp], exporters: [otlp_grpc]}}}}
",
        backend.address
    );
    let gateway = start(&yaml).await;
    let address = address_of(&gateway, "http");
    let headers = [PROTOBUF, ("authorization", "Basic YWdlbnQ6c2VjcmV0")];
    let answer = http(&address, "POST", "/v1/traces", &headers, &spans_request(1)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(backend.call(0).0["x-user"], "agent");
    gateway.stop().await;
}

#[tokio::test]
async fn authenticators_that_are_none_are_named_at_the_start() {
    let failure = async |auth: &str, exporter: &str| {
        let yaml = format!(
            "
receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'{auth}}}}}}}}}
exporters: {{otlp_grpc: {{endpoint: 'h:1', tls: {{insecure: true}}{exporter}}}}}
extensions: {{basicauth: {{client_auth: {{username: a}}}}, bearertokenauth: {{token: t}}}}
service:
  extensions: [basicauth, bearertokenauth]
  pipelines: {{traces: {{receivers: [otlp], exporters: [otlp_grpc]}}}}
"
        );
        let (plan, _) = plan(&yaml);
        let service =
            Service::build(&plan, &Handles::default(), ServiceOptions::default()).unwrap();
        service.start().await.map(|_| ()).unwrap_err().to_string()
    };
    let server = |id: &str| format!(", auth: {{authenticator: {id}}}");
    let missing = failure(&server("oidc"), "").await;
    assert!(
        missing.ends_with("failed to resolve authenticator \"oidc\": authenticator not found"),
        "{missing}"
    );
    let kind = failure(&server("basicauth"), "").await;
    assert!(kind.ends_with("requested authenticator is not a server authenticator"), "{kind}");
    let plain = failure("", &server("bearertokenauth")).await;
    assert!(plain.contains("require transport level security"), "{plain}");
}
