//! Our gRPC against another implementation: a tonic client sends to the `otlp` receiver, and the
//! `otlp_grpc` exporter sends to a tonic server. Messages are those of `opentelemetry-proto`.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests may fail loudly"
)]

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use holt_collector::component::registry;
use holt_collector::config::feature_gates::Gates;
use holt_collector::config::{model, yaml};
use holt_collector::graph::resolve;
use holt_collector::service::{Running, Service, ServiceOptions};
use holt_grammar::source::SourceMap;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use tonic::body::Body;
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::Service as TowerService;
use tonic::codegen::http::{Request as HttpRequest, Response as HttpResponse};
use tonic::server::{NamedService, UnaryService};
use tonic::{Code, Request, Response, Status};

const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// Messages as bytes.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

type Requests = Arc<Mutex<Vec<(Bytes, Option<String>)>>>;

/// A trace service that keeps what it gets.
#[derive(Clone, Default)]
struct TraceService {
    requests: Requests,
    refusal: Arc<Mutex<Option<Status>>>,
}

impl NamedService for TraceService {
    const NAME: &'static str = "opentelemetry.proto.collector.trace.v1.TraceService";
}

impl UnaryService<Bytes> for TraceService {
    type Response = Bytes;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Status>> + Send>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let key = request.metadata().get("x-key").and_then(|value| value.to_str().ok());
            let key = key.map(str::to_owned);
            service.requests.lock().unwrap().push((request.into_inner(), key));
            match service.refusal.lock().unwrap().clone() {
                None => Ok(Response::new(Bytes::new())),
                Some(refusal) => Err(refusal),
            }
        })
    }
}

impl TowerService<HttpRequest<Body>> for TraceService {
    type Response = HttpResponse<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<Body>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(Raw)
                .accept_compressed(CompressionEncoding::Gzip)
                .accept_compressed(CompressionEncoding::Zstd);
            Ok(grpc.unary(service, request).await)
        })
    }
}

async fn tonic_server() -> (TraceService, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let service = TraceService::default();
    let serving = service.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = service_fn({
                let service = serving.clone();
                move |request: HttpRequest<Incoming>| {
                    TowerService::call(&mut service.clone(), request.map(Body::new))
                }
            });
            let connection = http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), answer);
            tokio::spawn(connection);
        }
    });
    (service, address)
}

async fn holt(backend: &str, settings: &str) -> (Running, String) {
    let text = format!(
        "
receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}}}}}}}
exporters:
  otlp_grpc:
    endpoint: '{backend}'
    tls: {{insecure: true}}
    headers: {{x-key: secret}}
    sending_queue: {{enabled: false}}
    retry_on_failure: {{enabled: false}}
{settings}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [otlp_grpc]}}}}}}
"
    );
    let place = yaml::Place::Source(SourceMap::default().add("test.yaml", text.clone()));
    let text = Arc::new(yaml::YamlText { text: text.into(), place });
    let node = yaml::parse(&text).unwrap().remove(0);
    let resolved =
        resolve(&model::decode(&node).unwrap(), registry::all(), &Gates::default(), false);
    assert!(resolved.diagnostics.is_empty(), "{:?}", resolved.diagnostics);
    let service =
        Service::build(&resolved.plan, &Default::default(), ServiceOptions::default()).unwrap();
    let running = service.start().await.unwrap();
    let address = running.status().listening()[0].address.clone();
    (running, address)
}

async fn export(
    address: &str,
    compression: Option<CompressionEncoding>,
    message: Bytes,
) -> Result<Bytes, Status> {
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
    let mut client = tonic::client::Grpc::new(endpoint.connect().await.unwrap());
    if let Some(compression) = compression {
        client = client.send_compressed(compression);
    }
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(EXPORT);
    let mut request = Request::new(message);
    request.set_timeout(Duration::from_secs(20));
    client.unary(request, path, Raw).await.map(Response::into_inner)
}

fn request(spans: usize) -> ExportTraceServiceRequest {
    let name = AnyValue { value: Some(any_value::Value::StringValue("체크아웃".to_owned())) };
    let attribute =
        KeyValue { key: "service.name".to_owned(), value: Some(name), ..KeyValue::default() };
    let spans = (0..spans)
        .map(|index| Span {
            trace_id: vec![7; 16],
            span_id: vec![9; 8],
            name: format!("span {index}"),
            start_time_unix_nano: 1_700_000_000_000_000_000,
            ..Span::default()
        })
        .collect();
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource { attributes: vec![attribute], ..Resource::default() }),
            scope_spans: vec![ScopeSpans { spans, ..ScopeSpans::default() }],
            ..ResourceSpans::default()
        }],
    }
}

#[tokio::test]
async fn a_request_passes_from_tonic_to_tonic_unchanged() {
    let (service, backend) = tonic_server().await;
    let ways = [
        ("none", None),
        ("gzip", Some(CompressionEncoding::Gzip)),
        ("zstd", Some(CompressionEncoding::Zstd)),
    ];
    for (name, compression) in ways {
        let (running, address) = holt(&backend, &format!("    compression: {name}")).await;
        for spans in [1, 20_000] {
            let sent = request(spans);
            let answer = export(&address, compression, sent.encode_to_vec().into()).await;
            assert_eq!(answer.unwrap(), Bytes::new());
            let (received, key) = service.requests.lock().unwrap().pop().unwrap();
            assert_eq!(key.as_deref(), Some("secret"));
            assert_eq!(ExportTraceServiceRequest::decode(received).unwrap(), sent);
        }
        running.stop().await;
    }
}

#[tokio::test]
async fn many_requests_share_a_connection() {
    let (service, backend) = tonic_server().await;
    let (running, address) = holt(&backend, "").await;
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
    let channel = endpoint.connect().await.unwrap();
    let calls = (0..200).map(|index| {
        let channel = channel.clone();
        async move {
            let mut client = tonic::client::Grpc::new(channel);
            client.ready().await.unwrap();
            let path = http::uri::PathAndQuery::from_static(EXPORT);
            let message = Bytes::from(request(index % 50 + 1).encode_to_vec());
            client.unary(Request::new(message), path, Raw).await.unwrap();
        }
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(service.requests.lock().unwrap().len(), 200);
    running.stop().await;
}

#[tokio::test]
async fn statuses_pass_back_unchanged() {
    let (service, backend) = tonic_server().await;
    let (running, address) = holt(&backend, "").await;
    let cases = [
        (Code::Unavailable, "다시 시도하세요"),
        (Code::PermissionDenied, "100% not yours\n"),
        (Code::ResourceExhausted, "full"),
    ];
    for (code, message) in cases {
        *service.refusal.lock().unwrap() = Some(Status::new(code, message));
        let status = export(&address, None, request(1).encode_to_vec().into()).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (code, message));
    }
    let status = export(&address, None, Bytes::from(vec![0; (4 << 20) + 1])).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    running.stop().await;
}
