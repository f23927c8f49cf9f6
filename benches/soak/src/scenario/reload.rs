//! `reload`: SIGHUP under load, hundreds of times, with configurations that differ and, every other
//! time, one that is broken.
//!
//! Receivers stay as they are, so no client may notice anything: neither those that keep their
//! connections nor those that open one for each request. Memory must not grow.

use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::Instant;

use super::{Context, LOOK, ScenarioError, drained, empty};
use crate::backend::Backend;
use crate::client::{Load, Running};
use crate::collector::config::{Exporter, Setup};
use crate::collector::{Collector, Kind};
use crate::ledger::Ledger;
use crate::ports;
use crate::report::{Report, Row};

/// How long a reload may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// A reload begins at most so often: the load is to be there too.
const PACE: Duration = Duration::from_millis(100);
/// How long every further delivery is waited for at the end.
const QUIET: Duration = Duration::from_secs(5);
/// Memory is compared between this share of the reloads and the end.
const EARLY: u64 = 10;
/// How much memory may grow meanwhile.
const GROWTH: u64 = 5 << 20;

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many reloads.
    pub reloads: u64,
}

/// What the configurations are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Files {
    /// Two that are valid, in turn.
    Valid,
    /// The same, with a broken one after each.
    Broken,
}

/// Runs the scenario.
pub async fn run(context: &Context, options: &Options) -> Result<Report, ScenarioError> {
    let mut report = Report::new("reload under load", context.binary.kind);
    for files in [Files::Broken, Files::Valid] {
        reloads(context, options, files, &mut report).await?;
    }
    Ok(report)
}

async fn reloads(
    context: &Context,
    options: &Options,
    files: Files,
    report: &mut Report,
) -> Result<(), ScenarioError> {
    let name = match files {
        Files::Valid => "valid",
        Files::Broken => "valid and broken",
    };
    let place = context.place(&format!("reload-{}", name.replace(' ', "-")))?;
    empty(&place)?;
    let ledger = Arc::new(Ledger::default());
    let backend = Backend::start(ports::free()?, &ledger, None).await?;
    let mut setup = Setup::new(Exporter::Otlp, backend.address())?;
    setup.logs = "info";
    let mut collector = Collector::start(&context.binary, &setup, &place).await?;
    let endpoint = setup.grpc.to_string();
    let kept = Running::start(&Load { rate: 1000.0, ..Load::steady(&endpoint) }, &ledger);
    let fresh = Load { rate: 400.0, connections: 2, fresh: true, ..Load::steady(&endpoint) };
    let fresh = Running::start(&fresh, &ledger);

    let mut done = 0;
    let mut early = None;
    let mut pace = tokio::time::interval(PACE);
    while done < options.reloads {
        pace.tick().await;
        collector.rewrite(&configuration(&setup, files, done))?;
        let before = answers(&collector, context.binary.kind);
        collector.signal(Signal::HUP)?;
        if !answered(&mut collector, context.binary.kind, before).await? {
            break;
        }
        done += 1;
        if done == (options.reloads / EARLY).max(1) {
            early = Some(collector.memory()?.resident);
        }
        if done.is_multiple_of(100) {
            (context.say)(&format!("{name}: {done} reloads"));
        }
    }
    let ended = collector.ended()?;
    let late = if ended.is_none() { Some(collector.memory()?.resident) } else { None };
    let mut tally = kept.stop().await;
    tally.add(fresh.stop().await);
    drained(&ledger, QUIET).await;
    if ended.is_none() {
        collector.terminate().await?;
    }
    drained(&ledger, Duration::ZERO).await;

    let summary = ledger.summary();
    let mib = |bytes: u64| (bytes as f64 / f64::from(1 << 20) * 10.0).round() / 10.0;
    let row = Row::default()
        .with("configurations", name)
        .with("reloads", done)
        .with("ended", ended.map(|status| status.to_string()))
        .with("requests", tally.accepted + tally.retryable + tally.permanent + tally.broken)
        .with("refused", tally.retryable + tally.permanent)
        .with("broken off", tally.broken)
        .with("connections refused", tally.unconnected)
        .with("acknowledged", summary.acknowledged)
        .with("lost", summary.lost)
        .with("RSS after a tenth MiB", early.map(mib))
        .with("RSS at the end MiB", late.map(mib));
    report.rows.push(row);
    report.check(
        format!("{name}: every reload is answered, and the collector goes on"),
        done == options.reloads && ended.is_none(),
        format!("{done} of {}", options.reloads),
    );
    report.check(
        format!("{name}: no item is lost"),
        summary.lost == 0 && summary.acknowledged > 0,
        format!("{} of {}", summary.lost, summary.acknowledged),
    );
    let noticed = tally.retryable + tally.permanent + tally.broken + tally.unconnected;
    report.check(
        format!("{name}: no client notices"),
        noticed == 0,
        if noticed == 0 { "none".to_owned() } else { tally.reasons() },
    );
    if let (Some(early), Some(late)) = (early, late) {
        report.check(
            format!("{name}: memory does not grow"),
            late <= early + GROWTH,
            format!("{} MiB after a tenth, {} MiB at the end", mib(early), mib(late)),
        );
    }
    Ok(())
}

/// The configuration of a reload: exporters differ, receivers do not.
fn configuration(setup: &Setup, files: Files, number: u64) -> String {
    let broken = files == Files::Broken && !number.is_multiple_of(2);
    if broken {
        return setup.yaml().replace("compression: none", "compression: much");
    }
    let valid = if files == Files::Broken { number / 2 } else { number };
    let timeout = if valid.is_multiple_of(2) { "3s" } else { "2s" };
    Setup { timeout, ..setup.clone() }.yaml()
}

/// How many reloads it has answered, with yes or no.
fn answers(collector: &Collector, kind: Kind) -> usize {
    match kind {
        Kind::Holt => {
            collector.logged("Configuration reloaded.")
                + collector.logged("Going on with the old one.")
        }
        Kind::Go => collector.logged("Everything is ready."),
    }
}

/// Waits for one answer more; false if there is none.
async fn answered(
    collector: &mut Collector,
    kind: Kind,
    before: usize,
) -> Result<bool, ScenarioError> {
    let give_up = Instant::now() + PATIENCE;
    while answers(collector, kind) <= before {
        if collector.ended()?.is_some() || Instant::now() > give_up {
            return Ok(false);
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(true)
}
