//! The receiver as its clients see it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;
use http::HeaderMap;
use tokio::time::Instant;

use super::Factory;
use crate::component::{
    Component, Host, Kind, Outputs, ReceiverFactory, Refused, Settings, StatusHub,
};
use crate::net::compression::{Encoding, compress};
use crate::net::grpc::client::{CallOptions, Channel, ChannelOptions};
use crate::net::grpc::target::Endpoint;
use crate::net::otlp::export_method;
use crate::net::status::{Code, Status};
use crate::testing::{Recorder, http, node, section, settings, spans_request};

const BOTH: &str = "
protocols:
  grpc: {endpoint: 127.0.0.1:0, include_metadata: true}
  http: {endpoint: 127.0.0.1:0, max_request_body_size: 100000, include_metadata: true}
";

struct Running {
    receiver: Arc<dyn Component>,
    hub: Arc<StatusHub>,
    settings: Settings,
    recorder: Arc<Recorder>,
}

impl Running {
    /// A receiver with a traces pipeline that refuses first as told.
    async fn start(yaml: &str, refusals: impl IntoIterator<Item = Refused>) -> Self {
        let (settings, hub) = settings(Kind::Receiver, "otlp");
        let recorder = Recorder::refusing(refusals);
        let mut outputs = Outputs::default();
        outputs.set(Signal::Traces, recorder.clone());
        let (config, diagnostics) = parse(yaml);
        let receiver = config
            .unwrap_or_else(|| panic!("{diagnostics:?}"))
            .create(settings.clone(), outputs)
            .unwrap();
        receiver.start(&Host::default()).await.unwrap();
        Self { receiver, hub, settings, recorder }
    }

    fn address(&self, protocol: &str) -> String {
        let all = self.hub.listening();
        all.into_iter().find(|one| one.protocol == protocol).unwrap().address
    }

    async fn grpc(
        &self,
        signal: Signal,
        encoding: Encoding,
        message: Bytes,
    ) -> Result<Bytes, Status> {
        let endpoint = Endpoint::parse(&self.address("grpc")).unwrap();
        let channel = Channel::new(ChannelOptions {
            target: endpoint.target,
            authority: endpoint.authority,
            tls: None,
            keepalive: None,
            max_message_size: 1 << 20,
            balancer: Default::default(),
            proxy: None,
            metrics: crate::net::NetworkMetrics::default(),
        });
        let method = channel.method(export_method(signal)).unwrap();
        let timeout = Some(Duration::from_secs(20));
        let options = CallOptions { encoding, timeout, wait_for_ready: false };
        let mut headers = HeaderMap::new();
        headers.insert("x-tenant", "blue".parse().unwrap());
        channel.call(&method, &headers, message, options).await
    }

    async fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> crate::testing::Answer {
        http(&self.address("http"), "POST", "/v1/traces", headers, body).await
    }

    fn total(&self, name: &str) -> u64 {
        self.settings.metrics.total(name)
    }
}

fn parse(yaml: &str) -> (Option<Box<dyn crate::component::ReceiverConfig>>, Vec<Diagnostic>) {
    let (node, id) = (node(yaml), "otlp".parse().unwrap());
    let mut diagnostics = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut diagnostics);
    (config, diagnostics)
}

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");
const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

#[tokio::test]
async fn a_grpc_request_reaches_the_pipeline() {
    let running = Running::start(BOTH, []).await;
    let answer = running.grpc(Signal::Traces, Encoding::Identity, spans_request(3)).await;
    assert_eq!(answer, Ok(Bytes::new()));
    assert_eq!(running.recorder.sizes(), [3]);
    assert_eq!(running.recorder.metadata("X-Tenant"), [["blue"]]);
    assert_eq!(running.total("otelcol_receiver_accepted_spans"), 3);
}

#[tokio::test]
async fn who_sent_a_request_goes_along_in_any_case() {
    use holt_runtime::host::Client;
    let running = Running::start(BOTH.replace("true", "false").as_str(), []).await;
    let answer = running.grpc(Signal::Traces, Encoding::Identity, spans_request(1)).await;
    assert_eq!(answer, Ok(Bytes::new()));
    assert_eq!(running.post(&[PROTOBUF], &spans_request(1)).await.status, 200);
    assert_eq!(running.recorder.metadata("x-tenant"), [[""; 0], [""; 0]]);
    let clients = running.recorder.clients();
    let [Some(grpc), Some(http)] = clients.as_slice() else { panic!("{clients:?}") };
    assert!(grpc.address().unwrap().starts_with("127.0.0.1:"));
    assert_eq!(http.address().unwrap(), "127.0.0.1");
    let metadata = grpc.grpc_metadata();
    let of =
        |key: &str| metadata.iter().find(|(name, _)| *name == key).map(|(_, texts)| texts.clone());
    assert_eq!(of("x-tenant"), Some(vec!["blue"]));
    assert!(of(":authority").is_some() && of("te").is_none());
    assert!(http.grpc_metadata().is_empty());
}

