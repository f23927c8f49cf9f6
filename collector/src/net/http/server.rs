//! An HTTP server: connections in, requests to a [`Handler`], its responses back.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::rt::bounds::Http2ServerConnExec;
use hyper::server::conn::{http1, http2};
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio_util::sync::CancellationToken;

use super::activity::{Activity, Limits, Phase};
use super::cors;
use super::noticing::Noticing;
use crate::net::accept::{STOP_GRACE, Server, Stream, accept};
use crate::net::listen::Listener;
use crate::net::settings::{Cors, HttpServerSettings};
use crate::net::tls::ServerTls;
use crate::net::{Gate, NetworkMetrics};

/// Answers the requests of a server.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Takes a request and gives the response.
    async fn handle(
        &self,
        request: Request<Incoming>,
        peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>>;

    /// The name of a path that is served, for metrics.
    fn route(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }

    /// The response to a request that may not come in.
    fn refuse(&self, headers: &HeaderMap, code: StatusCode, text: &str) -> Response<Full<Bytes>> {
        let _ = headers;
        plain(code, text)
    }
}

/// How a server serves; `None` stands for no limit.
#[derive(Clone, Debug)]
pub struct HttpServerOptions {
    /// TLS; plain text when `None`.
    pub tls: Option<ServerTls>,
    /// Who may come in; everybody when `None`. What it knows about a client is among the
    /// extensions of the request, as [`Identity`].
    pub gate: Option<Gate>,
    /// Largest body in bytes, before and after decompression. For the handler.
    pub max_body_size: usize,
    /// Accepted content encodings, with `""` for none. For the handler.
    pub encodings: Vec<String>,
    /// Headers of every response.
    pub response_headers: Vec<(HeaderName, HeaderValue)>,
    /// Which web pages may send.
    pub cors: Option<Cors>,
    /// Time for a request until it is answered.
    pub read_timeout: Option<Duration>,
    /// Time for the headers of a request, from the first byte of it.
    pub read_header_timeout: Option<Duration>,
    /// Time for an answer once the headers of a request are read.
    pub write_timeout: Option<Duration>,
    /// Time that a connection may wait for a request.
    pub idle_timeout: Option<Duration>,
    /// Whether a connection serves more than one request.
    pub keep_alive: bool,
    /// Where requests are told of.
    pub metrics: NetworkMetrics,
}

impl Default for HttpServerOptions {
    /// What [`HttpServerSettings`] ask for when nothing is set.
    fn default() -> Self {
        HttpServerSettings::default().plain_options()
    }
}

struct Shared {
    handler: Arc<dyn Handler>,
    options: HttpServerOptions,
    on_panic: Box<dyn Fn(String) + Send + Sync>,
}

/// Serves until `stop` is cancelled and then until every open request is answered. Dropping the
/// future closes what is still open.
///
/// `on_panic` is told when the handler panics; its client gets 500.
pub async fn serve(
    listener: Listener,
    handler: Arc<dyn Handler>,
    options: HttpServerOptions,
    on_panic: impl Fn(String) + Send + Sync + 'static,
    stop: CancellationToken,
) {
    let tls = options.tls.clone();
    let shared = Arc::new(Shared { handler, options, on_panic: Box::new(on_panic) });
    accept(listener, tls, shared, stop).await;
}

/// The application protocols of an HTTP server, best first.
pub const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Requests that a client may have open at a time on a connection of HTTP/2.
const MAX_STREAMS: u32 = 250;
/// Bytes of headers accepted for one request; HTTP/1.1 has about as much by itself.
const MAX_HEADER_LIST_SIZE: u32 = 256 << 10;
/// Bytes a stream of HTTP/2 may send before we have taken them.
const STREAM_WINDOW: u32 = 1 << 20;

