//! The sending loops of one phase: every client takes the next request number, waits until it is
//! due, sends the body and tallies the answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{GenerateError, Plan, Until};
use crate::client::{Answer, Client, Target};
use crate::payload::Pool;
use crate::signal::Signal;

/// A collector that refuses is given this pause, as any client would; otherwise a full queue
/// would be measured by how fast it can say no.
const REFUSED_PAUSE: Duration = Duration::from_millis(10);
/// Different texts of refusals that are kept.
const REASONS: usize = 20;

/// The requests of a phase, handed out one by one.
pub(super) struct Phase {
    next: AtomicU64,
    most: u64,
    start: Instant,
    end: Option<Instant>,
    /// Time between two requests, over all clients.
    interval: Option<Duration>,
}

/// What came of the requests of a phase.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Requests sent.
    pub(super) sent: u64,
    /// Requests answered with success.
    pub(super) accepted: u64,
    /// Requests answered with a refusal.
    pub(super) refused: u64,
    /// Requests without an answer.
    pub(super) failed: u64,
    /// Items named as rejected in answers of success.
    pub(super) rejected_items: u64,
    /// How often each refusal or failure came.
    pub(super) reasons: BTreeMap<String, u64>,
}

impl Phase {
    pub(super) fn new(plan: &Plan, until: Until) -> Phase {
        let start = Instant::now();
        let (most, end) = match until {
            Until::Elapsed(duration) => (u64::MAX, Some(start + duration)),
            Until::Requests(requests) => (requests, None),
        };
        let interval = plan
            .rate
            .and_then(|rate| Duration::try_from_secs_f64(plan.shape.items as f64 / rate).ok());
        Phase { next: AtomicU64::new(0), most, start, end, interval }
    }

    /// The number of the next request once it is due; `None` when the phase is over.
    async fn next(&self) -> Option<u64> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if number >= self.most {
            return None;
        }
        if let Some(interval) = self.interval {
            let due = self.start + interval.mul_f64(number as f64);
            if self.end.is_some_and(|end| due >= end) {
                return None;
            }
            tokio::time::sleep_until(due).await;
        }
        match self.end {
            Some(end) if Instant::now() >= end => None,
            _ => Some(number),
        }
    }
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.sent += other.sent;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.failed += other.failed;
        self.rejected_items += other.rejected_items;
        for (reason, times) in other.reasons {
            self.count_reason(reason, times);
        }
    }

    fn count_reason(&mut self, reason: String, times: u64) {
        let reason = match self.reasons.len() < REASONS || self.reasons.contains_key(&reason) {
            true => reason,
            false => "other".to_owned(),
        };
        *self.reasons.entry(reason).or_default() += times;
    }
}

/// Runs a phase to its end, when every request sent has its answer; the clients come back.
pub(super) async fn run(
    plan: &Plan,
    pool: &Pool,
    phase: Phase,
    clients: Vec<Client>,
) -> Result<(Tally, Vec<Client>), GenerateError> {
    let phase = Arc::new(phase);
    let mut workers = JoinSet::new();
    for client in clients {
        let (phase, pool, target) = (Arc::clone(&phase), pool.clone(), plan.target.clone());
        workers.spawn(work(phase, pool, target, plan.shape.signal, client));
    }
    let mut tally = Tally::default();
    let mut clients = Vec::new();
    while let Some(worker) = workers.join_next().await {
        let (part, client) = worker??;
        tally.add(part);
        clients.push(client);
    }
    Ok((tally, clients))
}

async fn work(
    phase: Arc<Phase>,
    pool: Pool,
    target: Target,
    signal: Signal,
    mut client: Client,
) -> Result<(Tally, Client), GenerateError> {
    let mut tally = Tally::default();
    while let Some(number) = phase.next().await {
        tally.sent += 1;
        match client.send(signal, pool.body(number)).await {
            Ok(Answer::Accepted { rejected }) => {
                tally.accepted += 1;
                tally.rejected_items += rejected;
            }
            Ok(Answer::Refused(refused)) => {
                tally.refused += 1;
                tally.count_reason(refused.to_string(), 1);
                tokio::time::sleep(REFUSED_PAUSE).await;
            }
            Err(error) => {
                tally.failed += 1;
                tally.count_reason(error.to_string(), 1);
                // A collector that is gone for longer than the connect timeout ends the run.
                client = Client::connect(&target).await?;
            }
        }
    }
    Ok((tally, client))
}
