//! A client under observation: sends items at a rate and writes down what was answered.
//!
//! Each request is sent once. Whoever loses its connection opens another; nothing is sent again,
//! so that every item has one fate.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use holt_load::client::{Answer, Client, ClientError, Target};
use holt_load::http2::Http2;
use holt_load::signal::{Protocol, Signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::items;
use crate::ledger::Ledger;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// A pause after a failed attempt to connect.
const RECONNECT: Duration = Duration::from_millis(20);
/// Different texts of refusals that are kept.
const REASONS: usize = 20;

/// The load to make.
#[derive(Clone, Debug)]
pub struct Load {
    /// `host:port` of the collector's OTLP receiver.
    pub endpoint: String,
    /// The transport.
    pub protocol: Protocol,
    /// Items a second, over all connections.
    pub rate: f64,
    /// Items in a request.
    pub per_request: usize,
    /// The size of an item's text, in bytes.
    pub item_bytes: usize,
    /// Connections, each with one request at a time.
    pub connections: usize,
    /// Every request opens a connection of its own.
    pub fresh: bool,
}

impl Load {
    /// Two thousand items a second in requests of 20, over gRPC.
    pub fn steady(endpoint: &str) -> Load {
        Load {
            endpoint: endpoint.to_owned(),
            protocol: Protocol::Grpc,
            rate: 2000.0,
            per_request: 20,
            item_bytes: 300,
            connections: 4,
            fresh: false,
        }
    }
}

/// What a client has seen, in requests.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Answered with success.
    pub accepted: u64,
    /// Refused, but may be sent again.
    pub retryable: u64,
    /// Refused for good.
    pub permanent: u64,
    /// No answer: the connection broke or the time was up.
    pub broken: u64,
    /// Attempts to connect that failed.
    pub unconnected: u64,
    /// How often each refusal or failure came.
    pub reasons: BTreeMap<String, u64>,
    /// How long answers took, in the order of the answers.
    pub latencies: Vec<Duration>,
}

impl Tally {
    /// Adds what another client has seen.
    pub(crate) fn add(&mut self, other: Tally) {
        self.accepted += other.accepted;
        self.retryable += other.retryable;
        self.permanent += other.permanent;
        self.broken += other.broken;
        self.unconnected += other.unconnected;
        self.latencies.extend(other.latencies);
        for (reason, times) in other.reasons {
            self.count(reason, times);
        }
    }

    fn count(&mut self, reason: String, times: u64) {
        let known = self.reasons.len() < REASONS || self.reasons.contains_key(&reason);
        let reason = if known { reason } else { "other".to_owned() };
        *self.reasons.entry(reason).or_default() += times;
    }

    /// The latency that this share (0 to 1) of the answers did not exceed.
    pub fn latency(&self, share: f64) -> Option<Duration> {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        sorted.get((last as f64 * share).round() as usize).copied()
    }

    /// The reasons in one line.
    pub fn reasons(&self) -> String {
        let parts = self.reasons.iter().map(|(reason, times)| format!("{times} x {reason}"));
        parts.collect::<Vec<_>>().join("; ")
    }
}

/// A client at work.
pub struct Running {
    stop: watch::Sender<bool>,
    workers: JoinSet<Tally>,
}

impl Running {
    /// Begins to send.
    pub fn start(load: &Load, ledger: &Arc<Ledger>) -> Running {
        let (stop, stopped) = watch::channel(false);
        let mut workers = JoinSet::new();
        let connections = load.connections.max(1);
        let every =
            Duration::from_secs_f64(load.per_request as f64 * connections as f64 / load.rate);
        for index in 0..connections {
            let worker = Worker {
                load: load.clone(),
                ledger: Arc::clone(ledger),
                stopped: stopped.clone(),
                start: Instant::now() + every.mul_f64(index as f64 / connections as f64),
                every,
                tally: Tally::default(),
            };
            workers.spawn(worker.run());
        }
        Running { stop, workers }
    }

    /// Stops sending, waits for the answers that are due, and tells what was seen.
    pub async fn stop(mut self) -> Tally {
        let _ = self.stop.send(true);
        let mut tally = Tally::default();
        while let Some(part) = self.workers.join_next().await {
            tally.add(part.unwrap_or_default());
        }
        tally
    }
}

struct Worker {
    load: Load,
    ledger: Arc<Ledger>,
    stopped: watch::Receiver<bool>,
    start: Instant,
    every: Duration,
    tally: Tally,
}

impl Worker {
    async fn run(mut self) -> Tally {
        let mut client = None;
        let mut due = self.start;
        loop {
            tokio::select! {
                biased;
                // Whoever has dropped the sender wants no more either.
                _ = self.stopped.changed() => return self.tally,
                () = tokio::time::sleep_until(due) => {}
            }
            // Late after a pause, a worker does not make up for what it could not send.
            due = (due + self.every).max(Instant::now());
            if client.is_none() {
                match self.connect().await {
                    Ok(connected) => client = Some(connected),
                    Err(error) => {
                        self.tally.unconnected += 1;
                        self.tally.count(error.to_string(), 1);
                        tokio::time::sleep(RECONNECT).await;
                        continue;
                    }
                }
            }
            if let Some(open) = &mut client
                && (!self.send(open).await || self.load.fresh)
            {
                client = None;
            }
        }
    }

    async fn connect(&self) -> Result<Client, ClientError> {
        let target = Target {
            endpoint: self.load.endpoint.clone(),
            protocol: self.load.protocol,
            gzip: false,
            http2: Http2::default(),
            connect_timeout: Duration::ZERO,
        };
        Client::connect(&target).await
    }

    /// Sends one request; the answer is whether the connection is still good.
    async fn send(&mut self, client: &mut Client) -> bool {
        let numbers = self.ledger.issue(self.load.per_request);
        let message = items::request(numbers.clone(), self.load.item_bytes);
        let body = body(message, self.load.protocol);
        let begun = Instant::now();
        let answer = tokio::time::timeout(PATIENCE, client.send(Signal::Logs, body)).await;
        match answer {
            Ok(Ok(Answer::Accepted { rejected: 0 })) => {
                self.tally.latencies.push(begun.elapsed());
                self.tally.accepted += 1;
                self.ledger.acknowledged(numbers);
                true
            }
            // Which items were rejected is not told, so none counts as acknowledged.
            Ok(Ok(Answer::Accepted { rejected })) => {
                self.tally.permanent += 1;
                self.tally.count(format!("{rejected} items rejected"), 1);
                self.ledger.refused(numbers, false);
                true
            }
            Ok(Ok(Answer::Refused(refused))) => {
                self.tally.latencies.push(begun.elapsed());
                self.ledger.refused(numbers, refused.retryable);
                match refused.retryable {
                    true => self.tally.retryable += 1,
                    false => self.tally.permanent += 1,
                }
                self.tally.count(refused.text, 1);
                true
            }
            Ok(Err(error)) => {
                self.tally.broken += 1;
                self.tally.count(error.to_string(), 1);
                false
            }
            Err(_) => {
                self.tally.broken += 1;
                self.tally.count("no answer".to_owned(), 1);
                false
            }
        }
    }
}

/// A message as it goes over the wire: for gRPC with the flag and the length in front.
fn body(message: Bytes, protocol: Protocol) -> Bytes {
    if protocol == Protocol::Http {
        return message;
    }
    let mut framed = BytesMut::with_capacity(message.len() + 5);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    framed.put(message);
    framed.freeze()
}
