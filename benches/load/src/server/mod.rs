//! A small OTLP server: gRPC and HTTP on any port, HTTP/1.1 and HTTP/2 alike.
//!
//! In come connections; each complete request goes to a [`Handler`] as an undecoded [`Buf`] with
//! its [`Meta`]; the handler's verdict becomes the answer. Which transport a request uses is seen
//! from its path, so one server serves both on one or several ports.

mod body;
mod reply;
mod retry_info;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Buf;
use http::header::{CONTENT_TYPE, HeaderMap, USER_AGENT};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::http2::Http2;
use crate::signal::{Protocol, Signal};
use reply::Reply;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Binary protobuf.
    Protobuf,
    /// OTLP/JSON.
    Json,
}

/// What is known of a request besides its body.
#[derive(Clone, Debug)]
pub struct Meta {
    /// The signal, from the path.
    pub signal: Signal,
    /// The transport, from the path.
    pub protocol: Protocol,
    /// The encoding, from the content type.
    pub content: Content,
    /// The content type as sent.
    pub content_type: String,
    /// The compression as sent; empty when there was none.
    pub compression: String,
    /// The client's name for itself; may be empty.
    pub user_agent: String,
}

/// Why a request is refused, and how the client shall see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The gRPC status code (3 invalid argument, 13 internal, 14 unavailable, ...).
    pub code: u8,
    /// Text for people.
    pub message: String,
    /// When the client may try again: `Retry-After` in HTTP, `RetryInfo` in gRPC.
    pub after: Option<Duration>,
}

impl Refusal {
    /// A refusal that does not say when to try again.
    pub fn new(code: u8, message: impl Into<String>) -> Self {
        Refusal { code, message: message.into(), after: None }
    }

    /// The request itself is wrong; sending it again is useless.
    pub fn invalid(message: impl Into<String>) -> Self {
        Refusal::new(3, message)
    }
}

/// Takes requests.
pub trait Handler: Send + Sync + 'static {
    /// Handles one request, whose body is decompressed and without gRPC prefix.
    fn handle(
        &self,
        meta: Meta,
        body: impl Buf + Send,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
}

/// A server bound to its port; dropping it closes the port and all connections.
pub struct Server {
    address: SocketAddr,
    _accepting: JoinSet<()>,
}

impl Server {
    /// Binds `address` (port 0 for a free one) and serves until dropped.
    pub async fn start<H: Handler>(
        address: &str,
        http2: Http2,
        handler: Arc<H>,
    ) -> io::Result<Server> {
        Server::start_with(address, http2, handler, None).await
    }

    /// The same behind TLS, if an acceptor is given. It must offer `h2` for gRPC clients.
    pub async fn start_with<H: Handler>(
        address: &str,
        http2: Http2,
        handler: Arc<H>,
        tls: Option<TlsAcceptor>,
    ) -> io::Result<Server> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))?;
        let address = listener.local_addr()?;
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, http2, handler, tls));
        Ok(Server { address, _accepting: accepting })
    }

    /// The address that was bound.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn accept<H: Handler>(
    listener: TcpListener,
    http2: Http2,
    handler: Arc<H>,
    tls: Option<TlsAcceptor>,
) {
    // Owned here, so that connections end together with the listener.
    let mut connections = JoinSet::new();
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http2()
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
        let handler = Arc::clone(&handler);
        let builder = builder.clone();
        let tls = tls.clone();
        while connections.try_join_next().is_some() {}
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let handler = Arc::clone(&handler);
                async move { Ok::<_, Infallible>(answer(request, &*handler).await) }
            });
            // A client that goes away is no event here.
            let _ = match tls {
                None => builder.serve_connection(TokioIo::new(stream), service).await,
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => builder.serve_connection(TokioIo::new(stream), service).await,
                    Err(error) => Err(error.into()),
                },
            };
        });
    }
}

async fn answer<H: Handler>(request: Request<Incoming>, handler: &H) -> Response<Reply> {
    let (parts, body) = request.into_parts();
    let Some((signal, protocol)) = Signal::from_path(parts.uri.path()) else {
        return reply::status(StatusCode::NOT_FOUND, "no OTLP service has this path");
    };
    if parts.method != Method::POST {
        return reply::status(StatusCode::METHOD_NOT_ALLOWED, "OTLP requests are POST");
    }
    let content_type = header(&parts.headers, CONTENT_TYPE.as_str());
    let content = match protocol {
        Protocol::Grpc => Content::Protobuf,
        Protocol::Http if content_type.starts_with("application/json") => Content::Json,
        Protocol::Http if content_type.starts_with("application/x-protobuf") => Content::Protobuf,
        Protocol::Http => {
            let text = "the content type is neither application/x-protobuf nor application/json";
            return reply::status(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
        }
    };
    let encoding = match protocol {
        Protocol::Grpc => "grpc-encoding",
        Protocol::Http => "content-encoding",
    };
    let compression = match header(&parts.headers, encoding) {
        "identity" => "",
        other => other,
    };
    let meta = Meta {
        signal,
        protocol,
        content,
        content_type: content_type.to_owned(),
        compression: compression.to_owned(),
        user_agent: header(&parts.headers, USER_AGENT.as_str()).to_owned(),
    };
    let verdict = match body::read(body, &meta).await {
        Ok(body::Message::Plain(body)) => handler.handle(meta, body).await,
        Ok(body::Message::Decompressed(body)) => handler.handle(meta, body).await,
        Err(refusal) => Err(refusal),
    };
    reply::verdict(protocol, content, verdict)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
