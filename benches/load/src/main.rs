//! The `holt-load` command: reads the command line and calls the library.

mod args;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

use args::{
    BaselineArgs, CaptureArgs, Cli, Command, CompareArgs, GenerateArgs, InspectArgs, SinkArgs,
};
use holt_load::capture::Capture;
use holt_load::server::Server;
use holt_load::sink::Sink;
use holt_load::{baseline, compare, generate, inspect, output};

/// The allocator of Holt itself: it is worth a factor, so everything measured must share it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Generate(args) => generate(&args),
        Command::Sink(args) => sink(&args),
        Command::Baseline(args) => baseline(&args),
        Command::Capture(args) => capture(&args),
        Command::Inspect(args) => inspect(&args),
        Command::Compare(args) => compare(&args),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            let mut text = format!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                // Most of our errors already quote their cause.
                let cause_text = cause.to_string();
                if !text.contains(&cause_text) {
                    text.push_str(&format!(": {cause_text}"));
                }
                source = cause.source();
            }
            // Nothing can be done if even this fails.
            let _ = writeln!(io::stderr(), "{text}");
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<ExitCode, Box<dyn Error>>;

fn generate(args: &GenerateArgs) -> Outcome {
    let report = runtime(args.threads)?.block_on(generate::run(&args.plan()))?;
    if args.json {
        output::line(&report.json()?)?;
    } else {
        output::line(&report.to_string())?;
    }
    Ok(if report.complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn sink(args: &SinkArgs) -> Outcome {
    runtime(args.threads)?.block_on(async {
        let addresses: Vec<&str> = args.addresses().collect();
        let sink = Sink::start(&addresses, args.http2).await?;
        for server in &sink.servers {
            output::line(&format!("listening on {}", server.address()))?;
        }
        let report = || {
            let counts = &sink.counts;
            output::line(&if args.json { counts.json() } else { counts.summary() })
        };
        until_stopped(args.report_every, report).await?;
        report()?;
        Ok(ExitCode::SUCCESS)
    })
}

fn baseline(args: &BaselineArgs) -> Outcome {
    runtime(args.threads)?.block_on(async {
        let running = baseline::start(&args.options()).await?;
        for address in [running.grpc, running.http].into_iter().flatten() {
            output::line(&format!("listening on {address}"))?;
        }
        until_stopped(None, || Ok(())).await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn capture(args: &CaptureArgs) -> Outcome {
    runtime(1)?.block_on(async {
        let capture = Arc::new(Capture::new(&args.dir, &args.name)?);
        let mut servers = Vec::new();
        for address in args.addresses() {
            let server = Server::start(address, args.http2, Arc::clone(&capture)).await?;
            output::line(&format!("listening on {}", server.address()))?;
            servers.push(server);
        }
        until_stopped(None, || Ok(())).await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn inspect(args: &InspectArgs) -> Outcome {
    for line in inspect::inspect(&args.dir)? {
        output::line(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn compare(args: &CompareArgs) -> Outcome {
    let options = args.options()?;
    let table = runtime(args.threads)?.block_on(compare::run(&options, |step| {
        let _ = writeln!(io::stderr(), "{step}");
    }))?;
    let text = if args.json { table.json_lines()? } else { table.to_string() };
    output::line(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// One thread runs everything on the caller's; more make a work-stealing pool.
fn runtime(threads: usize) -> io::Result<Runtime> {
    match threads {
        0 | 1 => Builder::new_current_thread().enable_all().build(),
        more => Builder::new_multi_thread().worker_threads(more).enable_all().build(),
    }
}

/// Waits for SIGINT or SIGTERM; calls `report` on SIGUSR1 and after every `interval`.
async fn until_stopped(
    interval: Option<Duration>,
    mut report: impl FnMut() -> io::Result<()>,
) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut ask = signal(SignalKind::user_defined1())?;
    // Without an interval nothing ever ticks; a century stands for that.
    let mut clock = tokio::time::interval(interval.unwrap_or(Duration::from_secs(3_000_000_000)));
    clock.tick().await;
    loop {
        tokio::select! {
            _ = interrupt.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
            _ = ask.recv() => report()?,
            _ = clock.tick() => report()?,
        }
    }
}
