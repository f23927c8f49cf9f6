//! A backend that can be told how to misbehave: behaviours in, arrivals written into the ledger.
//!
//! It keeps its address whatever it does, as a service behind a fixed name would. Items count as
//! arrived when they are answered with success, not before.

pub mod certificates;
mod reset;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Buf;
use holt_load::http2::Http2;
use holt_load::server::{Handler, Meta, Refusal, Server};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use crate::items;
use crate::ledger::Ledger;
use reset::Resetter;

/// How long the system may take to free an address.
const REBIND: Duration = Duration::from_secs(5);

/// What a backend does.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Behaviour {
    /// Takes everything.
    #[default]
    Serve,
    /// Refuses connections: nobody listens.
    Down,
    /// Reads requests and never answers.
    Hang,
    /// Answers every request with this.
    Refuse(Refusal),
    /// Resets each connection as soon as some of a request has come.
    Reset,
}

/// A running backend.
pub struct Backend {
    address: SocketAddr,
    shared: Arc<Shared>,
    tls: Option<TlsAcceptor>,
    open: Open,
}

/// Who holds the address.
enum Open {
    Nobody,
    Server { _server: Server },
    Resetter { _resetter: Resetter },
}

struct Shared {
    ledger: Arc<Ledger>,
    behaviour: Mutex<Behaviour>,
    /// Numbers that nobody sent.
    unknown: AtomicU64,
    /// Items that are not as they were sent.
    altered: AtomicU64,
    /// Requests that reached it, whatever came of them.
    requests: AtomicU64,
    /// The first arrival since the behaviour changed last.
    first: Mutex<Option<Instant>>,
}

impl Backend {
    /// Serves at `address`, behind TLS if an acceptor is given.
    pub async fn start(
        address: SocketAddr,
        ledger: &Arc<Ledger>,
        tls: Option<TlsAcceptor>,
    ) -> io::Result<Backend> {
        let shared = Shared {
            ledger: Arc::clone(ledger),
            behaviour: Mutex::default(),
            unknown: AtomicU64::new(0),
            altered: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            first: Mutex::default(),
        };
        let shared = Arc::new(shared);
        let mut backend = Backend { address, shared, tls, open: Open::Nobody };
        backend.become_(Behaviour::Serve).await?;
        Ok(backend)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes its behaviour. Connections stay where they can.
    pub async fn become_(&mut self, behaviour: Behaviour) -> io::Result<()> {
        *lock(&self.shared.behaviour) = behaviour.clone();
        *lock(&self.shared.first) = None;
        match behaviour {
            Behaviour::Down => self.open = Open::Nobody,
            Behaviour::Reset => {
                self.open = Open::Nobody;
                let address = self.address;
                let resetter = rebind(|| Resetter::start(address)).await?;
                self.open = Open::Resetter { _resetter: resetter };
            }
            Behaviour::Serve | Behaviour::Hang | Behaviour::Refuse(_) => {
                if !matches!(self.open, Open::Server { .. }) {
                    self.open = Open::Nobody;
                    self.listen().await?;
                }
            }
        }
        Ok(())
    }

    /// Takes another certificate, for which every connection is closed.
    pub async fn present(&mut self, tls: TlsAcceptor) -> io::Result<()> {
        self.tls = Some(tls);
        self.open = Open::Nobody;
        self.listen().await
    }

    async fn listen(&mut self) -> io::Result<()> {
        let address = self.address.to_string();
        let server = rebind(|| {
            let (handler, tls) = (Arc::clone(&self.shared), self.tls.clone());
            Server::start_with(&address, Http2::default(), handler, tls)
        })
        .await?;
        self.open = Open::Server { _server: server };
        Ok(())
    }

    /// When the first items arrived after the behaviour changed last.
    pub fn first_arrival(&self) -> Option<Instant> {
        *lock(&self.shared.first)
    }

    /// Items that arrived although nobody sent them.
    pub fn unknown(&self) -> u64 {
        self.shared.unknown.load(Ordering::Relaxed)
    }

    /// Items that arrived otherwise than they were sent.
    pub fn altered(&self) -> u64 {
        self.shared.altered.load(Ordering::Relaxed)
    }

    /// Requests that it has read, whatever it did with them.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }
}

/// Binds as soon as the address is free: whoever held it goes a moment after it is told to.
async fn rebind<T, F: Future<Output = io::Result<T>>>(bind: impl Fn() -> F) -> io::Result<T> {
    let give_up = Instant::now() + REBIND;
    loop {
        match bind().await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && Instant::now() < give_up => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            other => return other,
        }
    }
}

impl Handler for Shared {
    async fn handle(&self, _: Meta, body: impl Buf + Send) -> Result<(), Refusal> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let behaviour = lock(&self.behaviour).clone();
        match behaviour {
            Behaviour::Serve => {}
            Behaviour::Refuse(refusal) => return Err(refusal),
            Behaviour::Hang | Behaviour::Down | Behaviour::Reset => std::future::pending().await,
        }
        let arrived = items::read(body).map_err(|error| Refusal::invalid(error.to_string()))?;
        self.altered.fetch_add(arrived.altered, Ordering::Relaxed);
        let unknown = self.ledger.arrived(arrived.numbers);
        self.unknown.fetch_add(unknown, Ordering::Relaxed);
        lock(&self.first).get_or_insert_with(Instant::now);
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Load, Running};
    use crate::ports;

    /// What a client sees of each behaviour, directly.
    #[tokio::test]
    async fn behaviours_are_what_they_are_called() {
        let ledger = Arc::new(Ledger::default());
        let address = ports::free().unwrap();
        let mut backend = Backend::start(address, &ledger, None).await.unwrap();
        let load = Load::steady(&address.to_string());
        let refusal = Refusal { after: Some(Duration::from_secs(1)), ..Refusal::new(8, "slowly") };
        for (behaviour, expected) in [
            (Behaviour::Serve, "accepted"),
            (Behaviour::Refuse(refusal), "retryable"),
            (Behaviour::Refuse(Refusal::new(3, "no")), "permanent"),
            (Behaviour::Reset, "broken"),
            (Behaviour::Down, "unconnected"),
        ] {
            backend.become_(behaviour.clone()).await.unwrap();
            let client = Running::start(&load, &ledger);
            tokio::time::sleep(Duration::from_millis(60)).await;
            let tally = client.stop().await;
            let seen = [
                (tally.accepted, "accepted"),
                (tally.retryable, "retryable"),
                (tally.permanent, "permanent"),
                (tally.broken, "broken"),
                (tally.unconnected, "unconnected"),
            ];
            for (count, name) in seen {
                assert_eq!(count > 0, name == expected, "{behaviour:?}: {tally:?}");
            }
        }
        let summary = ledger.summary();
        assert_eq!((summary.lost, summary.duplicates), (0, 0));
        assert!(summary.delivered > 0 && summary.delivered == summary.acknowledged);
        assert_eq!(backend.unknown(), 0);
    }
}
