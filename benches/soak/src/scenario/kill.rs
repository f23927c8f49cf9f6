//! `kill`: kill -9 under load, again and again, while the backend comes and goes.
//!
//! Nothing that the collector acknowledged may be missing at the backend when the queue is durable
//! or when there is none. A queue in memory may lose what it held: at most what its own metric
//! showed last. The client is stopped before that last look, and the kill follows at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Context, ScenarioError, drained, empty, seconds};
use crate::backend::{Backend, Behaviour};
use crate::client::{Load, Running};
use crate::collector::Collector;
use crate::collector::config::{Exporter, Queue, Setup};
use crate::ledger::{Ledger, Summary};
use crate::ports;
use crate::report::{Report, Row};

/// How long a life lasts: at least this, and up to so much more.
const LIFE: Duration = Duration::from_millis(500);
const MORE: Duration = Duration::from_millis(1000);
/// How long the backend stays as it is.
const PHASE: Duration = Duration::from_millis(230);
/// How long the last life is given for each further delivery.
const QUIET: Duration = Duration::from_secs(10);

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Kills for each kind of queue.
    pub cycles: u64,
    /// The kinds of queue; a durable one may name any directory, it gets its own.
    pub queues: Vec<Queue>,
    /// The exporter.
    pub exporter: Exporter,
}

/// What came of one kind of queue.
struct Found {
    summary: Summary,
    /// Sum of what queues showed last before each kill.
    shown: Option<u64>,
    slowest_start: Duration,
    /// Items that arrived though nobody sent them, or otherwise than they were sent.
    foreign: u64,
}

/// Runs the scenario.
pub async fn run(context: &Context, options: &Options) -> Result<Report, ScenarioError> {
    let mut report = Report::new("kill -9 under load", context.binary.kind);
    for queue in &options.queues {
        let name = queue.name();
        let found = cycles(context, options, queue).await?;
        let Found { summary, shown, slowest_start, foreign } = found;
        let row = Row::default()
            .with("queue", name)
            .with("exporter", options.exporter.name())
            .with("kills", options.cycles)
            .with("sent", summary.sent)
            .with("acknowledged", summary.acknowledged)
            .with("delivered", summary.delivered)
            .with("lost", summary.lost)
            .with("duplicates", summary.duplicates)
            .with("not acknowledged but delivered", summary.unacknowledged_deliveries)
            .with("queue showed", shown)
            .with("slowest start s", seconds(slowest_start));
        report.rows.push(row);
        let detail = format!("{} of {} lost", summary.lost, summary.acknowledged);
        match (queue, shown) {
            (Queue::Memory, None) => {
                report.skip(format!("queue {name}: loses at most what it showed"), "no metrics");
            }
            (Queue::Memory, Some(shown)) => report.check(
                format!("queue {name}: loses at most what it showed"),
                summary.lost <= shown,
                format!("{detail}, {shown} shown"),
            ),
            _ => report.check(
                format!("queue {name}: no acknowledged item is lost"),
                summary.lost == 0 && summary.acknowledged > 0,
                detail,
            ),
        }
        report.check(
            format!("queue {name}: everything arrives as it was sent"),
            foreign == 0,
            format!("{foreign} items do not"),
        );
    }
    Ok(report)
}

async fn cycles(
    context: &Context,
    options: &Options,
    queue: &Queue,
) -> Result<Found, ScenarioError> {
    let place = context.place(&format!("kill-{}", queue.name()))?;
    empty(&place)?;
    let ledger = Arc::new(Ledger::default());
    let mut backend = Backend::start(ports::free()?, &ledger, None).await?;
    let mut setup = Setup::new(options.exporter, backend.address())?;
    setup.queue = match queue {
        Queue::Durable(_) => Queue::Durable(place.join("queue")),
        other => other.clone(),
    };
    let mut shown = Some(0);
    let mut slowest_start = Duration::ZERO;
    for cycle in 0..options.cycles {
        let begun = Instant::now();
        let collector = Collector::start(&context.binary, &setup, &place).await?;
        slowest_start = slowest_start.max(begun.elapsed());
        let client = Running::start(&Load::steady(&setup.grpc.to_string()), &ledger);
        flap(&mut backend, cycle).await?;
        if *queue == Queue::Memory {
            client.stop().await;
            let page = collector.metrics().await;
            let held = page.map(|page| page.sum("otelcol_exporter_queue_size"));
            shown = shown.zip(held).map(|(sum, held)| sum + held);
            collector.kill()?;
        } else {
            collector.kill()?;
            client.stop().await;
        }
        if (cycle + 1).is_multiple_of(10) {
            (context.say)(&format!("queue {}: {} kills", queue.name(), cycle + 1));
        }
    }
    backend.become_(Behaviour::Serve).await?;
    let collector = Collector::start(&context.binary, &setup, &place).await?;
    let quiet = if *queue == Queue::Memory { Duration::from_secs(1) } else { QUIET };
    drained(&ledger, quiet).await;
    collector.terminate().await?;
    let shown = shown.filter(|_| *queue == Queue::Memory);
    let foreign = backend.unknown() + backend.altered();
    Ok(Found { summary: ledger.summary(), shown, slowest_start, foreign })
}

/// Lets a life pass, in which the backend is there half of the time.
async fn flap(backend: &mut Backend, cycle: u64) -> Result<(), ScenarioError> {
    // Lives of all lengths, spread evenly: the golden ratio's multiples.
    let share = (cycle as f64 * 0.618_034).fract();
    let end = Instant::now() + LIFE + MORE.mul_f64(share);
    let mut up = cycle.is_multiple_of(2);
    while Instant::now() < end {
        let behaviour = if up { Behaviour::Serve } else { Behaviour::Down };
        backend.become_(behaviour).await?;
        up = !up;
        tokio::time::sleep_until(end.min(Instant::now() + PHASE)).await;
    }
    Ok(())
}
