//! Both protocols as clients see them.

use std::sync::Arc;

use ::http::HeaderMap;
use prost::Message;

use super::grpc::{NOT_SERVING, Request, Response, SERVICE_UNKNOWN, SERVING};
use crate::component::{ComponentState, Kind};
use crate::net::compression::Encoding;
use crate::net::grpc::client::{CallOptions, Channel, ChannelOptions};
use crate::net::grpc::target::Endpoint;
use crate::net::status::Code;
use crate::service::Running;
use crate::testing::{address_of, http, plan, soon, start};

const YAML: &str = "
receivers: {nop: }
exporters: {nop: }
extensions:
  healthcheckv2:
    http: {endpoint: '127.0.0.1:0', config: {enabled: true}}
    grpc: {endpoint: '127.0.0.1:0'}
    component_health: {include_permanent_errors: true}
service:
  extensions: [healthcheckv2]
  pipelines: {traces: {receivers: [nop], exporters: [nop]}}
";

async fn status(running: &Running, query: &str) -> (u16, serde_json::Value) {
    let path = format!("/status{query}");
    let answer = http(&address_of(running, "http"), "GET", &path, &[], b"").await;
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

async fn check(running: &Running, service: &str) -> Result<i32, Code> {
    let endpoint = Endpoint::parse(&address_of(running, "grpc")).unwrap();
    let channel = Arc::new(Channel::new(ChannelOptions {
        target: endpoint.target,
        authority: endpoint.authority,
        tls: None,
        keepalive: None,
        max_message_size: 1 << 10,
        balancer: Default::default(),
        proxy: None,
        metrics: crate::net::NetworkMetrics::default(),
    }));
    let method = channel.method("/grpc.health.v1.Health/Check").unwrap();
    let request = Request { service: service.to_owned() }.encode_to_vec();
    let options = CallOptions { encoding: Encoding::Identity, timeout: None, wait_for_ready: true };
    let answer = channel.call(&method, &HeaderMap::new(), request.into(), options).await;
    answer.map(|answer| Response::decode(answer).unwrap().status).map_err(|status| status.code)
}

fn fail(running: &Running, state: ComponentState) {
    let status = running.status();
    let reporter = status.register(Kind::Exporter, "culprit".parse().unwrap());
    reporter.belongs_to(vec!["traces".parse().unwrap()]);
    reporter.report(ComponentState::Starting);
    reporter.report(state);
}

#[tokio::test]
async fn a_healthy_collector_says_so() {
    let running = start(YAML).await;
    let (code, body) = status(&running, "").await;
    assert_eq!((code, &body["status"], &body["healthy"]), (200, &"StatusOK".into(), &true.into()));
    assert!(body["start_time"].is_string() && body.get("components").is_none(), "{body}");
    let (_, body) = status(&running, "?verbose").await;
    let traces = &body["components"]["pipeline:traces"];
    assert_eq!(traces["components"]["receiver:nop"]["status"], "StatusOK", "{body}");
    let extensions = &body["components"]["extensions"]["components"];
    assert_eq!(extensions["extension:healthcheckv2"]["status"], "StatusOK", "{body}");
    assert_eq!(status(&running, "?pipeline=traces").await.0, 200);
    assert_eq!(status(&running, "?pipeline=logs").await.0, 404);
    running.stop().await;
}

#[tokio::test]
async fn a_failed_component_makes_its_pipeline_unhealthy() {
    let running = start(YAML).await;
    fail(&running, ComponentState::RecoverableError("it will pass".to_owned()));
    let (code, body) = status(&running, "?pipeline=traces").await;
    assert_eq!((code, &body["error"]), (200, &"it will pass".into()), "{body}");
    fail(&running, ComponentState::PermanentError("broken".to_owned()));
    let (code, body) = status(&running, "?pipeline=traces&verbose").await;
    assert_eq!(code, 500);
    assert_eq!((&body["healthy"], &body["error"]), (&false.into(), &"broken".into()));
    assert_eq!(body["status"], "StatusPermanentError");
    assert_eq!(status(&running, "?pipeline=extensions").await.0, 200);
    running.stop().await;
}

#[tokio::test]
async fn clients_of_grpc_are_told_too() {
    let running = start(YAML).await;
    assert_eq!(check(&running, "").await, Ok(SERVING));
    assert_eq!(check(&running, "traces").await, Ok(SERVING));
    assert_eq!(check(&running, "logs").await, Err(Code::NotFound));
    fail(&running, ComponentState::PermanentError("broken".to_owned()));
    assert_eq!(check(&running, "traces").await, Ok(NOT_SERVING));
    running.stop().await;
}

/// The answers to a watch, and how it ends.
async fn watch(running: &Running, service: &str) -> h2::RecvStream {
    let address = address_of(running, "grpc");
    let socket = tokio::net::TcpStream::connect(&address).await.unwrap();
    let (client, connection) = h2::client::handshake(socket).await.unwrap();
    tokio::spawn(connection);
    let request = ::http::Request::post(format!("http://{address}/grpc.health.v1.Health/Watch"));
    let request = request.header("content-type", "application/grpc").body(()).unwrap();
    let (answer, mut body) = client.ready().await.unwrap().send_request(request, false).unwrap();
    let message = Request { service: service.to_owned() }.encode_to_vec();
    let mut framed = vec![0, 0, 0, 0, u8::try_from(message.len()).unwrap()];
    framed.extend(message);
    body.send_data(framed.into(), true).unwrap();
    soon(answer).await.unwrap().into_body()
}

async fn told(watch: &mut h2::RecvStream) -> Option<i32> {
    let frame = soon(watch.data()).await?.unwrap();
    Some(Response::decode(&frame[5..]).unwrap().status)
}

#[tokio::test]
async fn watches_are_told_of_changes() {
    let running = start(YAML).await;
    let mut traces = watch(&running, "traces").await;
    let mut unknown = watch(&running, "logs").await;
    assert_eq!(told(&mut traces).await, Some(SERVING));
    assert_eq!(told(&mut unknown).await, Some(SERVICE_UNKNOWN));
    fail(&running, ComponentState::RecoverableError("it will pass".to_owned()));
    fail(&running, ComponentState::PermanentError("broken".to_owned()));
    assert_eq!(told(&mut traces).await, Some(NOT_SERVING));
    soon(running.stop()).await;
    // Components stop one after the other, so what else is told depends on the moment.
    while told(&mut traces).await.is_some() {}
    let trailers = traces.trailers().await.unwrap().unwrap();
    assert_eq!(trailers["grpc-status"], "1");
    assert_eq!(trailers["grpc-message"], "Server shutting down.");
}

#[tokio::test]
async fn a_protocol_must_be_named() {
    let (_, diagnostics) =
        plan("{extensions: {healthcheckv2: }, service: {extensions: [healthcheckv2]}}");
    let text = format!("{diagnostics:?}");
    assert!(text.contains("must specify at least one protocol"), "{text}");
}
