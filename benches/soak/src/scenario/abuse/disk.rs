//! Disks that fail under a durable queue: full, read-only, with bytes that have changed.
//!
//! Small and read-only file systems are made with `mount`, which needs root; without it they are
//! skipped.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use holt_load::random::Random;

use super::super::{Context, ScenarioError, drained, empty};
use super::{Options, mib};
use crate::backend::{Backend, Behaviour};
use crate::client::{Load, Running, Tally};
use crate::collector::config::{Exporter, Queue, Setup};
use crate::collector::{Collector, CollectorError};
use crate::ledger::{Ledger, Summary};
use crate::ports;
use crate::report::{Report, Row};

/// How long every further delivery is waited for.
const QUIET: Duration = Duration::from_secs(5);
/// Places at which each file of a store is changed.
const CHANGES: u32 = 20;

/// The collector with its store in a directory, and a backend that is down.
struct Bench {
    ledger: Arc<Ledger>,
    backend: Backend,
    setup: Setup,
    place: PathBuf,
}

impl Bench {
    async fn new(context: &Context, name: &str) -> Result<Bench, ScenarioError> {
        let place = context.place(name)?;
        empty(&place)?;
        let ledger = Arc::new(Ledger::default());
        let mut backend = Backend::start(ports::free()?, &ledger, None).await?;
        backend.become_(Behaviour::Down).await?;
        let mut setup = Setup::new(Exporter::Otlp, backend.address())?;
        setup.queue = Queue::Durable(place.join("store"));
        std::fs::create_dir_all(place.join("store"))?;
        Ok(Bench { ledger, backend, setup, place })
    }

    fn store(&self) -> PathBuf {
        self.place.join("store")
    }

    async fn start(&self, context: &Context) -> Result<Collector, CollectorError> {
        Collector::start(&context.binary, &self.setup, &self.place).await
    }

    async fn load(&self, time: Duration) -> Tally {
        let load = Load { rate: 5000.0, ..Load::steady(&self.setup.grpc.to_string()) };
        let client = Running::start(&load, &self.ledger);
        tokio::time::sleep(time).await;
        client.stop().await
    }
}

/// Runs all of them.
pub(super) async fn run(
    context: &Context,
    options: &Options,
    report: &mut Report,
) -> Result<(), ScenarioError> {
    if options.wants("disk full") {
        full(context, options, report).await?;
    }
    if options.wants("read-only directory") {
        read_only(context, report).await?;
    }
    if options.wants("corrupted store") {
        corrupted(context, "corrupted store", false, report).await?;
        corrupted(context, "corrupted store, recreate", true, report).await?;
    }
    Ok(())
}

async fn full(
    context: &Context,
    options: &Options,
    report: &mut Report,
) -> Result<(), ScenarioError> {
    let name = "disk full";
    let mut bench = Bench::new(context, "disk-full").await?;
    let Some(_mount) = Mount::new(&bench.store(), "size=8m") else {
        report.skip(name, "mounting a small file system needs root");
        return Ok(());
    };
    let mut collector = bench.start(context).await?;
    let tally = bench.load(options.attack.max(Duration::from_secs(8))).await;
    let survived = collector.ended()?.is_none();
    let peak = if survived { Some(mib(collector.memory()?.peak)) } else { None };
    bench.backend.become_(Behaviour::Serve).await?;
    drained(&bench.ledger, QUIET).await;
    // Whether it takes items again when there is room.
    let again = bench.load(Duration::from_millis(500)).await;
    drained(&bench.ledger, QUIET).await;
    if collector.ended()?.is_none() {
        collector.terminate().await?;
    }
    let summary = bench.ledger.summary();
    let words = format!(
        "{} requests accepted, then {}; afterwards {} accepted",
        tally.accepted,
        tally.reasons(),
        again.accepted
    );
    report.rows.push(row(name, words, &summary).with("peak RSS MiB", peak));
    report.check(format!("{name}: the collector goes on"), survived, survived);
    report.check(
        format!("{name}: clients are told to try again"),
        tally.retryable > 0 && tally.permanent == 0 && tally.broken == 0,
        tally.reasons(),
    );
    report.check(
        format!("{name}: no acknowledged item is lost"),
        summary.lost == 0 && again.accepted > 0,
        format!("{} of {}", summary.lost, summary.acknowledged),
    );
    Ok(())
}

