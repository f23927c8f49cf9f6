//! A gRPC client for unary calls: a message in, the response message or a [`Status`] out. Any number
//! of calls share the connections, of which there is one to each address of the peer.
//!
//! A call that finds no connection dials, and calls that come meanwhile wait for the same dial. A
//! connection that breaks is replaced by the next call; nothing is dialled while nobody calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Request, Uri, header};

use super::balance::Links;
use super::link::{FIRST_PAUSE, LONGEST_PAUSE, Ready};
use super::message::OutgoingMessage;
use super::metadata::{CONTENT_TYPE_GRPC, GRPC_ENCODING, GRPC_TIMEOUT, write_timeout};
use super::response::{broken, read_response};
use crate::net::NetworkMetrics;
use crate::net::compression::Encoding;
use crate::net::proxy::Proxy;
use crate::net::status::{Code, Status};
use crate::net::tls::ClientTls;

/// Where a channel connects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A name or address and a port.
    Tcp {
        /// Name or address, IPv6 without brackets.
        host: String,
        /// Port.
        port: u16,
    },
    /// The path of a Unix domain socket.
    Unix(std::path::PathBuf),
}

/// Probing of a quiet connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keepalive {
    /// A connection is probed this often.
    pub time: Duration,
    /// A probe must be answered within this time.
    pub timeout: Duration,
    /// Whether to probe while no call is open.
    pub permit_without_stream: bool,
}

/// How a channel connects.
#[derive(Clone, Debug)]
pub struct ChannelOptions {
    /// Where to.
    pub target: Target,
    /// `:authority` of the requests.
    pub authority: Authority,
    /// TLS, or plain text when `None`.
    pub tls: Option<ClientTls>,
    /// Probing of quiet connections.
    pub keepalive: Option<Keepalive>,
    /// Largest response message in bytes.
    pub max_message_size: usize,
    /// How calls are spread.
    pub balancer: Balancer,
    /// The proxy to connect through; what it resolves is its own affair.
    pub proxy: Option<Proxy>,
    /// Where calls are told of.
    pub metrics: NetworkMetrics,
}

/// How calls are spread over the addresses of a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Balancer {
    /// A connection to each address, and calls to each in turn.
    #[default]
    RoundRobin,
    /// One connection, to the first address that answers.
    PickFirst,
}

/// Options of one call.
#[derive(Clone, Copy, Debug)]
pub struct CallOptions {
    /// Encoding of the message, announced in `grpc-encoding`; the message is already encoded.
    pub encoding: Encoding,
    /// The call fails with `DeadlineExceeded` after this time.
    pub timeout: Option<Duration>,
    /// Keep dialling until the timeout instead of failing on the first refusal.
    pub wait_for_ready: bool,
}

/// A method of the peer, ready to be called.
#[derive(Clone, Debug)]
pub struct Method(Uri);

/// A client of one peer, which may have several addresses.
pub struct Channel {
    options: Arc<ChannelOptions>,
    links: Links,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Channel").field("options", &self.options).finish()
    }
}

/// Counts an open call.
struct ActiveCall<'a>(&'a AtomicUsize);

impl<'a> ActiveCall<'a> {
    fn new(active: &'a AtomicUsize) -> Self {
        active.fetch_add(1, Ordering::Relaxed);
        Self(active)
    }
}

impl Drop for ActiveCall<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Channel {
    /// A channel that has not dialled yet.
    pub fn new(options: ChannelOptions) -> Self {
        let options = Arc::new(options);
        Self { links: Links::new(options.clone()), options }
    }

