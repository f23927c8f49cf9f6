//! `cost`: what reliability costs. The same load through a collector with nothing but a receiver and
//! an exporter, and through one with queue, retry, memory limiter and its own metrics, in turn.
//!
//! Measured is the collector's CPU time for a million items; only the ratio means anything. Then
//! its memory when nothing has happened for ten seconds.

use std::time::Duration;

use holt_load::client::Target;
use holt_load::generate::{self, Plan, Until};
use holt_load::http2::Http2;
use holt_load::payload::Shape;
use holt_load::signal::{Protocol, Signal};
use holt_load::sink::Sink;

use super::{Context, ScenarioError, empty};
use crate::collector::Collector;
use crate::collector::config::{Exporter, Queue, RETRY, Setup};
use crate::ports;
use crate::report::{Report, Row};

/// The most that reliability may cost, as a ratio.
const RATIO: f64 = 1.35;
/// The most memory of an idle collector, in MiB.
const IDLE: f64 = 16.0;
/// How long it is idle before it is measured.
const REST: Duration = Duration::from_secs(10);
/// The limit of the memory limiter; far away.
const LIMIT_MIB: u64 = 1024;

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// How often each collector is measured.
    pub rounds: usize,
    /// How long each measurement lasts.
    pub measure: Duration,
    /// Items a second.
    pub rate: f64,
}

/// The collectors that are compared.
const PATHS: [Path; 3] = [Path::Bare, Path::Full, Path::Durable];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    /// A receiver and an exporter.
    Bare,
    /// With queue, retry, limiter and metrics.
    Full,
    /// The same with a durable queue; for information.
    Durable,
}

impl Path {
    const fn name(self) -> &'static str {
        match self {
            Path::Bare => "bare",
            Path::Full => "queue, retry, limiter, metrics",
            Path::Durable => "the same, durable queue",
        }
    }
}

/// Runs the scenario.
pub async fn run(context: &Context, options: &Options) -> Result<Report, ScenarioError> {
    let mut report = Report::new("the price of reliability", context.binary.kind);
    let mut measured: Vec<Vec<f64>> = vec![Vec::new(); PATHS.len()];
    let mut refused = 0;
    for round in 1..=options.rounds {
        for (path, costs) in PATHS.into_iter().zip(&mut measured) {
            let found = measure(context, options, path).await?;
            costs.push(found.cpu_seconds_per_million.unwrap_or(f64::NAN));
            refused += found.items_refused + found.items_failed;
            let said = costs.last().copied().unwrap_or_default();
            (context.say)(&format!("round {round}, {}: {said:.2} s a million", path.name()));
        }
    }
    let medians: Vec<f64> = measured.iter().map(|costs| median(costs)).collect();
    let bare = medians.first().copied().unwrap_or(f64::NAN);
    for ((path, costs), cost) in PATHS.into_iter().zip(&measured).zip(&medians) {
        let all: Vec<String> = costs.iter().map(|cost| format!("{cost:.2}")).collect();
        let row = Row::default()
            .with("path", path.name())
            .with("CPU s per million", hundredths(*cost))
            .with("ratio", hundredths(cost / bare))
            .with("rounds", all.join(", "));
        report.rows.push(row);
    }
    let ratio = medians.get(1).copied().unwrap_or(f64::NAN) / bare;
    report.check(
        "queue, retry, limiter and metrics cost at most 1.35 times the bare path",
        ratio <= RATIO,
        format!("{ratio:.2}"),
    );
    report.check("nothing is refused", refused == 0, format!("{refused} items"));
    let idle = idle(context).await?;
    report.rows.push(
        Row::default().with("path", "idle, all on, after 10 s").with("RSS MiB", hundredths(idle)),
    );
    report.check("an idle collector takes at most 16 MiB", idle <= IDLE, format!("{idle:.1} MiB"));
    Ok(report)
}

async fn measure(
    context: &Context,
    options: &Options,
    path: Path,
) -> Result<generate::Report, ScenarioError> {
    let place = context.place("cost")?;
    empty(&place)?;
    let sink = Sink::start(&["127.0.0.1:0"], Http2::default()).await?;
    let backend = sink.servers.first().map(|server| server.address());
    let mut setup = Setup::new(Exporter::Otlp, backend.unwrap_or(ports::free()?))?;
    match path {
        Path::Bare => {
            setup.queue = Queue::None;
            setup.retry = "{enabled: false}";
            setup.metrics = None;
        }
        Path::Full => setup.limit_mib = Some(LIMIT_MIB),
        Path::Durable => {
            setup.limit_mib = Some(LIMIT_MIB);
            setup.queue = Queue::Durable(place.join("queue"));
        }
    }
    let collector = Collector::start(&context.binary, &setup, &place).await?;
    let signal = Signal::Traces;
    let plan = Plan {
        shape: Shape { signal, items: 1000, korean: 0.0, bare_points: true, seed: 1 },
        target: Target {
            endpoint: setup.grpc.to_string(),
            protocol: Protocol::Grpc,
            gzip: false,
            http2: Http2::default(),
            connect_timeout: Duration::from_secs(5),
        },
        connections: 4,
        concurrency: 1,
        rate: Some(options.rate),
        warmup: options.measure / 5,
        until: Until::Elapsed(options.measure),
        settle: Duration::from_secs(1),
        pid: Some(collector.pid()),
    };
    let report = generate::run(&plan).await.map_err(std::io::Error::other)?;
    collector.terminate().await?;
    Ok(report)
}

async fn idle(context: &Context) -> Result<f64, ScenarioError> {
    let place = context.place("idle")?;
    let mut setup = Setup::new(Exporter::Otlp, ports::free()?)?;
    setup.limit_mib = Some(LIMIT_MIB);
    setup.retry = RETRY;
    let collector = Collector::start(&context.binary, &setup, &place).await?;
    tokio::time::sleep(REST).await;
    let resident = collector.memory()?.resident;
    collector.terminate().await?;
    Ok(resident as f64 / f64::from(1 << 20))
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
