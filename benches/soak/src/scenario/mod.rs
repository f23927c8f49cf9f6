//! The scenarios: each takes a collector's binary through a kind of trouble and reports.

pub mod abuse;
pub mod backend;
pub mod cost;
pub mod kill;
pub mod memory;
pub mod reload;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::backend::Backend;
use crate::balance::Balance;
use crate::collector::{Binary, Collector, CollectorError};
use crate::ledger::Ledger;

/// Why a scenario has no result.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The collector is not as it should be.
    #[error(transparent)]
    Collector(#[from] CollectorError),
    /// Files, sockets or tasks cannot be had.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl From<tokio::task::JoinError> for ScenarioError {
    fn from(error: tokio::task::JoinError) -> Self {
        ScenarioError::System(io::Error::other(error))
    }
}

/// What every scenario needs.
#[derive(Clone)]
pub struct Context {
    /// The collector.
    pub binary: Binary,
    /// Where its files may lie.
    pub directory: PathBuf,
    /// Told what happens, line by line.
    pub say: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Context {
    /// A directory for one part of a scenario.
    pub(crate) fn place(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.directory.join(name);
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }
}

/// How often something is looked at while waiting for it.
const LOOK: Duration = Duration::from_millis(20);

/// Waits until everything acknowledged has arrived, or nothing has for so long.
pub(crate) async fn drained(ledger: &Ledger, quiet: Duration) {
    let mut last = (ledger.summary().delivered, Instant::now());
    loop {
        let summary = ledger.summary();
        if summary.lost == 0 {
            return;
        }
        if summary.delivered != last.0 {
            last = (summary.delivered, Instant::now());
        }
        if last.1.elapsed() > quiet {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The balance, once it stands still: nothing moves while two pages in a row say the same.
pub(crate) async fn settled_balance(collector: &Collector, patience: Duration) -> Option<Balance> {
    let give_up = Instant::now() + patience;
    let mut last: Option<Balance> = None;
    loop {
        let balance = Balance::read(&collector.metrics().await?)?;
        let still = last.as_ref() == Some(&balance);
        if (still && balance.missing() == 0) || Instant::now() > give_up {
            return Some(balance);
        }
        last = Some(balance);
        tokio::time::sleep(LOOK * 5).await;
    }
}

/// How long it took from `since` until the first items arrived; waits for them.
pub(crate) async fn first_arrival(
    backend: &Backend,
    since: Instant,
    patience: Duration,
) -> Option<Duration> {
    while since.elapsed() < patience {
        if let Some(at) = backend.first_arrival() {
            return Some(at.saturating_duration_since(since));
        }
        tokio::time::sleep(LOOK).await;
    }
    None
}

/// Seconds with a precision that can be believed.
pub(crate) fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100.0).round() / 100.0
}

/// A directory that is empty at the beginning of a run.
pub(crate) fn empty(path: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => std::fs::create_dir_all(path),
    }
}
