//! A gRPC client for unary calls over one lazily dialled connection: a message in, the response
//! message or a [`Status`] out. Any number of calls share the connection.
//!
//! A call that finds no connection dials, and calls that come meanwhile wait for the same dial. A
//! connection that breaks is replaced by the next call; nothing is dialled while nobody calls.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use h2::client::{Connection, SendRequest};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Request, Uri, header};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::message::OutgoingMessage;
use super::metadata::{CONTENT_TYPE_GRPC, GRPC_ENCODING, GRPC_TIMEOUT, write_timeout};
use super::response::{broken, read_response};
use super::{CONNECTION_WINDOW, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE, STREAM_WINDOW};
use crate::net::compression::Encoding;
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

/// A client of one peer.
#[derive(Debug)]
pub struct Channel {
    options: ChannelOptions,
    /// The live connection with its number, which tells a caller whether it was replaced.
    current: Mutex<Option<(u64, SendRequest<OutgoingMessage>)>>,
    /// Held while dialling, so that there is one dial at a time.
    dialling: tokio::sync::Mutex<u64>,
    /// Open calls.
    active: Arc<AtomicUsize>,
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
        let (current, dialling) = (Mutex::new(None), tokio::sync::Mutex::new(0));
        Self { options, current, dialling, active: Arc::default() }
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
        if let Err(error) = self.connection().await {
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
        let call = self.call_until_done(method, headers, message, options);
        match options.timeout {
            None => call.await,
            Some(timeout) => tokio::time::timeout(timeout, call).await.unwrap_or_else(|_| {
                Err(Status::new(Code::DeadlineExceeded, "context deadline exceeded"))
            }),
        }
    }

    async fn call_until_done(
        &self,
        method: &Method,
        headers: &HeaderMap,
        message: Bytes,
        options: CallOptions,
    ) -> Result<Bytes, Status> {
        let mut connection = self.ready_connection(options.wait_for_ready).await?;
        let _active = ActiveCall::new(&self.active);
        let request = self.request(method, headers, options);
        let compressed = options.encoding != Encoding::Identity;
        let message = OutgoingMessage::new(message, compressed).ok_or_else(|| {
            Status::new(Code::ResourceExhausted, "the message is longer than 4 GiB")
        })?;
        let (response, mut stream) =
            connection.send_request(request, false).map_err(|error| broken(&error))?;
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
    async fn ready_connection(
        &self,
        wait_for_ready: bool,
    ) -> Result<SendRequest<OutgoingMessage>, Status> {
        let mut pause = FIRST_PAUSE;
        loop {
            let refused = match self.connection().await {
                Ok((number, connection)) => match connection.ready().await {
                    Ok(connection) => return Ok(connection),
                    // It broke before this call was sent: replacing it costs nobody anything.
                    Err(_) => {
                        self.forget(number);
                        match self.connection().await {
                            Ok((_, connection)) => {
                                return connection.ready().await.map_err(|error| broken(&error));
                            }
                            Err(error) => error,
                        }
                    }
                },
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

    async fn connection(&self) -> Result<(u64, SendRequest<OutgoingMessage>), DialError> {
        if let Some(current) = self.current() {
            return Ok(current);
        }
        let mut dials = self.dialling.lock().await;
        if let Some(current) = self.current() {
            return Ok(current);
        }
        let connection = self
            .dial()
            .await
            .map_err(|source| DialError { target: self.options.target.to_string(), source })?;
        *dials += 1;
        let current = (*dials, connection);
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(current.clone());
        Ok(current)
    }

    fn current(&self) -> Option<(u64, SendRequest<OutgoingMessage>)> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn forget(&self, number: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|(live, _)| *live == number) {
            *current = None;
        }
    }

    async fn dial(&self) -> io::Result<SendRequest<OutgoingMessage>> {
        match &self.options.target {
            Target::Tcp { host, port } => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                match &self.options.tls {
                    None => self.handshake(stream).await,
                    Some(tls) => self.handshake(tls.connect(stream, host).await?).await,
                }
            }
            #[cfg(unix)]
            Target::Unix(path) => {
                self.handshake(tokio::net::UnixStream::connect(path).await?).await
            }
            #[cfg(not(unix))]
            Target::Unix(_) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "Unix sockets are not available on this system",
            )),
        }
    }

    async fn handshake<T>(&self, io: T) -> io::Result<SendRequest<OutgoingMessage>>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (requests, mut connection) = h2::client::Builder::new()
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(MAX_FRAME_SIZE)
            .max_header_list_size(MAX_HEADER_LIST_SIZE)
            .enable_push(false)
            .handshake(io)
            .await
            .map_err(io::Error::other)?;
        let probe = self.options.keepalive.zip(connection.ping_pong());
        tokio::spawn(drive(connection, probe, self.active.clone()));
        Ok(requests)
    }
}

/// First pause between dials of a call that waits for a connection.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause between such dials.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// No connection could be made.
#[derive(Debug, thiserror::Error)]
#[error("transport: Error while dialing: {target}: {source}")]
struct DialError {
    target: String,
    source: io::Error,
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

/// Moves the bytes of a connection until it ends, probing it when it is asked to.
async fn drive<T>(
    mut connection: Connection<T, OutgoingMessage>,
    probe: Option<(Keepalive, h2::PingPong)>,
    active: Arc<AtomicUsize>,
) where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let ended = match probe {
        None => (&mut connection).await,
        Some((keepalive, mut ping)) => loop {
            let next = Instant::now() + keepalive.time;
            tokio::select! {
                ended = &mut connection => break ended,
                () = tokio::time::sleep_until(next) => {}
            }
            // Servers punish probes of connections that nobody uses, unless they allow them.
            if active.load(Ordering::Relaxed) == 0 && !keepalive.permit_without_stream {
                continue;
            }
            let answer = tokio::time::timeout(keepalive.timeout, ping.ping(h2::Ping::opaque()));
            tokio::select! {
                ended = &mut connection => break ended,
                answer = answer => if !matches!(answer, Ok(Ok(_))) {
                    tracing::debug!("Keepalive probe was not answered, closing the connection");
                    return;
                },
            }
        },
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "Connection ended");
    }
}
