//! A gRPC server for methods that take one message: connections in, decompressed messages to a
//! [`Handler`], its answer or its status back.
//!
//! Every connection is a task that drives HTTP/2; every request is a task of its own, so that one
//! connection can use all cores. When the client gives up (reset, deadline, lost connection), the
//! request's work is given up too.

use std::any::Any;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt, future};
use h2::RecvStream;
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use tokio_util::sync::CancellationToken;

use super::message::{IncomingMessage, OutgoingMessage, ReadError, read_message};
use super::metadata::{GRPC_ENCODING, read_timeout};
use super::respond::{send_http_error, send_message, send_messages, send_status};
use super::timers::{TimerEvent, Timers};
use super::{CONNECTION_WINDOW, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE, STREAM_WINDOW};
use crate::component::Identity;
use crate::net::accept::{Server, Stream, accept};
use crate::net::compression::{DecompressError, Encoding, decompress};
use crate::net::listen::Listener;
use crate::net::status::{Code, Status};
use crate::net::tls::ServerTls;
use crate::net::{Gate, NetworkMetrics};

/// One call.
#[derive(Debug)]
pub struct Call {
    /// Request headers, without pseudo-headers.
    pub headers: HeaderMap,
    /// `:authority`, empty when the client sent none.
    pub authority: String,
    /// The peer's address, when it has one.
    pub peer: Option<SocketAddr>,
    /// What the authenticator knows about the client.
    pub identity: Identity,
    /// The message, decompressed.
    pub message: Bytes,
}

/// Answers the calls of one method.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Takes a message and gives the encoded response message.
    async fn call(&self, call: Call) -> Result<Bytes, Status>;

    /// Takes a message and gives any number of encoded response messages, if it is such a method: in
    /// place of [`Handler::call`].
    fn stream(&self, call: &Call) -> Option<Messages> {
        let _ = call;
        None
    }
}

/// Response messages over time. An error is the status that the call ends with.
pub type Messages = BoxStream<'static, Result<Bytes, Status>>;

/// The methods of a server by path, such as `/package.Service/Method`.
pub type Methods = HashMap<&'static str, Arc<dyn Handler>>;

/// How a server serves; zero or `None` stands for no limit.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// TLS; plain text when `None`.
    pub tls: Option<ServerTls>,
    /// Who may come in; everybody when `None`.
    pub gate: Option<Gate>,
    /// Largest message in bytes, before and after decompression.
    pub max_message_size: usize,
    /// Most streams a connection may have open at a time.
    pub max_concurrent_streams: Option<u32>,
    /// Time a new connection has to say that it speaks HTTP/2.
    pub handshake_timeout: Duration,
    /// A connection without calls is closed after this time.
    pub max_connection_idle: Option<Duration>,
    /// A connection is asked to close after this time.
    pub max_connection_age: Option<Duration>,
    /// After `max_connection_age`, open calls have this long.
    pub max_connection_age_grace: Option<Duration>,
    /// A quiet connection is probed after this time.
    pub keepalive_time: Duration,
    /// A probe must be answered within this time.
    pub keepalive_timeout: Duration,
    /// Where calls are told of.
    pub metrics: NetworkMetrics,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            tls: None,
            gate: None,
            max_message_size: 4 << 20,
            max_concurrent_streams: None,
            handshake_timeout: Duration::from_secs(30),
            max_connection_idle: None,
            max_connection_age: None,
            max_connection_age_grace: None,
            keepalive_time: Duration::from_secs(2 * 60 * 60),
            keepalive_timeout: Duration::from_secs(20),
            metrics: NetworkMetrics::default(),
        }
    }
}

struct Shared {
    methods: Methods,
    options: ServerOptions,
    on_panic: Box<dyn Fn(String) + Send + Sync>,
}

/// Serves until `stop` is cancelled and then until every open call is answered. Dropping the
/// future closes what is still open.
///
/// `on_panic` is told when a handler panics; its caller gets `Internal`.
pub async fn serve(
    listener: Listener,
    methods: Methods,
    options: ServerOptions,
    on_panic: impl Fn(String) + Send + Sync + 'static,
    stop: CancellationToken,
) {
    let tls = options.tls.clone();
    let shared = Arc::new(Shared { methods, options, on_panic: Box::new(on_panic) });
    accept(listener, tls, shared, stop).await;
}

impl Server for Shared {
    async fn connection<T: Stream>(
        self: Arc<Self>,
        stream: T,
        _alpn: Option<Vec<u8>>,
        peer: Option<SocketAddr>,
        stop: CancellationToken,
    ) {
        connection(stream, peer, self, stop).await;
    }
}