    /// The method at `path`, such as `/package.Service/Method`.
    ///
    /// # Errors
    /// When `path` is not a valid URI path.
    pub fn method(&self, path: &'static str) -> Result<Method, http::Error> {
        let scheme = if self.options.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP };
        Uri::builder()
            .scheme(scheme)
            .authority(self.options.authority.clone())
            .path_and_query(PathAndQuery::from_static(path))
            .build()
            .map(Method)
    }

    /// Dials when there is no connection. Errors are left for the first call to find again.
    pub async fn warm_up(&self) {
        if let Err(error) = self.links.ready().await {
            tracing::debug!(%error, "The first connection failed; calls will try again");
        }
    }

    /// Calls a method and gives the decoded response message.
    ///
    /// # Errors
    /// The status of the peer, or `Unavailable` and `DeadlineExceeded` for what happened on the
    /// way.
    pub async fn call(
        &self,
        method: &Method,
        headers: &HeaderMap,
        message: Bytes,
        options: CallOptions,
    ) -> Result<Bytes, Status> {
        let started = Instant::now();
        let mut connected = false;
        let call = self.call_until_done(method, headers, message, options, &mut connected);
        let result = match options.timeout {
            None => call.await,
            Some(timeout) => tokio::time::timeout(timeout, call).await.unwrap_or_else(|_| {
                Err(Status::new(Code::DeadlineExceeded, "context deadline exceeded"))
            }),
        };
        let code = result.as_ref().map_or_else(|status| status.code, |_| Code::Ok);
        let peer = match &self.options.target {
            Target::Tcp { host, port } if connected => Some((host.as_str(), *port)),
            _ => None,
        };
        self.options.metrics.called(method.0.path(), code, peer, started);
        result
    }

    async fn call_until_done(
        &self,
        method: &Method,
        headers: &HeaderMap,
        message: Bytes,
        options: CallOptions,
        connected: &mut bool,
    ) -> Result<Bytes, Status> {
        let mut connection = self.ready_connection(options.wait_for_ready).await?;
        *connected = true;
        let _active = ActiveCall::new(&connection.active);
        let request = self.request(method, headers, options);
        let compressed = options.encoding != Encoding::Identity;
        let message = OutgoingMessage::new(message, compressed).ok_or_else(|| {
            Status::new(Code::ResourceExhausted, "the message is longer than 4 GiB")
        })?;
        let (response, mut stream) =
            connection.requests.send_request(request, false).map_err(|error| broken(&error))?;
        stream.send_data(message, true).map_err(|error| broken(&error))?;
        let response = response.await.map_err(|error| broken(&error))?;
        drop(stream);
        read_response(response, self.options.max_message_size).await
    }

    fn request(&self, method: &Method, headers: &HeaderMap, options: CallOptions) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = method.0.clone();
        *request.version_mut() = http::Version::HTTP_2;
        let all = request.headers_mut();
        *all = headers.clone();
        all.insert(header::CONTENT_TYPE, CONTENT_TYPE_GRPC);
        all.insert(header::TE, http::HeaderValue::from_static("trailers"));
        let encoding = match options.encoding {
            Encoding::Identity => None,
            Encoding::Gzip => Some("gzip"),
            Encoding::Zstd => Some("zstd"),
            // gRPC's `snappy` is the framed format.
            Encoding::SnappyFramed | Encoding::Snappy => Some("snappy"),
            Encoding::Zlib => Some("deflate"),
            Encoding::Lz4 => Some("lz4"),
        };
        if let Some(encoding) = encoding {
            all.insert(GRPC_ENCODING, http::HeaderValue::from_static(encoding));
        }
        if let Some(timeout) = options.timeout.and_then(write_timeout) {
            all.insert(GRPC_TIMEOUT, timeout);
        }
        request
    }

    /// A connection that takes another call now.
    async fn ready_connection(&self, wait_for_ready: bool) -> Result<Ready, Status> {
        let mut pause = FIRST_PAUSE;
        loop {
            let refused = match self.links.ready().await {
                Ok(ready) => return Ok(ready),
                Err(error) => error,
            };
            if !wait_for_ready {
                let text = format!("connection error: desc = \"{refused}\"");
                return Err(Status::new(Code::Unavailable, text));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => {
                write!(formatter, "dial tcp [{host}]:{port}")
            }
            Self::Tcp { host, port } => write!(formatter, "dial tcp {host}:{port}"),
            Self::Unix(path) => write!(formatter, "dial unix {}", path.display()),
        }
    }
}
