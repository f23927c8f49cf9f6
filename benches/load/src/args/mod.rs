//! The command line of `holt-load` and its translation into the library's plans.

mod compare;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use holt_load::baseline::{self, Edit};
use holt_load::client::Target;
use holt_load::generate::{Plan, Until};
use holt_load::http2::Http2;
use holt_load::payload::Shape;
use holt_load::signal::{Protocol, Signal};
use holt_load::units;

pub(crate) use compare::CompareArgs;

/// Measure an OpenTelemetry collector: make load, receive it, compare
#[derive(Debug, Parser)]
#[command(name = "holt-load", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Send prebuilt requests; report what came of them and what the collector used
    Generate(GenerateArgs),
    /// Receive and count all signals at the least possible cost
    Sink(SinkArgs),
    /// Forward with prost decode and encode: the ordinary way, to compare with
    Baseline(BaselineArgs),
    /// Write each request received to a file
    Capture(CaptureArgs),
    /// Print what captured requests hold, one line a record, to compare captures with
    Inspect(InspectArgs),
    /// Measure the baseline and other commands in turn; print the ratios
    Compare(CompareArgs),
}

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// Signal to send
    #[arg(long, value_enum, default_value = "traces")]
    signal: Signal,
    /// Where the collector receives
    #[arg(long, value_name = "HOST:PORT")]
    endpoint: String,
    /// Length of the measured load [default: 60s]
    #[arg(long, value_parser = units::duration, conflicts_with = "requests")]
    duration: Option<Duration>,
    /// Send exactly so many requests instead
    #[arg(long, value_name = "N")]
    requests: Option<u64>,
    /// Uncounted load before the measurement [default: 5s; none with --requests]
    #[arg(long, value_parser = units::duration)]
    warmup: Option<Duration>,
    /// Wait so long, with nothing in flight, before reading the process
    #[arg(long, value_parser = units::duration, default_value = "300ms")]
    settle: Duration,
    /// Keep trying to connect for so long
    #[arg(long, value_parser = units::duration, default_value = "10s")]
    connect_timeout: Duration,
    /// Read CPU time and memory of this process
    #[arg(long)]
    pid: Option<u32>,
    /// Print one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Threads of the generator
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) threads: usize,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    http2: Http2,
}

/// What `generate` and `compare` have in common.
#[derive(Debug, Args)]
struct LoadArgs {
    /// Transport
    #[arg(long, value_enum, default_value = "grpc")]
    protocol: Protocol,
    /// Spans, datapoints or log records in a request
    #[arg(long, value_name = "N", default_value_t = 1000)]
    items_per_request: usize,
    /// Connections to open
    #[arg(long, value_name = "N", default_value_t = 4)]
    connections: usize,
    /// Requests in flight on each connection (over HTTP: further connections)
    #[arg(long, value_name = "N", default_value_t = 1)]
    concurrency: usize,
    /// Compress requests
    #[arg(long)]
    gzip: bool,
    /// Items per second over all connections [default: as fast as it goes]
    #[arg(long, value_name = "ITEMS")]
    rate: Option<f64>,
    /// Share of items with Korean text, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    korean: f64,
    /// Datapoints without namespace, container and pod attributes of their own
    #[arg(
        long,
        value_name = "BOOL",
        default_value_t = true,
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true,
        action = clap::ArgAction::Set
    )]
    bare_points: bool,
    /// Fixes every byte of the payload
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl LoadArgs {
    fn shape(&self, signal: Signal) -> Shape {
        Shape {
            signal,
            items: self.items_per_request,
            korean: self.korean,
            bare_points: self.bare_points,
            seed: self.seed,
        }
    }
}