impl Server for Shared {
    async fn connection<T: Stream>(
        self: Arc<Self>,
        stream: T,
        alpn: Option<Vec<u8>>,
        peer: Option<SocketAddr>,
        stop: CancellationToken,
    ) {
        let activity = Arc::new(Activity::new());
        let io = TokioIo::new(Noticing::new(stream, activity.clone()));
        let service = service_fn(|request| {
            let (shared, activity) = (self.clone(), activity.clone());
            async move {
                activity.begin();
                let response = answer(request, peer, &shared).await;
                activity.end();
                Ok::<_, Infallible>(response)
            }
        });
        let HttpServerOptions {
            idle_timeout: idle,
            write_timeout: busy,
            read_header_timeout: head,
            ..
        } = self.options;
        let limits = Limits { idle, head, busy };
        if alpn.as_deref() == Some(b"h2") {
            let connection = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .max_concurrent_streams(MAX_STREAMS)
                .max_header_list_size(MAX_HEADER_LIST_SIZE)
                .initial_stream_window_size(STREAM_WINDOW)
                .serve_connection(io, service);
            // Frames of the protocol itself come at any time, and each request has its own limit.
            let limits = Limits { head: None, busy: None, ..limits };
            drive(connection, &activity, limits, peer, &stop).await;
        } else {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(None)
                .keep_alive(self.options.keep_alive)
                .serve_connection(io, service);
            drive(connection, &activity, limits, peer, &stop).await;
        }
    }
}

/// A connection of either version.
trait Connection: Future<Output = hyper::Result<()>> {
    /// Answers what is open and takes nothing new.
    fn finish(self: Pin<&mut Self>);
}

impl<I, S> Connection for http1::Connection<I, S>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + 'static,
    S: HttpService<Incoming, ResBody = Full<Bytes>>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<I, S, E> Connection for http2::Connection<I, S, E>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + 'static,
    S: HttpService<Incoming, ResBody = Full<Bytes>>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    E: Http2ServerConnExec<S::Future, Full<Bytes>>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Moves a connection until it ends, takes too long, or is to stop.
async fn drive<C: Connection>(
    connection: C,
    activity: &Activity,
    limits: Limits,
    peer: Option<SocketAddr>,
    stop: &CancellationToken,
) {
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        expired = activity.expired(limits) => {
            if !matches!(expired, Phase::New | Phase::Idle) {
                tracing::debug!(?peer, ?expired, "A request took too long, closing the connection");
                return;
            }
            connection.as_mut().finish();
            connection.await
        }
        () = stop.cancelled() => {
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = activity.settled(STOP_GRACE) => {
                    connection.as_mut().finish();
                    connection.await
                }
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, ?peer, "Connection failed");
    }
}

/// Answers a request and tells of it.
async fn answer(
    mut request: Request<Incoming>,
    peer: Option<SocketAddr>,
    shared: &Shared,
) -> Response<Full<Bytes>> {
    let route = || shared.handler.route(request.uri().path());
    let route = shared.options.metrics.is_on().then(route).flatten();
    let measured = shared.options.metrics.incoming(&mut request, route);
    let response = respond(request, peer, shared).await;
    if let Some(measured) = measured {
        measured.answered(&response);
    }
    response
}

async fn respond(
    mut request: Request<Incoming>,
    peer: Option<SocketAddr>,
    shared: &Shared,
) -> Response<Full<Bytes>> {
    let options = &shared.options;
    if let Some(cors) = &options.cors
        && let Some(answer) = cors::preflight(cors, &request)
    {
        return answer.map(|()| Full::default());
    }
    let headers = options.cors.as_ref().map(|_| request.headers().clone());
    let work = async {
        if let Some(gate) = &options.gate {
            let uri = request.uri().clone();
            gate.take_parameters(&uri, request.headers_mut());
            match gate.admit(request.headers()).await {
                Ok(identity) => drop(request.extensions_mut().insert(identity)),
                Err(error) => {
                    let (code, text) = (StatusCode::UNAUTHORIZED, error.to_string());
                    return shared.handler.refuse(request.headers(), code, &text);
                }
            }
        }
        shared.handler.handle(request, peer).await
    };
    let work = AssertUnwindSafe(work).catch_unwind();
    let limits = [options.read_timeout, options.write_timeout];
    let outcome = match limits.into_iter().flatten().min() {
        None => work.await,
        Some(limit) => tokio::time::timeout(limit, work)
            .await
            .unwrap_or_else(|_| Ok(plain(StatusCode::REQUEST_TIMEOUT, "request timed out"))),
    };
    let mut response = outcome.unwrap_or_else(|panic| {
        (shared.on_panic)(crate::component::panic_message(panic.as_ref()));
        plain(StatusCode::INTERNAL_SERVER_ERROR, "the collector failed on this request")
    });
    if let (Some(cors), Some(headers)) = (&options.cors, headers) {
        cors::decorate(cors, &headers, response.headers_mut());
    }
    for (name, value) in &options.response_headers {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

/// A response with a short text.
pub fn plain(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text.to_owned()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("text/plain");
    response.headers_mut().insert(http::header::CONTENT_TYPE, content_type);
    response
}
