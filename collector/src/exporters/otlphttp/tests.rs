//! The exporter against an HTTP server that answers as told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::net::compression::{Encoding, decompress};
use crate::net::http::server::{Handler, HttpServerOptions, serve};
use crate::net::listen::{Listener, Transport};
use crate::net::status::{Code, Status};
use crate::testing::{address_of, http, plan, spans_request, start};

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

#[derive(Default)]
struct Server {
    requests: Mutex<Vec<(String, HeaderMap, Bytes)>>,
    answers: Mutex<VecDeque<Response<Full<Bytes>>>>,
}

#[async_trait]
impl Handler for Server {
    async fn handle(
        &self,
        request: Request<Incoming>,
        _peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        self.requests.lock().unwrap().push((head.uri.path().to_owned(), head.headers, body));
        self.answers.lock().unwrap().pop_front().unwrap_or_default()
    }
}

async fn server(answers: Vec<Response<Full<Bytes>>>) -> (Arc<Server>, String, DropGuard) {
    let server = Arc::new(Server { answers: Mutex::new(answers.into()), ..Server::default() });
    let listener = Listener::bind(Transport::Tcp, "127.0.0.1:0").await.unwrap();
    let address = listener.address();
    let stop = CancellationToken::new();
    let options = HttpServerOptions::default();
    tokio::spawn(serve(listener, server.clone(), options, |_| {}, stop.clone()));
    (server, address, stop.drop_guard())
}

fn yaml(endpoint: &str, rest: &str) -> String {
    format!(
        "
receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}}}
exporters:
  otlp_http:
    {endpoint}
    sending_queue: {{enabled: false}}
    retry_on_failure: {{enabled: false}}
{rest}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [otlp_http]}}}}}}
"
    )
}

#[tokio::test]
async fn requests_arrive_in_every_encoding() {
    let (server, address, _stop) = server(Vec::new()).await;
    let request = spans_request(6);
    let names = ["gzip", "zstd", "zlib", "deflate", "snappy", "x-snappy-framed", "lz4", "none"];
    for name in names {
        let endpoint = format!("endpoint: 'http://{address}/'");
        let settings = format!("    compression: {name}\n    headers: {{X-Key: a}}");
        let running = start(&yaml(&endpoint, &settings)).await;
        let receiver = address_of(&running, "http");
        let answer = http(&receiver, "POST", "/v1/traces", &[PROTOBUF], &request).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        let (path, headers, body) = server.requests.lock().unwrap().pop().unwrap();
        assert_eq!(path, "/v1/traces");
        assert_eq!(headers["content-type"], "application/x-protobuf");
        assert_eq!(headers["x-key"], "a");
        let encoding = match headers.get("content-encoding") {
            Some(encoding) => Encoding::from_http(encoding.to_str().unwrap()).unwrap(),
            None => Encoding::Identity,
        };
        assert_eq!(headers.contains_key("content-encoding"), name != "none");
        assert_eq!(decompress(encoding, body, 1 << 20).unwrap(), request);
        running.stop().await;
    }
}

