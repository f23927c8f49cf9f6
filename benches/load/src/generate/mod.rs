//! Sends load and measures what the collector's process needs for it.
//!
//! In: a [`Plan`]. The pool is built, connections are opened, an uncounted warm-up is run to its
//! end, then the measured phase; CPU time is read before and after it while nothing is in flight,
//! so that it belongs to exactly the items counted. Out: a [`Report`].

mod report;
mod worker;

use std::time::Duration;

use crate::client::{Client, ClientError, Target};
use crate::payload::{PayloadError, Pool, Shape};
use crate::process::{self, ProcessError};

pub(crate) use report::megabytes;
pub use report::{ProcessUse, Report};
use worker::{Phase, Tally};

/// When a phase ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Until {
    /// No request is started after this time.
    Elapsed(Duration),
    /// Exactly so many requests.
    Requests(u64),
}

/// A run of the generator.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What requests look like.
    pub shape: Shape,
    /// Where they go.
    pub target: Target,
    /// Connections to open.
    pub connections: usize,
    /// Requests in flight on each connection. HTTP/1.1 carries one at a time, so there each is a
    /// connection of its own.
    pub concurrency: usize,
    /// Items per second over all connections; as fast as it goes when absent.
    pub rate: Option<f64>,
    /// Uncounted load before the measurement.
    pub warmup: Duration,
    /// The measured phase.
    pub until: Until,
    /// How long to wait, before each reading of the process, for it to finish what it took.
    pub settle: Duration,
    /// The process to read, if any.
    pub pid: Option<u32>,
}

/// Why a run gives no report.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The payload cannot be made.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The collector cannot be reached.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The collector's process cannot be read.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// No connection or no request in flight was asked for.
    #[error("--connections and --concurrency must be at least 1")]
    NoConnections,
    /// The rate cannot be kept by anyone.
    #[error("--rate must be a positive number of items a second, not {0}")]
    Rate(f64),
    /// A sending task panicked.
    #[error("a sending task failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Carries out `plan`.
pub async fn run(plan: &Plan) -> Result<Report, GenerateError> {
    if plan.connections == 0 || plan.concurrency == 0 {
        return Err(GenerateError::NoConnections);
    }
    if let Some(rate) = plan.rate
        && (!rate.is_finite() || rate <= 0.0)
    {
        return Err(GenerateError::Rate(rate));
    }
    if let Some(pid) = plan.pid {
        // A wrong pid is told before minutes of load, not after.
        process::cpu_time(pid)?;
    }
    let pool = Pool::build(&plan.shape, plan.target.protocol, plan.target.gzip)?;
    let mut clients = connect(plan).await?;
    if !plan.warmup.is_zero() {
        let phase = Phase::new(plan, Until::Elapsed(plan.warmup));
        (_, clients) = worker::run(plan, &pool, phase, clients).await?;
    }
    let before = settled_cpu(plan).await?;
    let phase = Phase::new(plan, plan.until);
    let started = tokio::time::Instant::now();
    let (tally, clients) = worker::run(plan, &pool, phase, clients).await?;
    let elapsed = started.elapsed();
    let after = settled_cpu(plan).await?;
    drop(clients);
    let process = match (plan.pid, before, after) {
        (Some(pid), Some(before), Some(after)) => {
            Some(ProcessUse::new(pid, after.since(before), process::memory(pid)?))
        }
        _ => None,
    };
    Ok(report(plan, &pool, tally, elapsed, process))
}

fn report(
    plan: &Plan,
    pool: &Pool,
    tally: Tally,
    elapsed: Duration,
    process: Option<ProcessUse>,
) -> Report {
    let items = plan.shape.items as u64;
    let seconds = elapsed.as_secs_f64();
    let accepted = (tally.accepted * items).saturating_sub(tally.rejected_items);
    let per_second = if seconds > 0.0 { accepted as f64 / seconds } else { 0.0 };
    Report {
        signal: plan.shape.signal.name(),
        protocol: plan.target.protocol.name(),
        gzip: plan.target.gzip,
        items_per_request: plan.shape.items,
        connections: plan.connections,
        bytes_per_item: pool.bytes_per_item,
        requests: tally.sent,
        items_sent: tally.sent * items,
        items_accepted: accepted,
        items_rejected: tally.rejected_items,
        items_refused: tally.refused * items,
        items_failed: tally.failed * items,
        reasons: tally.reasons,
        seconds,
        items_per_second: per_second,
        cpu_seconds_per_million: process
            .as_ref()
            .filter(|_| accepted > 0)
            .map(|process| process.cpu_seconds() * 1e6 / accepted as f64),
        process,
    }
}

async fn connect(plan: &Plan) -> Result<Vec<Client>, GenerateError> {
    let mut clients = Vec::with_capacity(plan.connections * plan.concurrency);
    for _ in 0..plan.connections {
        let first = Client::connect(&plan.target).await?;
        for _ in 1..plan.concurrency {
            clients.push(match first.share() {
                Some(client) => client,
                None => Client::connect(&plan.target).await?,
            });
        }
        clients.push(first);
    }
    Ok(clients)
}

async fn settled_cpu(plan: &Plan) -> Result<Option<process::CpuTime>, GenerateError> {
    let Some(pid) = plan.pid else { return Ok(None) };
    tokio::time::sleep(plan.settle).await;
    Ok(Some(process::cpu_time(pid)?))
}
