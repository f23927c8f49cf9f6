//! A wall clock that jumps, years ahead and back, while the backend is away.
//!
//! The clock of a single process is moved with libfaketime, which stands between it and the C library;
//! where that is not installed, or does not reach the collector (Go asks the kernel itself), this is
//! skipped. The monotonic clock goes on as always, as it does when an operator or NTP sets the time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::Instant;

use super::super::{Context, ScenarioError, drained, empty, first_arrival, seconds};
use super::Options;
use crate::backend::{Backend, Behaviour};
use crate::client::{Load, Running};
use crate::collector::config::{Exporter, Queue, Setup};
use crate::collector::{Collector, Kind};
use crate::ledger::Ledger;
use crate::ports;
use crate::report::{Report, Row};

const NAME: &str = "the clock jumps";
/// Where Debian and Fedora have the library.
const LIBRARIES: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
];
/// Where the clock goes, one after the other.
const JUMPS: [&str; 6] = ["+10y", "-20y", "+1h", "-1h", "+400d", "+0"];
/// How long every further delivery is waited for.
const QUIET: Duration = Duration::from_secs(5);
/// The first delivery after the backend's return: retries wait at most half a second.
const FIRST: Duration = Duration::from_secs(1);

pub(super) async fn run(
    context: &Context,
    options: &Options,
    report: &mut Report,
) -> Result<(), ScenarioError> {
    let library = LIBRARIES.iter().map(Path::new).find(|path| path.is_file());
    let Some(library) = library else {
        report.skip(NAME, "libfaketime is not installed");
        return Ok(());
    };
    if context.binary.kind == Kind::Go {
        report.skip(NAME, "libfaketime does not reach a Go program");
        return Ok(());
    }
    for queue in [Queue::Memory, Queue::Durable(PathBuf::new())] {
        jumps(context, options, library, queue, report).await?;
    }
    Ok(())
}

async fn jumps(
    context: &Context,
    options: &Options,
    library: &Path,
    queue: Queue,
    report: &mut Report,
) -> Result<(), ScenarioError> {
    let name = format!("{NAME}, {} queue", queue.name());
    let place = context.place("clock")?;
    empty(&place)?;
    let ledger = Arc::new(Ledger::default());
    let mut backend = Backend::start(ports::free()?, &ledger, None).await?;
    let mut setup = Setup::new(Exporter::Otlp, backend.address())?;
    setup.logs = "info";
    setup.limit_mib = Some(500);
    setup.queue = match queue {
        Queue::Durable(_) => {
            std::fs::create_dir_all(place.join("store"))?;
            Queue::Durable(place.join("store"))
        }
        other => other,
    };
    let clock = place.join("clock.txt");
    std::fs::write(&clock, "+0")?;
    setup.environment = vec![
        ("LD_PRELOAD", library.display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", clock.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("DONT_FAKE_MONOTONIC", "1".to_owned()),
    ];
    let mut collector = Collector::start(&context.binary, &setup, &place).await?;
    let load = Load { rate: 1000.0, ..Load::steady(&setup.grpc.to_string()) };
    let client = Running::start(&load, &ledger);
    let (mut told, mut worst) = (0, Duration::ZERO);
    for (round, jump) in JUMPS.iter().enumerate() {
        // Away before the jump, back after it: what waits then waits across it.
        backend.become_(Behaviour::Down).await?;
        tokio::time::sleep(options.attack / 20).await;
        std::fs::write(&clock, jump)?;
        // A reload writes lines, which show whether the clock has moved.
        collector.signal(Signal::HUP)?;
        tokio::time::sleep(options.attack / 20).await;
        let back = Instant::now();
        backend.become_(Behaviour::Serve).await?;
        worst = worst.max(first_arrival(&backend, back, QUIET).await.unwrap_or(QUIET));
        told = round + 1;
        if collector.ended()?.is_some() {
            break;
        }
    }
    let tally = client.stop().await;
    drained(&ledger, QUIET).await;
    let survived = collector.ended()?.is_none();
    let years = collector.years();
    if survived {
        collector.terminate().await?;
    }
    let summary = ledger.summary();
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    report.rows.push(
        Row::default()
            .with("abuse", &*name)
            .with(
                "what came of it",
                format!(
                    "{told} jumps, lines of the log of {}; first delivery after {} s at most",
                    years.join(", "),
                    seconds(worst)
                ),
            )
            .with("acknowledged", summary.acknowledged)
            .with("delivered", summary.delivered)
            .with("lost", summary.lost),
    );
    report.check(format!("{name}: the collector goes on"), survived, survived);
    report.check(format!("{name}: it sees the jumps"), years.len() >= 3, years.join(", "));
    let failed = tally.broken + tally.unconnected + tally.permanent + tally.retryable;
    report.check(format!("{name}: no client is refused"), failed == 0, tally.reasons());
    report.check(
        format!("{name}: no acknowledged item is lost"),
        summary.lost == 0 && summary.acknowledged > 0,
        format!("{} of {}", summary.lost, summary.acknowledged),
    );
    report.check(format!("{name}: it delivers at once"), worst < FIRST, seconds(worst));
    Ok(())
}