#[tokio::test]
async fn large_grpc_messages_come_through_whole() {
    let running = Running::start(BOTH, []).await;
    let request = spans_request(300_000);
    assert!(request.len() > 2 << 20);
    let answer = running.grpc(Signal::Traces, Encoding::Identity, request).await;
    assert_eq!(answer, Ok(Bytes::new()));
    assert_eq!(running.recorder.sizes(), [300_000]);
}

#[tokio::test]
async fn compressed_grpc_requests_are_read() {
    let running = Running::start(BOTH, []).await;
    for encoding in [Encoding::Gzip, Encoding::Zstd, Encoding::SnappyFramed] {
        let message = compress(encoding, None, &spans_request(5)).unwrap();
        assert_eq!(running.grpc(Signal::Traces, encoding, message).await, Ok(Bytes::new()));
    }
    assert_eq!(running.recorder.sizes(), [5, 5, 5]);
}

#[tokio::test]
async fn grpc_refuses_what_it_cannot_take() {
    let running = Running::start(BOTH, []).await;
    let call = async |signal, encoding, message: Bytes| {
        running.grpc(signal, encoding, message).await.unwrap_err()
    };
    let large = Bytes::from(vec![0; (4 << 20) + 1]);
    let status = call(Signal::Traces, Encoding::Identity, large).await;
    assert_eq!(status.code, Code::ResourceExhausted);
    assert_eq!(status.message, "grpc: received message larger than max (4194305 vs. 4194304)");

    let bomb = compress(Encoding::Gzip, None, &Bytes::from(vec![0; 64 << 20])).unwrap();
    let status = call(Signal::Traces, Encoding::Gzip, bomb).await;
    assert_eq!(status.code, Code::ResourceExhausted);

    let status = call(Signal::Traces, Encoding::Lz4, spans_request(1)).await;
    assert_eq!(status.code, Code::Unimplemented);

    let status = call(Signal::Traces, Encoding::Gzip, spans_request(1)).await;
    assert_eq!(status.code, Code::Internal);

    let status = call(Signal::Logs, Encoding::Identity, spans_request(1)).await;
    assert_eq!(status.code, Code::Unimplemented);
    assert_eq!(status.message, "unknown service opentelemetry.proto.collector.logs.v1.LogsService");

    let status = call(Signal::Traces, Encoding::Identity, Bytes::from_static(b"\x0a\x05a")).await;
    assert_eq!(status.code, Code::Internal);
    assert!(status.message.contains("resource_spans"), "{}", status.message);
    assert!(running.recorder.sizes().is_empty());
}

#[tokio::test]
async fn refusals_become_the_clients_status() {
    let later = Some(Duration::from_millis(1500));
    let refusals = || {
        [
            Refused::retryable("busy"),
            Refused::permanent("never"),
            Refused::retryable("slow down").with_code(Code::ResourceExhausted).with_after(later),
        ]
    };
    let running = Running::start(BOTH, refusals()).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = running.grpc(Signal::Traces, Encoding::Identity, spans_request(1)).await;
        statuses.push(answer.unwrap_err());
    }
    assert_eq!(statuses[0], Status::new(Code::Unavailable, "busy"));
    assert_eq!(statuses[1], Status::new(Code::Internal, "never"));
    let slow_down = Status::new(Code::ResourceExhausted, "slow down").with_retry_after(later);
    assert_eq!(statuses[2], slow_down);
    assert_eq!(running.total("otelcol_receiver_refused_spans"), 3);

    let running = Running::start(BOTH, refusals()).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(running.post(&[PROTOBUF], &spans_request(1)).await);
    }
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [503, 500, 429]);
    assert_eq!(Status::decode(&answers[0].body), Some(Status::new(Code::Unavailable, "busy")));
    assert_eq!(answers[0].headers.get("retry-after"), None);
    assert_eq!(answers[2].headers["retry-after"], "2");
    assert_eq!(Status::decode(&answers[2].body), Some(slow_down));
}

#[tokio::test]
async fn http_takes_protobuf_and_json() {
    let running = Running::start(BOTH, []).await;
    let answer = running.post(&[PROTOBUF, ("x-tenant", "green")], &spans_request(2)).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.headers["content-type"], "application/x-protobuf");

    let json = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}"#;
    let answer = running.post(&[JSON], json.as_bytes()).await;
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"partialSuccess":{}}"#));
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(running.recorder.sizes(), [2, 1]);
    assert_eq!(running.recorder.metadata("x-tenant")[0], ["green"]);
}

#[tokio::test]
async fn http_reads_every_content_encoding() {
    let running = Running::start(BOTH, []).await;
    let names = ["gzip", "zstd", "zlib", "deflate", "snappy", "x-snappy-framed", "lz4"];
    for name in names {
        let encoding = Encoding::from_http(name).unwrap();
        let body = compress(encoding, None, &spans_request(4)).unwrap();
        let answer = running.post(&[PROTOBUF, ("content-encoding", name)], &body).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    }
    assert_eq!(running.recorder.sizes(), [4; 7]);
}

