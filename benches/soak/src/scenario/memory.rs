//! `memory`: ten times the usual load for minutes, while the backend is dead.
//!
//! The memory limiter must keep the process near its limit, clients must be told to try again, and
//! when the backend is back, deliveries must begin at once: that the queue is full is no reason to
//! be slow.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Context, ScenarioError, drained, empty, first_arrival, seconds};
use crate::backend::{Backend, Behaviour};
use crate::client::{Load, Running};
use crate::collector::Collector;
use crate::collector::config::{Exporter, Setup};
use crate::ledger::Ledger;
use crate::ports;
use crate::report::{Report, Row};

/// How much more than the usual load.
const OVERLOAD: f64 = 10.0;
/// How far the process may be above its hard limit.
const TOLERANCE: f64 = 1.1;
/// How soon the first items must arrive when the backend is back.
const SOON: Duration = Duration::from_secs(1);
/// How long the first and every further delivery is waited for.
const PATIENCE: Duration = Duration::from_secs(180);
const QUIET: Duration = Duration::from_secs(10);

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long the overload lasts.
    pub overload: Duration,
    /// The hard limit, in MiB.
    pub limit_mib: u64,
    /// The exporters.
    pub exporters: Vec<Exporter>,
}

/// Runs the scenario.
pub async fn run(context: &Context, options: &Options) -> Result<Report, ScenarioError> {
    let mut report = Report::new("overload with a dead backend", context.binary.kind);
    for exporter in options.exporters.iter().copied() {
        overload(context, options, exporter, &mut report).await?;
    }
    Ok(report)
}

async fn overload(
    context: &Context,
    options: &Options,
    exporter: Exporter,
    report: &mut Report,
) -> Result<(), ScenarioError> {
    let name = exporter.name();
    let place = context.place(&format!("memory-{name}"))?;
    empty(&place)?;
    let ledger = Arc::new(Ledger::default());
    let mut backend = Backend::start(ports::free()?, &ledger, None).await?;
    let mut setup = Setup::new(exporter, backend.address())?;
    setup.limit_mib = Some(options.limit_mib);
    let collector = Collector::start(&context.binary, &setup, &place).await?;
    let usual = Load { per_request: 100, ..Load::steady(&setup.grpc.to_string()) };
    let load = Load { rate: usual.rate * OVERLOAD, connections: 8, ..usual };

    backend.become_(Behaviour::Down).await?;
    let client = Running::start(&load, &ledger);
    tokio::time::sleep(options.overload).await;
    backend.become_(Behaviour::Serve).await?;
    let first = first_arrival(&backend, Instant::now(), PATIENCE).await;
    let tally = client.stop().await;
    drained(&ledger, QUIET).await;
    let peak = collector.memory()?.peak as f64 / f64::from(1 << 20);
    collector.terminate().await?;

    let summary = ledger.summary();
    let requests = tally.accepted + tally.retryable + tally.permanent + tally.broken;
    let share = tally.retryable as f64 / requests.max(1) as f64;
    let row = Row::default()
        .with("exporter", name)
        .with("for s", seconds(options.overload))
        .with("limit MiB", options.limit_mib)
        .with("peak RSS MiB", (peak * 10.0).round() / 10.0)
        .with("sent", summary.sent)
        .with("acknowledged", summary.acknowledged)
        .with("refused, may retry %", (share * 1000.0).round() / 10.0)
        .with("refused for good", summary.permanent)
        .with("no answer", summary.unanswered)
        .with("delivered", summary.delivered)
        .with("lost", summary.lost)
        .with("first delivery after s", first.map(seconds));
    report.rows.push(row);
    let most = options.limit_mib as f64 * TOLERANCE;
    report.check(
        format!("{name}: the process stays within its limit and 10 %"),
        peak <= most,
        format!("{peak:.1} of {most:.1} MiB"),
    );
    report.check(
        format!("{name}: clients are told to try again, and nothing else"),
        tally.retryable > 0 && tally.permanent == 0 && tally.broken == 0,
        tally.reasons(),
    );
    report.check(
        format!("{name}: nothing is lost"),
        summary.lost == 0 && summary.acknowledged > 0,
        format!("{} of {}", summary.lost, summary.acknowledged),
    );
    report.check(
        format!("{name}: the first items arrive within a second of the backend's return"),
        first.is_some_and(|first| first <= SOON),
        first.map_or("never".to_owned(), |first| format!("{} s", seconds(first))),
    );
    Ok(())
}
