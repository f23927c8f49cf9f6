//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use holt_soak::collector::config::{Exporter, Queue};
use holt_soak::collector::{Binary, Kind};
use holt_soak::scenario::{abuse, backend, cost, kill, memory, reload};

/// Puts a running collector under load, faults, crashes and overload, and proves what was delivered
#[derive(Debug, Parser)]
#[command(name = "holt-soak", version)]
pub(crate) struct Cli {
    /// The collector: holt=PATH or go=PATH [default: the holt beside this program]
    #[arg(long, global = true, value_name = "KIND=PATH")]
    collector: Option<Binary>,
    /// Write the result as JSON into this file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Keep configurations, logs and queues in this directory
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Scenario(Scenario),
    /// Two results of the same scenario, side by side
    Compare(CompareArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Scenario {
    /// kill -9 under load: what was acknowledged must arrive
    Kill(KillArgs),
    /// A backend in every kind of trouble: where the items are
    Backend(BackendArgs),
    /// Ten times the usual load while the backend is dead: how much memory, and who is told
    Memory(MemoryArgs),
    /// SIGHUP under load: nobody notices
    Reload(ReloadArgs),
    /// Clients that mean no good, and disks that fail
    Abuse(AbuseArgs),
    /// What queue, retry, limiter and metrics cost, and what an idle collector takes
    Cost(CostArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// A result that was written with --output
    pub(crate) left: PathBuf,
    /// Another
    pub(crate) right: PathBuf,
    /// Only these columns
    #[arg(long, value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct KillArgs {
    /// Kills for each kind of queue
    #[arg(long, default_value_t = 100)]
    cycles: u64,
    /// Kinds of queue
    #[arg(long, value_delimiter = ',', default_value = "durable,none,memory")]
    queue: Vec<QueueKind>,
    /// The exporter
    #[arg(long, default_value = "otlp")]
    exporter: ExporterKind,
}

#[derive(Debug, Args)]
pub(crate) struct BackendArgs {
    /// How long each trouble lasts
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// How long the backend is down
    #[arg(long, default_value_t = 600)]
    down_seconds: u64,
    /// The exporters
    #[arg(long, value_delimiter = ',', default_value = "otlp,otlphttp")]
    exporter: Vec<ExporterKind>,
    /// Only troubles whose names contain this
    #[arg(long)]
    only: Option<String>,
    /// Collectors at the same time
    #[arg(long, default_value_t = 4)]
    jobs: usize,
}

#[derive(Debug, Args)]
pub(crate) struct MemoryArgs {
    /// How long the overload lasts
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// The hard limit of the memory limiter
    #[arg(long, default_value_t = 100)]
    limit_mib: u64,
    /// The exporters
    #[arg(long, value_delimiter = ',', default_value = "otlp,otlphttp")]
    exporter: Vec<ExporterKind>,
}

#[derive(Debug, Args)]
pub(crate) struct ReloadArgs {
    /// How many reloads
    #[arg(long, visible_alias = "cycles", default_value_t = 500)]
    reloads: u64,
}

#[derive(Debug, Args)]
pub(crate) struct AbuseArgs {
    /// How long each attack lasts
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Only abuse whose name contains this
    #[arg(long)]
    only: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CostArgs {
    /// How often each collector is measured
    #[arg(long, visible_alias = "cycles", default_value_t = 3)]
    rounds: usize,
    /// How long each measurement lasts
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Items a second
    #[arg(long, default_value_t = 50_000.0)]
    rate: f64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum QueueKind {
    None,
    Memory,
    Durable,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ExporterKind {
    Otlp,
    Otlphttp,
}

impl Cli {
    /// The collector to test.
    pub(crate) fn binary(&self) -> Result<Binary, String> {
        if let Some(binary) = &self.collector {
            return Ok(binary.clone());
        }
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let path = own.with_file_name("holt");
        match path.is_file() {
            true => Ok(Binary { kind: Kind::Holt, path }),
            false => Err(format!(
                "{} is not built; run `cargo build --release`, or give --collector",
                path.display()
            )),
        }
    }
}

impl KillArgs {
    pub(crate) fn options(&self) -> kill::Options {
        let queue = |kind: &QueueKind| match kind {
            QueueKind::None => Queue::None,
            QueueKind::Memory => Queue::Memory,
            QueueKind::Durable => Queue::Durable(PathBuf::new()),
        };
        kill::Options {
            cycles: self.cycles,
            queues: self.queue.iter().map(queue).collect(),
            exporter: self.exporter.into(),
        }
    }
}

impl BackendArgs {
    pub(crate) fn options(&self) -> backend::Options {
        backend::Options {
            well: Duration::from_secs(1),
            trouble: Duration::from_secs(self.seconds),
            down: Duration::from_secs(self.down_seconds),
            exporters: self.exporter.iter().copied().map(Exporter::from).collect(),
            only: self.only.clone(),
            jobs: self.jobs,
        }
    }
}

impl MemoryArgs {
    pub(crate) fn options(&self) -> memory::Options {
        memory::Options {
            overload: Duration::from_secs(self.seconds),
            limit_mib: self.limit_mib,
            exporters: self.exporter.iter().copied().map(Exporter::from).collect(),
        }
    }
}

impl ReloadArgs {
    pub(crate) fn options(&self) -> reload::Options {
        reload::Options { reloads: self.reloads }
    }
}

impl AbuseArgs {
    pub(crate) fn options(&self) -> abuse::Options {
        let only = self.only.clone();
        abuse::Options { attack: Duration::from_secs(self.seconds), only }
    }
}

impl CostArgs {
    pub(crate) fn options(&self) -> cost::Options {
        let measure = Duration::from_secs(self.seconds);
        cost::Options { rounds: self.rounds, measure, rate: self.rate }
    }
}

impl From<ExporterKind> for Exporter {
    fn from(kind: ExporterKind) -> Self {
        match kind {
            ExporterKind::Otlp => Exporter::Otlp,
            ExporterKind::Otlphttp => Exporter::OtlpHttp,
        }
    }
}