#[tokio::test]
async fn json_and_urls_of_single_signals() {
    let (server, address, _stop) = server(Vec::new()).await;
    let endpoint = format!("traces_endpoint: 'http://{address}/here'");
    let running = start(&yaml(&endpoint, "    encoding: json\n    compression: none")).await;
    let receiver = address_of(&running, "http");
    let answer = http(&receiver, "POST", "/v1/traces", &[PROTOBUF], &spans_request(1)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (path, headers, body) = server.requests.lock().unwrap().pop().unwrap();
    assert_eq!(path, "/here");
    assert_eq!(headers["content-type"], "application/json");
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"], "s0");
    running.stop().await;
}

#[tokio::test]
async fn answers_become_the_clients_status() {
    let status = Status::new(Code::InvalidArgument, "no such tenant");
    let answer = |code: u16| Response::builder().status(code);
    let (_server, address, _stop) = server(vec![
        answer(503).header("retry-after", "7").body(Full::default()).unwrap(),
        answer(400)
            .header("content-type", "application/x-protobuf")
            .body(Full::from(status.encode()))
            .unwrap(),
        answer(200)
            .header("content-type", "application/x-protobuf")
            .body(Full::from(&b"\x0a\x0b\x08\x03\x12\x07too old"[..]))
            .unwrap(),
        answer(200)
            .header("content-type", "application/json")
            .body(Full::from(&b"<html>"[..]))
            .unwrap(),
    ])
    .await;
    let running = start(&yaml(&format!("endpoint: 'http://{address}'"), "")).await;
    let receiver = address_of(&running, "http");
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(http(&receiver, "POST", "/v1/traces", &[PROTOBUF], &spans_request(5)).await);
    }
    assert_eq!(
        answers.iter().map(|answer| answer.status).collect::<Vec<_>>(),
        [503, 400, 200, 500]
    );
    assert_eq!(answers[0].headers["retry-after"], "7");
    let message = Status::decode(&answers[1].body).unwrap().message;
    assert_eq!(
        message,
        format!(
            "error exporting items, request to http://{address}/v1/traces responded with HTTP \
             Status Code 400, Message=no such tenant, Details=[]"
        )
    );
    assert_eq!(running.metrics().total("otelcol_exporter_rejected_spans"), 3);
    assert_eq!(running.metrics().total("otelcol_exporter_sent_spans"), 5);
    running.stop().await;
}

#[tokio::test]
async fn a_server_that_is_down_is_retryable() {
    let running = start(&yaml("endpoint: 'http://127.0.0.1:1'", "")).await;
    let receiver = address_of(&running, "http");
    let answer = http(&receiver, "POST", "/v1/traces", &[PROTOBUF], &spans_request(1)).await;
    assert_eq!(answer.status, 503);
    let message = Status::decode(&answer.body).unwrap().message;
    assert!(
        message
            .starts_with("failed to make an HTTP request: Post \"http://127.0.0.1:1/v1/traces\": "),
        "{message}"
    );
    running.stop().await;
}

#[tokio::test]
async fn cookies_come_back_when_asked_for() {
    let set = || Response::builder().header("set-cookie", "session=7").body(Full::default());
    for (settings, expected) in [("    cookies: {enabled: true}", Some("session=7")), ("", None)] {
        let (server, address, _guard) = server(vec![set().unwrap(), set().unwrap()]).await;
        let running = start(&yaml(&format!("endpoint: 'http://{address}'"), settings)).await;
        let receiver = address_of(&running, "http");
        for _ in 0..2 {
            let spans = spans_request(1);
            let answer = http(&receiver, "POST", "/v1/traces", &[PROTOBUF], &spans).await;
            assert_eq!(answer.status, 200);
        }
        let cookies: Vec<Option<String>> = {
            let requests = server.requests.lock().unwrap();
            let cookie =
                |headers: &HeaderMap| Some(headers.get("cookie")?.to_str().ok()?.to_owned());
            requests.iter().map(|(_, headers, _)| cookie(headers)).collect()
        };
        assert_eq!(cookies, [None, expected.map(str::to_owned)], "{settings}");
        running.stop().await;
    }
}

#[test]
fn settings_are_checked() {
    let messages = |endpoint: &str, settings: &str| {
        let (_, diagnostics) = plan(&yaml(endpoint, settings));
        diagnostics.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    let good = "endpoint: http://h:4318";
    assert_eq!(messages(good, ""), [""; 0]);
    assert!(messages("timeout: 1s", "")[0].contains("at least one endpoint must be specified"));
    assert!(messages("endpoint: h:4318", "")[0].contains("not with http://"), "no scheme");
    assert!(messages("endpoint: http://h:4318/v1/traces", "")[0].contains("twice"));
    assert!(messages(good, "    encoding: xml")[0].contains("no encoding of OTLP"));
    assert!(messages(good, "    compression: br")[0].contains("no compression"));
    let level = "    compression: gzip\n    compression_params: {level: 12}";
    assert!(messages(good, level)[0].contains("no level 12"));
    assert_eq!(messages(good, "    cookies: {enabled: true}"), [""; 0]);
}
