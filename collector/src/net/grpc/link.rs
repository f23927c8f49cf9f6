//! One connection to one address: dialled when it is wanted, replaced when it has ended.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use h2::client::{Connection, SendRequest};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::client::{ChannelOptions, Keepalive, Target};
use super::message::OutgoingMessage;
use super::{CONNECTION_WINDOW, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE, STREAM_WINDOW};

/// A connection that calls can be made on, with the count of its open calls.
pub(super) struct Ready {
    pub(super) requests: SendRequest<OutgoingMessage>,
    pub(super) active: Arc<AtomicUsize>,
}

/// A connection to one address, or to the first that answers of all addresses of a name.
pub(super) struct Link {
    options: Arc<ChannelOptions>,
    /// The one address; all of the target's when `None`.
    pub(super) address: Option<SocketAddr>,
    /// The live connection with its number, which tells a caller whether it was replaced.
    current: Mutex<Option<(u64, SendRequest<OutgoingMessage>)>>,
    /// Held while dialling, so that there is one dial at a time. Counts the dials.
    dialling: tokio::sync::Mutex<u64>,
    /// When to dial again after failures, and the pause after the next one.
    pause: Mutex<Option<(Instant, Duration)>>,
    /// Open calls.
    active: Arc<AtomicUsize>,
    /// Whether a connection has ended since somebody asked.
    ended: Arc<AtomicBool>,
}

/// No connection could be made.
#[derive(Debug, thiserror::Error)]
#[error("transport: Error while dialing: {target}: {source}")]
pub(super) struct DialError {
    pub(super) target: String,
    pub(super) source: io::Error,
}

/// Time that a dial may take.
const DIAL_TIMEOUT: Duration = Duration::from_secs(20);
/// First pause between dials of an address that does not answer.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest such pause.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Link {
    pub(super) fn new(
        options: Arc<ChannelOptions>,
        address: Option<SocketAddr>,
        ended: Arc<AtomicBool>,
    ) -> Self {
        Self {
            options,
            address,
            current: Mutex::default(),
            dialling: tokio::sync::Mutex::default(),
            pause: Mutex::default(),
            active: Arc::default(),
            ended,
        }
    }

    /// Whether there is a connection, as far as is known.
    pub(super) fn is_connected(&self) -> bool {
        self.lock().is_some()
    }

    /// Whether dialling is worth it: not soon after a failure.
    pub(super) fn is_due(&self) -> bool {
        let pause = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        pause.is_none_or(|(until, _)| Instant::now() >= until)
    }

    /// The connection there is, once it takes another call.
    pub(super) async fn ready(&self) -> Option<Ready> {
        let (number, requests) = self.lock().clone()?;
        match requests.ready().await {
            Ok(requests) => Some(Ready { requests, active: self.active.clone() }),
            // It ended before this call was sent: replacing it costs nobody anything.
            Err(_) => {
                self.forget(number);
                None
            }
        }
    }

    /// Dials, unless somebody else just has.
    pub(super) async fn connect(&self) -> Result<(), DialError> {
        let mut dials = self.dialling.lock().await;
        if self.is_connected() {
            return Ok(());
        }
        let dial = tokio::time::timeout(DIAL_TIMEOUT, self.dial());
        let dialled = dial.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        match dialled {
            Ok(requests) => {
                *pause = None;
                *dials += 1;
                *self.lock() = Some((*dials, requests));
                Ok(())
            }
            Err(source) => {
                let length = pause.map_or(FIRST_PAUSE, |(_, length)| length);
                *pause = Some((Instant::now() + length, (length * 2).min(LONGEST_PAUSE)));
                let target = match self.address {
                    Some(address) => format!("dial tcp {address}"),
                    None => self.options.target.to_string(),
                };
                Err(DialError { target, source })
            }
        }
    }

    /// Whether somebody is dialling.
    pub(super) fn is_dialling(&self) -> bool {
        self.dialling.try_lock().is_err()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(u64, SendRequest<OutgoingMessage>)>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self, number: u64) {
        let mut current = self.lock();
        if current.as_ref().is_some_and(|(live, _)| *live == number) {
            *current = None;
        }
    }

    async fn dial(&self) -> io::Result<SendRequest<OutgoingMessage>> {
        match &self.options.target {
            Target::Tcp { host, port } => {
                let stream = match (&self.options.proxy, self.address) {
                    (Some(proxy), _) => proxy.connect(host, *port).await?,
                    (None, Some(address)) => TcpStream::connect(address).await?,
                    (None, None) => TcpStream::connect((host.as_str(), *port)).await?,
                };
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
        let (active, ended) = (self.active.clone(), self.ended.clone());
        tokio::spawn(async move {
            drive(connection, probe, active).await;
            ended.store(true, Ordering::Relaxed);
        });
        Ok(requests)
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
