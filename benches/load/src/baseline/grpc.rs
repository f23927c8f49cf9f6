//! gRPC to gRPC: tonic's service and client, and the prost codec that generated code uses.

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::uri::PathAndQuery;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::server::UnaryService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use super::message::ExportRequest;
use super::{BaselineError, Edit, MESSAGE_LIMIT, Options};
use crate::http2::Http2;
use crate::signal::{Protocol, Signal};

type Answering<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The backend: connections used in turn.
#[derive(Clone)]
pub(super) struct Backend {
    clients: Arc<[tonic::client::Grpc<Channel>]>,
    next: Arc<AtomicUsize>,
    edit: Option<Arc<Edit>>,
}

impl Backend {
    pub(super) fn new(options: &Options) -> Result<Backend, BaselineError> {
        let endpoint = Endpoint::from_shared(format!("http://{}", options.to))
            .map_err(|error| BaselineError::Address {
                to: options.to.clone(),
                reason: error.to_string(),
            })?
            .tcp_nodelay(true)
            .initial_stream_window_size(options.http2.stream_window)
            .initial_connection_window_size(options.http2.connection_window)
            .max_frame_size(options.http2.max_frame);
        let clients = (0..options.connections.max(1))
            .map(|_| {
                let client = tonic::client::Grpc::new(endpoint.connect_lazy())
                    .max_decoding_message_size(MESSAGE_LIMIT);
                match options.gzip {
                    true => client.send_compressed(CompressionEncoding::Gzip),
                    false => client,
                }
            })
            .collect();
        Ok(Backend { clients, next: Arc::default(), edit: options.edit.clone().map(Arc::new) })
    }

    async fn send<R: ExportRequest>(self, mut request: R) -> Result<Response<R::Response>, Status> {
        if let Some(edit) = &self.edit {
            edit.apply(&mut request);
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let client = turn.checked_rem(self.clients.len()).and_then(|i| self.clients.get(i));
        let Some(mut client) = client.cloned() else {
            return Err(Status::internal("no connection to the backend"));
        };
        client
            .ready()
            .await
            .map_err(|error| Status::unavailable(format!("the backend is not ready: {error}")))?;
        let path = PathAndQuery::from_static(R::SIGNAL.grpc_path());
        let response = client.unary(Request::new(request), path, ProstCodec::default()).await?;
        // Headers of the backend concern its own connection.
        Ok(Response::new(response.into_inner()))
    }
}

/// Serves the three export services until the task is dropped.
///
/// tonic's own server is hyper's HTTP/2 server with a router in front of the services; choosing
/// among three services needs no router, so the services are called from hyper directly.
pub(super) async fn serve(listener: TcpListener, http2: Http2, backend: Backend) {
    let mut connections = JoinSet::new();
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .initial_stream_window_size(http2.stream_window)
        .initial_connection_window_size(http2.connection_window)
        .max_frame_size(http2.max_frame);
    loop {
        // Out of file descriptors: the connection stays in the backlog until one is free.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (builder, backend) = (builder.clone(), backend.clone());
        while connections.try_join_next().is_some() {}
        connections.spawn(async move {
            let service = service_fn(move |request: http::Request<Incoming>| {
                let backend = backend.clone();
                async move { Ok::<_, Infallible>(answer(backend, request.map(Body::new)).await) }
            });
            // A client that goes away is no event here.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(backend: Backend, request: http::Request<Body>) -> http::Response<Body> {
    match Signal::from_path(request.uri().path()) {
        Some((Signal::Traces, Protocol::Grpc)) => {
            Export::<ExportTraceServiceRequest>::answer(backend, request).await
        }
        Some((Signal::Metrics, Protocol::Grpc)) => {
            Export::<ExportMetricsServiceRequest>::answer(backend, request).await
        }
        Some((Signal::Logs, Protocol::Grpc)) => {
            Export::<ExportLogsServiceRequest>::answer(backend, request).await
        }
        _ => Status::unimplemented("no OTLP service has this path").into_http(),
    }
}

/// The export service of one signal: what tonic's code generator would make of its definition.
struct Export<R> {
    backend: Backend,
    request: PhantomData<fn(R)>,
}

impl<R: ExportRequest> Export<R> {
    async fn answer(backend: Backend, request: http::Request<Body>) -> http::Response<Body> {
        let service = Export { backend, request: PhantomData::<fn(R)> };
        let mut grpc = tonic::server::Grpc::new(ProstCodec::default())
            .max_decoding_message_size(MESSAGE_LIMIT)
            .accept_compressed(CompressionEncoding::Gzip)
            .accept_compressed(CompressionEncoding::Zstd);
        grpc.unary(service, request).await
    }
}

impl<R: ExportRequest> UnaryService<R> for Export<R> {
    type Response = R::Response;
    type Future = Answering<Result<Response<R::Response>, Status>>;

    fn call(&mut self, request: Request<R>) -> Self::Future {
        Box::pin(self.backend.clone().send(request.into_inner()))
    }
}
