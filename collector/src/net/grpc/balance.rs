//! Which connection a call takes: the addresses of a target in, connections in turn out.
//!
//! A name is resolved when the first call comes, and again when a connection has ended or nobody
//! answers, so a backend that moves is found again.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::client::{Balancer, ChannelOptions, Target};
use super::link::{DialError, Link, Ready};

/// The connections of a channel.
pub(super) struct Links {
    options: Arc<ChannelOptions>,
    state: Mutex<State>,
    /// Held while resolving, so that it is done once at a time.
    resolving: tokio::sync::Mutex<()>,
    /// Whether a connection has ended since the name was last resolved.
    ended: Arc<AtomicBool>,
    next: AtomicUsize,
}

#[derive(Default)]
struct State {
    links: Arc<[Arc<Link>]>,
    resolved: Option<Instant>,
}

/// Least time between two resolutions of a name.
const BETWEEN_RESOLUTIONS: Duration = Duration::from_secs(1);

impl Links {
    pub(super) fn new(options: Arc<ChannelOptions>) -> Self {
        Self {
            options,
            state: Mutex::default(),
            resolving: tokio::sync::Mutex::default(),
            ended: Arc::default(),
            next: AtomicUsize::new(0),
        }
    }

    /// A connection that takes another call now: the next one in turn of those there are, or the
    /// first that can be made.
    pub(super) async fn ready(&self) -> Result<Ready, DialError> {
        let links = self.links().await?;
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let in_turn = || {
            let (done, first) = links.split_at(turn.checked_rem(links.len()).unwrap_or(0));
            first.iter().chain(done)
        };
        for link in in_turn() {
            if let Some(ready) = link.ready().await {
                dial_others(&links);
                return Ok(ready);
            }
        }
        let mut last = None;
        // Those that have just failed come last.
        let (due, failed): (Vec<_>, Vec<_>) = in_turn().partition(|link| link.is_due());
        for link in due.into_iter().chain(failed) {
            match link.connect().await {
                Ok(()) => {
                    if let Some(ready) = link.ready().await {
                        dial_others(&links);
                        return Ok(ready);
                    }
                }
                Err(error) => last = Some(error),
            }
        }
        self.ended.store(true, Ordering::Relaxed);
        Err(last.unwrap_or_else(|| DialError {
            target: self.options.target.to_string(),
            source: std::io::Error::other("the connection was closed at once"),
        }))
    }

    /// The connections, after the name was resolved when it is time for that.
    async fn links(&self) -> Result<Arc<[Arc<Link>]>, DialError> {
        if let Some(links) = self.known() {
            return Ok(links);
        }
        let _resolving = self.resolving.lock().await;
        if let Some(links) = self.known() {
            return Ok(links);
        }
        self.ended.store(false, Ordering::Relaxed);
        let addresses = self.resolve().await;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.resolved = Some(Instant::now());
        match addresses {
            Ok(addresses) => {
                let old = |address: &Option<SocketAddr>| {
                    state.links.iter().find(|link| link.address == *address).cloned()
                };
                let new = |address| {
                    Arc::new(Link::new(self.options.clone(), address, self.ended.clone()))
                };
                let links = addresses.into_iter().map(|one| old(&one).unwrap_or_else(|| new(one)));
                state.links = links.collect();
            }
            // What was found before may still answer.
            Err(error) if state.links.is_empty() => return Err(error),
            Err(error) => tracing::debug!(%error, "A name could not be resolved again"),
        }
        Ok(state.links.clone())
    }

    fn known(&self) -> Option<Arc<[Arc<Link>]>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let stale = self.ended.load(Ordering::Relaxed)
            && state.resolved.is_none_or(|at| at.elapsed() >= BETWEEN_RESOLUTIONS);
        (!stale && !state.links.is_empty()).then(|| state.links.clone())
    }

    /// The addresses to connect to; one that is `None` stands for whichever answers.
    async fn resolve(&self) -> Result<Vec<Option<SocketAddr>>, DialError> {
        let Target::Tcp { host, port } = &self.options.target else { return Ok(vec![None]) };
        if self.options.balancer == Balancer::PickFirst || self.options.proxy.is_some() {
            return Ok(vec![None]);
        }
        let resolved = tokio::net::lookup_host((host.as_str(), *port)).await;
        let mut addresses: Vec<_> = resolved
            .map_err(|source| DialError { target: self.options.target.to_string(), source })?
            .map(Some)
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        Ok(addresses)
    }
}

/// Dials the addresses without a connection beside the call, so that later calls have it.
fn dial_others(links: &[Arc<Link>]) {
    let wanted = |link: &&Arc<Link>| !link.is_connected() && !link.is_dialling() && link.is_due();
    for link in links.iter().filter(wanted) {
        let link = link.clone();
        tokio::spawn(async move {
            if let Err(error) = link.connect().await {
                tracing::debug!(%error, "An address does not answer; the others are used");
            }
        });
    }
}