async fn connection<T: Stream>(
    io: T,
    peer: Option<SocketAddr>,
    shared: Arc<Shared>,
    stop: CancellationToken,
) {
    let options = &shared.options;
    let mut builder = h2::server::Builder::new();
    builder
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(MAX_FRAME_SIZE)
        .max_header_list_size(MAX_HEADER_LIST_SIZE);
    if let Some(streams) = options.max_concurrent_streams {
        builder.max_concurrent_streams(streams);
    }
    let handshake = builder.handshake::<_, OutgoingMessage>(io);
    let mut connection = match tokio::time::timeout(options.handshake_timeout, handshake).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => {
            tracing::debug!(%error, ?peer, "HTTP/2 handshake failed");
            return;
        }
        Err(_) => return,
    };
    let mut timers = Timers::new(options, connection.ping_pong());
    let active = Arc::new(AtomicUsize::new(0));
    let mut stopping = false;
    let stopped = stop.cancelled();
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            accepted = connection.accept() => match accepted {
                Some(Ok((request, respond))) => {
                    timers.saw_call();
                    let guard = ActiveCall::new(&active);
                    let shared = shared.clone();
                    tokio::spawn(async move {
                        answer(request, respond, peer, &shared).await;
                        drop(guard);
                    });
                }
                Some(Err(error)) => {
                    tracing::debug!(%error, ?peer, "Connection failed");
                    return;
                }
                None => return,
            },
            () = &mut stopped, if !stopping => {
                stopping = true;
                connection.graceful_shutdown();
            }
            event = timers.next(|| active.load(Ordering::Relaxed) > 0) => match event {
                TimerEvent::Close => {
                    stopping = true;
                    connection.graceful_shutdown();
                }
                TimerEvent::Abort => return,
            }
        }
    }
}

/// Counts the calls of a connection.
struct ActiveCall(Arc<AtomicUsize>);

impl ActiveCall {
    fn new(active: &Arc<AtomicUsize>) -> Self {
        active.fetch_add(1, Ordering::Relaxed);
        Self(active.clone())
    }
}

