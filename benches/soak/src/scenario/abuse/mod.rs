//! `abuse`: clients that mean no good, and disks that fail. Each is refused or survived, and a
//! well-behaved client, which opens a connection for every request, is served meanwhile.

mod attack;
mod bomb;
mod clock;
mod disk;
mod flood;
mod frames;

use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};

use super::{Context, ScenarioError, empty};
use crate::backend::Backend;
use crate::client::{Load, Running};
use crate::collector::Collector;
use crate::collector::config::{Exporter, Setup};
use crate::ledger::Ledger;
use crate::ports;
use crate::report::{Report, Row};
use attack::Attack;

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long each attack lasts.
    pub attack: Duration,
    /// Only abuse whose name contains this.
    pub only: Option<String>,
}

impl Options {
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }
}

/// Runs the scenario.
pub async fn run(context: &Context, options: &Options) -> Result<Report, ScenarioError> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Whoever may not have more makes do with less; the collector inherits it.
    let _ = setrlimit(Resource::Nofile, limit);

    let mut report = Report::new("abuse", context.binary.kind);
    for attack in Attack::ALL.into_iter().filter(|attack| options.wants(attack.name())) {
        attacked(context, options, attack, &mut report).await?;
        (context.say)(&format!("{}: done", attack.name()));
    }
    disk::run(context, options, &mut report).await?;
    if options.wants("clock") {
        clock::run(context, options, &mut report).await?;
    }
    if options.wants("panic") {
        report.skip("a component panics", "no component can be made to panic from outside");
    }
    Ok(report)
}

/// A well-behaved client beside an attack.
async fn attacked(
    context: &Context,
    options: &Options,
    attack: Attack,
    report: &mut Report,
) -> Result<(), ScenarioError> {
    let name = attack.name();
    let place = context.place("abuse")?;
    empty(&place)?;
    let ledger = Arc::new(Ledger::default());
    let backend = Backend::start(ports::free()?, &ledger, None).await?;
    let setup = Setup::new(Exporter::Otlp, backend.address())?;
    let mut collector = Collector::start(&context.binary, &setup, &place).await?;
    let before = collector.memory()?.resident;
    let good = Load {
        rate: 100.0,
        per_request: 2,
        connections: 2,
        fresh: true,
        ..Load::steady(&setup.grpc.to_string())
    };
    let client = Running::start(&good, &ledger);
    let outcome = attack.run(setup.grpc, setup.http, options.attack).await;
    let tally = client.stop().await;
    let alive = collector.ended()?.is_none();
    let mut row = Row::default().with("abuse", name).with("what came of it", outcome);
    if alive {
        let memory = collector.memory()?;
        row = row.with("RSS before MiB", mib(before)).with("peak RSS MiB", mib(memory.peak));
        collector.terminate().await?;
    }
    let milliseconds = |share| {
        tally.latency(share).map(|latency| (latency.as_secs_f64() * 10_000.0).round() / 10.0)
    };
    let failed = tally.broken + tally.unconnected + tally.permanent + tally.retryable;
    report.rows.push(
        row.with("others served", tally.accepted)
            .with("others failed", failed)
            .with("median ms", milliseconds(0.5))
            .with("p99 ms", milliseconds(0.99)),
    );
    report.check(format!("{name}: the collector goes on"), alive, alive);
    report.check(
        format!("{name}: others are served"),
        failed == 0 && tally.accepted > 0,
        if failed == 0 { format!("{} requests", tally.accepted) } else { tally.reasons() },
    );
    Ok(())
}

fn mib(bytes: u64) -> f64 {
    (bytes as f64 / f64::from(1 << 20) * 10.0).round() / 10.0
}
