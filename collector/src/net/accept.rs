//! Accepting connections: a listening socket in, each connection to a [`Server`] of its own task,
//! encrypted when there is TLS.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::listen::{Accepted, Listener};
use super::tls::ServerTls;

/// What a connection's bytes come from and go to.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Stream for T {}

/// Serves connections.
pub(super) trait Server: Send + Sync + 'static {
    /// Serves one connection until it ends. When `stop` is cancelled, what is open is answered and
    /// nothing new taken. `alpn` is the protocol that was agreed on, when one was.
    fn connection<T: Stream>(
        self: Arc<Self>,
        stream: T,
        alpn: Option<Vec<u8>>,
        peer: Option<SocketAddr>,
        stop: CancellationToken,
    ) -> impl Future<Output = ()> + Send;
}

/// Time that clients have to ask something that they were just let in for when the server stops.
pub(super) const STOP_GRACE: Duration = Duration::from_secs(1);

/// Accepts until `stop` is cancelled and then waits for the connections that are open. Dropping the
/// future closes them.
pub(super) async fn accept<S: Server>(
    listener: Listener,
    tls: Option<ServerTls>,
    server: Arc<S>,
    stop: CancellationToken,
) {
    let failures = Arc::new(Failures::default());
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let (server, stop) = (server.clone(), stop.clone());
        match (accepted, &tls) {
            (Ok(Accepted::Tcp(stream, peer)), None) => {
                connections.spawn(server.connection(stream, None, Some(peer), stop));
            }
            (Ok(Accepted::Tcp(stream, peer)), Some(tls)) => {
                let (tls, failures) = (tls.clone(), failures.clone());
                connections.spawn(encrypted(stream, Some(peer), tls, server, failures, stop));
            }
            #[cfg(unix)]
            (Ok(Accepted::Unix(stream)), None) => {
                connections.spawn(server.connection(stream, None, None, stop));
            }
            #[cfg(unix)]
            (Ok(Accepted::Unix(stream)), Some(tls)) => {
                let (tls, failures) = (tls.clone(), failures.clone());
                connections.spawn(encrypted(stream, None, tls, server, failures, stop));
            }
            (Err(error), _) => {
                tracing::warn!(%error, "A connection could not be accepted");
                // Out of descriptors, most likely: trying again at once would spin.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn encrypted<S: Server, T: Stream>(
    stream: T,
    peer: Option<SocketAddr>,
    tls: ServerTls,
    server: Arc<S>,
    failures: Arc<Failures>,
    stop: CancellationToken,
) {
    let accepted = tokio::select! {
        accepted = tls.accept(stream) => accepted,
        () = async {
            stop.cancelled().await;
            tokio::time::sleep(STOP_GRACE).await;
        } => return,
    };
    match accepted {
        Ok(stream) => {
            let alpn = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
            server.connection(stream, alpn, peer, stop).await;
        }
        Err(error) => failures.log(&error, peer),
    }
}

/// Failed handshakes: any scan of ports makes some, so the log gets one in a while.
#[derive(Default)]
struct Failures {
    logged: Mutex<Option<Instant>>,
    silent: AtomicU64,
}

/// Time between two lines about failed handshakes.
const BETWEEN_FAILURES: Duration = Duration::from_secs(10);

impl Failures {
    fn log(&self, error: &io::Error, peer: Option<SocketAddr>) {
        let now = Instant::now();
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.is_some_and(|last| now < last + BETWEEN_FAILURES) {
            self.silent.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(%error, ?peer, "TLS handshake failed");
            return;
        }
        *logged = Some(now);
        let others = self.silent.swap(0, Ordering::Relaxed);
        let words = super::tls::explain_chain(error).unwrap_or_else(|| error.to_string());
        let peer = peer.map(|peer| peer.to_string()).unwrap_or_default();
        tracing::warn!(error = words, peer, since_last = others, "TLS handshake failed");
    }
}