#[tokio::test]
async fn an_empty_request_succeeds_without_the_pipeline() {
    let running = Running::start(BOTH, [Refused::retryable("not asked")]).await;
    assert_eq!(running.post(&[PROTOBUF], b"").await.status, 200);
    assert_eq!(running.post(&[JSON], b"{}").await.status, 200);
    let answer = running.grpc(Signal::Traces, Encoding::Identity, Bytes::new()).await;
    assert_eq!(answer, Ok(Bytes::new()));
    assert_eq!(running.recorder.offers(), 0);
}

#[tokio::test]
async fn http_refuses_what_it_cannot_take() {
    let running = Running::start(BOTH, []).await;
    let address = running.address("http");

    let answer = http(&address, "GET", "/v1/traces", &[], b"").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.text(), "405 method not allowed, supported: [POST]");
    assert_eq!(answer.headers["content-type"], "text/plain");

    let answer = running.post(&[("content-type", "text/html")], b"").await;
    assert_eq!(answer.status, 415);
    assert_eq!(
        answer.text(),
        "415 unsupported media type, supported: [application/json, application/x-protobuf]"
    );

    assert_eq!(http(&address, "POST", "/v1/logs", &[PROTOBUF], b"").await.status, 404);

    let answer = running.post(&[PROTOBUF], b"\x0a\x05a").await;
    assert_eq!(answer.status, 400);
    let status = Status::decode(&answer.body).unwrap();
    assert_eq!(status.code, Code::InvalidArgument);
    assert!(status.message.contains("resource_spans"), "{}", status.message);

    let answer = running.post(&[JSON], b"{\"resourceSpans\": 1}").await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("resourceSpans"), "{}", answer.text());

    let answer = running.post(&[JSON, ("content-encoding", "br")], b"{}").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.text(), r#"{"code":3,"message":"unsupported Content-Encoding: br"}"#);

    let answer = running.post(&[PROTOBUF, ("content-encoding", "gzip")], b"no gzip").await;
    assert_eq!(answer.status, 400);

    let answer = running.post(&[PROTOBUF], &vec![0; 100_001]).await;
    assert_eq!(answer.status, 413);

    let bomb = compress(Encoding::Zstd, None, &Bytes::from(vec![0; 64 << 20])).unwrap();
    let answer = running.post(&[PROTOBUF, ("content-encoding", "zstd")], &bomb).await;
    assert_eq!(answer.status, 413);
    assert!(running.recorder.sizes().is_empty());
}

#[tokio::test]
async fn web_pages_may_send_from_listed_origins() {
    let yaml = "protocols: {http: {endpoint: 127.0.0.1:0, cors: {allowed_origins: ['https://*.example.com'], max_age: 60}}}";
    let running = Running::start(yaml, []).await;
    let address = running.address("http");
    let preflight = |origin: &'static str| {
        let address = address.clone();
        async move {
            let headers = [("origin", origin), ("access-control-request-method", "POST")];
            http(&address, "OPTIONS", "/v1/traces", &headers, b"").await
        }
    };
    let answer = preflight("https://app.example.com").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.headers["access-control-allow-origin"], "https://app.example.com");
    assert_eq!(answer.headers["access-control-max-age"], "60");
    let answer = preflight("https://evil.test").await;
    assert_eq!(answer.headers.get("access-control-allow-origin"), None);
}

#[tokio::test]
async fn stopping_waits_for_open_requests_and_frees_the_ports() {
    let running = Running::start(BOTH, []).await;
    let addresses = [running.address("grpc"), running.address("http")];
    running.grpc(Signal::Traces, Encoding::Identity, spans_request(1)).await.unwrap();
    let stopped = running.receiver.stop(Instant::now() + Duration::from_secs(10)).await;
    assert_eq!(stopped, crate::component::Stopped::default());
    for address in addresses {
        assert!(tokio::net::TcpStream::connect(address).await.is_err());
    }
}

#[test]
fn settings_are_checked() {
    let refusals = |yaml: &str| {
        let (config, diagnostics) = parse(yaml);
        assert!(config.is_none());
        diagnostics.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(refusals("protocols: {}"), ["`receivers::otlp::protocols`: no protocol is named"]);
    let found = refusals("protocols: {grpc: {endpoint: here, max_recv_msg_size_mib: -1}}");
    assert_eq!(found.len(), 2, "{found:?}");
    let found = refusals("protocols: {http: {tls: {ca_file: a}}}");
    assert_eq!(
        found,
        [
            "`receivers::otlp::protocols::http::tls`: a server needs a certificate and its private key"
        ]
    );
    let secure = "protocols: {grpc: {auth: {authenticator: a}, tls: {cert_file: a, key_file: b}}}";
    assert!(parse(secure).0.is_some());
    assert!(parse("protocols: {grpc: }").0.is_some());
    assert!(refusals("protocols: {thrift: {}}")[0].contains("thrift"));
}