impl Drop for ActiveCall {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers one request; whatever goes wrong with the stream itself needs no answer.
async fn answer(
    request: Request<RecvStream>,
    mut respond: SendResponse<OutgoingMessage>,
    peer: Option<SocketAddr>,
    shared: &Arc<Shared>,
) {
    // Paths that anybody could make up are not told of.
    let measured = shared.options.metrics.is_on().then(|| request.uri().path().to_owned());
    let measured = measured.filter(|path| shared.methods.contains_key(path.as_str()));
    let started = Instant::now();
    let outcome = {
        let work = handle(request, peer, shared);
        let reset = future::poll_fn(|context| respond.poll_reset(context));
        tokio::pin!(work, reset);
        match future::select(work, reset).await {
            future::Either::Left((outcome, _)) => outcome,
            future::Either::Right(_) => return,
        }
    };
    let sent = match outcome {
        Ok(Reply::Message(message)) => send_message(&mut respond, message).map(|()| Code::Ok),
        Ok(Reply::Messages(messages)) => send_messages(&mut respond, messages).await,
        Err(Refusal::Status(status)) => send_status(&mut respond, &status).map(|()| status.code),
        Err(Refusal::Http(code, status)) => {
            send_http_error(&mut respond, code, &status).map(|()| status.code)
        }
        Err(Refusal::Gone) => Ok(Code::Canceled),
    };
    if let Err(error) = &sent {
        tracing::debug!(%error, ?peer, "A response could not be sent");
    }
    if let Some(path) = measured {
        shared.options.metrics.served(&path, sent.unwrap_or(Code::Canceled), started);
    }
}

/// What a call is answered with.
enum Reply {
    Message(Bytes),
    Messages(Messages),
}

/// Why there is no response message.
enum Refusal {
    /// Answer with this status.
    Status(Status),
    /// Not a gRPC request: answer in HTTP, with a status for those who look.
    Http(StatusCode, Status),
    /// Nobody is listening any more.
    Gone,
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

async fn handle(
    request: Request<RecvStream>,
    peer: Option<SocketAddr>,
    shared: &Arc<Shared>,
) -> Result<Reply, Refusal> {
    let (head, mut body) = request.into_parts();
    check_protocol(&head.method, &head.headers)?;
    let path = head.uri.path();
    let Some(handler) = shared.methods.get(path) else {
        return Err(unknown_method(path, &shared.methods).into());
    };
    let encoding = request_encoding(&head.headers)?;
    let limit = shared.options.max_message_size;
    let deadline = read_timeout(&head.headers);
    let authority = head.uri.authority().map(ToString::to_string).unwrap_or_default();
    let headers = head.headers;
    let work = async {
        // Before the message: whoever may not come in does not make us read it.
        let identity = match &shared.options.gate {
            None => Identity::default(),
            Some(gate) => gate
                .admit(&headers)
                .await
                .map_err(|error| Status::new(Code::Unauthenticated, error.to_string()))?,
        };
        let message = match read_message(&mut body, limit).await {
            Ok(Some(message)) => plain_message(message, encoding, limit)?,
            Ok(None) => {
                let text = "cardinality violation: the stream carries no request message";
                return Err(Status::new(Code::Internal, text).into());
            }
            Err(error) => return Err(read_refusal(&error)),
        };
        let call = Call { headers, authority, peer, identity, message };
        if let Some(messages) = handler.stream(&call) {
            return Ok(Reply::Messages(guarded(messages, shared)));
        }
        match AssertUnwindSafe(handler.call(call)).catch_unwind().await {
            Ok(result) => result.map(Reply::Message).map_err(Refusal::Status),
            Err(panic) => Err(failed(panic.as_ref(), shared).into()),
        }
    };
    match deadline {
        None => work.await,
        Some(deadline) => tokio::time::timeout(deadline, work).await.unwrap_or_else(|_| {
            Err(Status::new(Code::DeadlineExceeded, "context deadline exceeded").into())
        }),
    }
}

/// Tells that a handler has panicked; gives the status for its caller.
fn failed(panic: &(dyn Any + Send), shared: &Shared) -> Status {
    (shared.on_panic)(crate::component::panic_message(panic));
    Status::new(Code::Internal, "the collector failed on this request")
}

/// Messages that end where making them panics.
fn guarded(messages: Messages, shared: &Arc<Shared>) -> Messages {
    let shared = shared.clone();
    let caught = AssertUnwindSafe(messages).catch_unwind();
    caught.map(move |one| one.unwrap_or_else(|panic| Err(failed(panic.as_ref(), &shared)))).boxed()
}

fn check_protocol(method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
    if method != Method::POST {
        let text = format!("gRPC needs POST, this request has the method {method}");
        let status = Status::new(Code::Internal, text);
        return Err(Refusal::Http(StatusCode::METHOD_NOT_ALLOWED, status));
    }
    let content_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_grpc = content_type
        .and_then(|value| value.strip_prefix(b"application/grpc"))
        .is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')));
    if !is_grpc {
        let shown = String::from_utf8_lossy(content_type.unwrap_or_default());
        let text = format!("invalid gRPC request content-type \"{shown}\"");
        let status = Status::new(Code::InvalidArgument, text);
        return Err(Refusal::Http(StatusCode::UNSUPPORTED_MEDIA_TYPE, status));
    }
    Ok(())
}

fn unknown_method(path: &str, methods: &Methods) -> Status {
    let (service, method) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
    let known = methods.keys().any(|path| {
        path.trim_start_matches('/').split_once('/').is_some_and(|(known, _)| known == service)
    });
    let message = if known {
        format!("unknown method {method} for service {service}")
    } else {
        format!("unknown service {service}")
    };
    Status::new(Code::Unimplemented, message)
}

fn request_encoding(headers: &HeaderMap) -> Result<Encoding, Status> {
    let Some(value) = headers.get(GRPC_ENCODING) else { return Ok(Encoding::Identity) };
    let name = String::from_utf8_lossy(value.as_bytes());
    Encoding::from_grpc(&name).ok_or_else(|| {
        let text = format!("grpc: Decompressor is not installed for grpc-encoding \"{name}\"");
        Status::new(Code::Unimplemented, text)
    })
}

fn plain_message(
    message: IncomingMessage,
    encoding: Encoding,
    limit: usize,
) -> Result<Bytes, Status> {
    if !message.compressed {
        return Ok(message.bytes);
    }
    if encoding == Encoding::Identity {
        let text = "grpc: compressed flag set with identity or empty encoding";
        return Err(Status::new(Code::Internal, text));
    }
    decompress(encoding, message.bytes, limit).map_err(|error| match error {
        DecompressError::TooLarge { limit } => Status::new(
            Code::ResourceExhausted,
            format!("grpc: received message after decompression larger than max {limit}"),
        ),
        DecompressError::Corrupt { .. } => Status::new(
            Code::Internal,
            format!("grpc: failed to decompress the received message: {error}"),
        ),
    })
}

fn read_refusal(error: &ReadError) -> Refusal {
    let code = match error {
        ReadError::TooLarge { .. } => Code::ResourceExhausted,
        ReadError::Truncated { .. } | ReadError::Surplus | ReadError::Flag(_) => Code::Internal,
        ReadError::Stream(_) => return Refusal::Gone,
    };
    Status::new(code, error.to_string()).into()
}
