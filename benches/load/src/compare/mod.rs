//! Ratios of one run: starts the baseline and each given command in turn, sends the same load to
//! each, and tabulates CPU-seconds per million items, memory, and the ratio to the baseline.
//!
//! The sink and the generator live in this process; one contender at a time is a child. Rounds
//! alternate, so that a slow minute of the machine hits all contenders alike; the table shows the
//! median of the rounds.

mod child;
mod table;

use std::path::PathBuf;
use std::time::Duration;

use crate::client::{Client, ClientError, Target};
use crate::generate::{self, GenerateError, Plan, Until};
use crate::http2::Http2;
use crate::payload::Shape;
use crate::signal::{Protocol, Signal};
use crate::sink::Sink;

use child::Child;
pub use child::ChildError;
pub use table::{Row, Table};

/// How long a contender may take until it accepts connections, and to hand on what it took.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process to measure.
#[derive(Clone, Debug)]
pub struct Contender {
    /// How the table calls it.
    pub name: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// `host:port` on which it receives.
    pub listen: String,
}

/// A comparison.
#[derive(Clone, Debug)]
pub struct Options {
    /// The first is what the others are compared with.
    pub contenders: Vec<Contender>,
    /// `host:port` on which all of them are told to send: the sink's address.
    pub sink: String,
    /// Signals to measure, one after the other.
    pub signals: Vec<Signal>,
    /// The transport into the contenders.
    pub protocol: Protocol,
    /// Requests are compressed.
    pub gzip: bool,
    /// What requests look like; the signal is replaced by each of `signals`.
    pub shape: Shape,
    /// Connections of the generator.
    pub connections: usize,
    /// Requests in flight on each.
    pub concurrency: usize,
    /// Items per second; as fast as it goes when absent.
    pub rate: Option<f64>,
    /// Uncounted load before each measurement.
    pub warmup: Duration,
    /// Length of each measurement.
    pub duration: Duration,
    /// Measurements of each contender and signal.
    pub rounds: usize,
    /// Directory for what the children print; discarded when absent.
    pub logs: Option<PathBuf>,
    /// Windows and frame size of generator and sink.
    pub http2: Http2,
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The sink's port cannot be bound.
    #[error("the sink cannot listen: {0}")]
    Sink(#[source] std::io::Error),
    /// A contender does not start or stop.
    #[error("{name}: {source}")]
    Child {
        /// The contender.
        name: String,
        /// What happened.
        source: ChildError,
    },
    /// A contender does not listen.
    #[error("{name} does not accept connections: {source}")]
    NotReady {
        /// The contender.
        name: String,
        /// What happened.
        source: ClientError,
    },
    /// The load failed.
    #[error("{name}: {source}")]
    Generate {
        /// The contender.
        name: String,
        /// What happened.
        source: GenerateError,
    },
}

/// Runs the comparison; `progress` is told what is about to happen.
pub async fn run(
    options: &Options,
    mut progress: impl FnMut(String),
) -> Result<Table, CompareError> {
    let sink = Sink::start(&[&options.sink], options.http2).await.map_err(CompareError::Sink)?;
    let mut table = Table::default();
    for signal in &options.signals {
        for round in 1..=options.rounds {
            for contender in &options.contenders {
                progress(format!(
                    "{} · round {round} of {} · {}",
                    signal.name(),
                    options.rounds,
                    contender.name
                ));
                table.add(measure(options, &sink, *signal, contender).await?);
            }
        }
    }
    Ok(table)
}

async fn measure(
    options: &Options,
    sink: &Sink,
    signal: Signal,
    contender: &Contender,
) -> Result<Row, CompareError> {
    let name = || contender.name.clone();
    let child = Child::start(contender, options.logs.as_deref())
        .map_err(|source| CompareError::Child { name: name(), source })?;
    let target = Target {
        endpoint: contender.listen.clone(),
        protocol: options.protocol,
        gzip: options.gzip,
        http2: options.http2,
        connect_timeout: PATIENCE,
    };
    let plan = Plan {
        shape: Shape { signal, ..options.shape },
        target,
        connections: options.connections,
        concurrency: options.concurrency,
        rate: options.rate,
        warmup: Duration::ZERO,
        until: Until::Elapsed(options.duration),
        settle: Duration::from_millis(300),
        pid: Some(child.id()),
    };
    Client::connect(&plan.target)
        .await
        .map_err(|source| CompareError::NotReady { name: name(), source })?;
    let failed = |source| CompareError::Generate { name: name(), source };
    // The warm-up is a run of its own, so that its items are not taken for measured ones when
    // the sink's count is read.
    if !options.warmup.is_zero() {
        let warmup = Plan { until: Until::Elapsed(options.warmup), ..plan.clone() };
        let before = sink.counts.of(signal).items;
        let report = generate::run(&warmup).await.map_err(failed)?;
        delivered(sink, signal, before, report.items_accepted).await;
    }
    let before = sink.counts.of(signal).items;
    let report = generate::run(&plan).await.map_err(failed)?;
    let delivered = delivered(sink, signal, before, report.items_accepted).await;
    child.stop().await.map_err(|source| CompareError::Child { name: name(), source })?;
    Ok(Row { contender: name(), report, delivered })
}

/// Waits until the sink has as many items as were accepted, or no longer; says how many it got.
async fn delivered(sink: &Sink, signal: Signal, before: u64, expected: u64) -> u64 {
    let give_up = tokio::time::Instant::now() + PATIENCE;
    loop {
        let arrived = sink.counts.of(signal).items - before;
        if arrived >= expected || tokio::time::Instant::now() >= give_up {
            return arrived;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