async fn read_only(context: &Context, report: &mut Report) -> Result<(), ScenarioError> {
    let name = "read-only directory";
    let bench = Bench::new(context, "disk-read-only").await?;
    let Some(_mount) = Mount::new(&bench.store(), "ro") else {
        report.skip(name, "mounting a read-only file system needs root");
        return Ok(());
    };
    let words = match bench.start(context).await {
        Err(CollectorError::Ended { log, .. }) => {
            let last = log.lines().find(|line| line.to_lowercase().contains("read-only"));
            report.check(
                format!("{name}: the start is refused and says why"),
                last.is_some(),
                &log,
            );
            "refused at the start".to_owned()
        }
        Err(error) => return Err(error.into()),
        Ok(collector) => {
            let tally = bench.load(Duration::from_secs(1)).await;
            collector.terminate().await?;
            let words = format!("{} accepted, {}", tally.accepted, tally.reasons());
            report.check(
                format!("{name}: nothing is accepted that cannot be stored"),
                tally.accepted == 0,
                &words,
            );
            words
        }
    };
    report.rows.push(row(name, words, &bench.ledger.summary()));
    Ok(())
}

async fn corrupted(
    context: &Context,
    name: &str,
    recreate: bool,
    report: &mut Report,
) -> Result<(), ScenarioError> {
    let mut bench = Bench::new(context, "disk-corrupted").await?;
    bench.setup.recreate = recreate;
    let collector = bench.start(context).await?;
    bench.load(Duration::from_secs(2)).await;
    collector.kill()?;
    let before = bench.ledger.summary();
    let files = corrupt(&bench.store())?;
    bench.backend.become_(Behaviour::Serve).await?;
    let first = bench.ledger.issue(0).start;
    let words = match bench.start(context).await {
        Err(CollectorError::Ended { log, .. }) => {
            report.check(
                format!("{name}: the start says why it is refused"),
                !log.is_empty(),
                &log,
            );
            format!("{files} files changed; refused at the start")
        }
        Err(error) => return Err(error.into()),
        Ok(mut collector) => {
            bench.load(Duration::from_millis(500)).await;
            drained(&bench.ledger, QUIET).await;
            let survived = collector.ended()?.is_none();
            if survived {
                collector.terminate().await?;
            }
            report.check(format!("{name}: the collector goes on"), survived, survived);
            let after = bench.ledger.summary_from(first);
            report.check(
                format!("{name}: what comes afterwards is not lost"),
                after.lost == 0 && after.acknowledged > 0,
                format!("{} of {}", after.lost, after.acknowledged),
            );
            let lost = bench.ledger.summary().lost - after.lost;
            format!("{files} files changed; {lost} of {} stored lost", before.acknowledged)
        }
    };
    let foreign = bench.backend.unknown() + bench.backend.altered();
    report.check(
        format!("{name}: nothing arrives that is damaged"),
        foreign == 0,
        format!("{foreign} items"),
    );
    report.rows.push(row(name, words, &bench.ledger.summary()).with("damaged", foreign));
    Ok(())
}

fn row(name: &str, words: String, summary: &Summary) -> Row {
    Row::default()
        .with("abuse", name)
        .with("what came of it", words)
        .with("acknowledged", summary.acknowledged)
        .with("delivered", summary.delivered)
        .with("lost", summary.lost)
}

/// Changes bytes in every file below a directory; the answer is how many files there are.
fn corrupt(directory: &Path) -> io::Result<usize> {
    let mut files = 0;
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            files += corrupt(&path)?;
            continue;
        }
        let mut bytes = std::fs::read(&path)?;
        let mut random = Random::new(files as u64 + 1);
        for _ in 0..CHANGES {
            let at = random.below(bytes.len().max(1) as u64) as usize;
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 0x5a;
            }
        }
        std::fs::write(&path, bytes)?;
        files += 1;
    }
    Ok(files)
}

/// A file system in memory that goes with its owner.
struct Mount(PathBuf);

impl Mount {
    fn new(path: &Path, options: &str) -> Option<Mount> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "soak"]).arg(path);
        let output = mount.output().ok()?;
        output.status.success().then(|| Mount(path.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // A process that still holds it keeps it until it ends.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}
