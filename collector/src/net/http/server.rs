//! An HTTP/1.1 server: connections in, requests to a [`Handler`], its responses back.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::activity::{Activity, Expired};
use super::cors;
use crate::net::listen::{Accepted, Listener};
use crate::net::settings::Cors;

/// Answers the requests of a server.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Takes a request and gives the response.
    async fn handle(
        &self,
        request: Request<Incoming>,
        peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>>;
}

/// Bounds and timings of a server; `None` stands for none.
#[derive(Clone, Debug)]
pub struct HttpServerOptions {
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
    /// Time for the headers of a request.
    pub read_header_timeout: Option<Duration>,
    /// Time for an answer once the headers of a request are read.
    pub write_timeout: Option<Duration>,
    /// Time that a connection may wait for a request.
    pub idle_timeout: Option<Duration>,
    /// Whether a connection serves more than one request.
    pub keep_alive: bool,
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
    let shared = Arc::new(Shared { handler, options, on_panic: Box::new(on_panic) });
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok(Accepted::Tcp(stream, peer)) => {
                    connections.spawn(connection(stream, Some(peer), shared.clone(), stop.clone()));
                }
                #[cfg(unix)]
                Ok(Accepted::Unix(stream)) => {
                    connections.spawn(connection(stream, None, shared.clone(), stop.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "A connection could not be accepted");
                    // Out of descriptors, most likely: trying again at once would spin.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection<T>(
    io: T,
    peer: Option<SocketAddr>,
    shared: Arc<Shared>,
    stop: CancellationToken,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .keep_alive(shared.options.keep_alive)
        .header_read_timeout(shared.options.read_header_timeout);
    let activity = Activity::new();
    let service = service_fn(|request| async {
        activity.begin();
        let response = answer(request, peer, &shared).await;
        activity.end();
        Ok::<_, std::convert::Infallible>(response)
    });
    let connection = builder.serve_connection(TokioIo::new(io), service);
    tokio::pin!(connection);
    let HttpServerOptions { idle_timeout, write_timeout, .. } = shared.options;
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        expired = activity.expired(idle_timeout, write_timeout) => {
            if expired == Expired::Busy {
                tracing::debug!(?peer, "A request was not answered in time, closing the connection");
                return;
            }
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, ?peer, "Connection failed");
    }
}

async fn answer(
    request: Request<Incoming>,
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
    let work = AssertUnwindSafe(shared.handler.handle(request, peer)).catch_unwind();
    let outcome = match options.read_timeout {
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