impl GenerateArgs {
    pub(crate) fn plan(&self) -> Plan {
        let default_warmup = match self.requests {
            Some(_) => Duration::ZERO,
            None => Duration::from_secs(5),
        };
        let duration = self.duration.unwrap_or(Duration::from_secs(60));
        Plan {
            shape: self.load.shape(self.signal),
            target: Target {
                endpoint: self.endpoint.clone(),
                protocol: self.load.protocol,
                gzip: self.load.gzip,
                http2: self.http2,
                connect_timeout: self.connect_timeout,
            },
            connections: self.load.connections,
            concurrency: self.load.concurrency,
            rate: self.load.rate,
            warmup: self.warmup.unwrap_or(default_warmup),
            until: self.requests.map_or(Until::Elapsed(duration), Until::Requests),
            settle: self.settle,
            pid: self.pid,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct SinkArgs {
    #[command(flatten)]
    listen: ListenArgs,
    /// Print the counts regularly (also printed on SIGUSR1 and at the end)
    #[arg(long, value_name = "DURATION", value_parser = units::duration)]
    pub(crate) report_every: Option<Duration>,
    /// Print counts as JSON lines
    #[arg(long)]
    pub(crate) json: bool,
    /// Threads of the sink
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) threads: usize,
    #[command(flatten)]
    pub(crate) http2: Http2,
}

/// Addresses of servers that take both transports on every port.
#[derive(Debug, Args)]
struct ListenArgs {
    /// Receive gRPC on this address
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:24317")]
    grpc: String,
    /// Receive HTTP on this address
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:24318")]
    http: String,
}

impl ListenArgs {
    fn addresses(&self) -> impl Iterator<Item = &str> {
        [self.grpc.as_str(), self.http.as_str()].into_iter()
    }
}

impl SinkArgs {
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        self.listen.addresses()
    }
}

#[derive(Debug, Args)]
pub(crate) struct CaptureArgs {
    /// Directory to write into
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Start of the file names
    #[arg(long, value_name = "NAME", default_value = "capture")]
    pub(crate) name: String,
    #[command(flatten)]
    listen: ListenArgs,
    #[command(flatten)]
    pub(crate) http2: Http2,
}

impl CaptureArgs {
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        self.listen.addresses()
    }
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Directory that `capture` wrote into
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct BaselineArgs {
    /// Receive gRPC on this address
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Receive HTTP on this address
    #[arg(long, value_name = "HOST:PORT")]
    listen_http: Option<String>,
    /// Send to this address
    #[arg(long, value_name = "HOST:PORT")]
    to: String,
    /// gRPC connections to the backend
    #[arg(long, value_name = "N", default_value_t = 1)]
    connections: usize,
    /// Compress what is sent on
    #[arg(long)]
    gzip: bool,
    /// Worker threads
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) threads: usize,
    #[command(flatten)]
    edit: EditArgs,
    #[command(flatten)]
    http2: Http2,
}

/// The edit of the baseline.
#[derive(Debug, Args)]
struct EditArgs {
    /// Set this attribute on matching records
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    set: Option<(String, String)>,
    /// A record matches if this integer attribute is at least N
    #[arg(
        long,
        value_name = "KEY=N",
        value_parser = limit,
        default_value = "http.response.status_code=500"
    )]
    where_at_least: (String, i64),
}

impl EditArgs {
    fn edit(&self) -> Option<Edit> {
        let (key, value) = self.set.clone()?;
        let (where_key, at_least) = self.where_at_least.clone();
        Some(Edit { key, value, where_key, at_least })
    }
}

impl BaselineArgs {
    pub(crate) fn options(&self) -> baseline::Options {
        baseline::Options {
            grpc: self.listen.clone(),
            http: self.listen_http.clone(),
            to: self.to.clone(),
            connections: self.connections,
            gzip: self.gzip,
            edit: self.edit.edit(),
            http2: self.http2,
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) =
        text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`; write KEY=VALUE"))?;
    Ok((key.to_owned(), value.to_owned()))
}

fn limit(text: &str) -> Result<(String, i64), String> {
    let (key, number) = pair(text)?;
    let number = number.parse().map_err(|_| format!("`{number}` is not a whole number"))?;
    Ok((key, number))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn requests_need_no_warmup_and_durations_do() {
        let plan = |args: &[&str]| {
            let common = ["holt-load", "generate", "--endpoint", "127.0.0.1:1"];
            let cli = Cli::try_parse_from(common.iter().chain(args)).unwrap();
            let Command::Generate(args) = cli.command else { panic!("not generate") };
            args.plan()
        };
        assert_eq!(plan(&[]).warmup, Duration::from_secs(5));
        assert_eq!(plan(&[]).until, Until::Elapsed(Duration::from_secs(60)));
        assert_eq!(plan(&["--requests", "3"]).warmup, Duration::ZERO);
        assert!(plan(&["--bare-points"]).shape.bare_points);
        assert!(!plan(&["--bare-points=false"]).shape.bare_points);
    }
}
