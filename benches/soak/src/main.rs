//! The `holt-soak` command: reads the command line, runs a scenario, prints what it found.
//!
//! The exit code is 1 when a promise was not kept.

mod args;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use args::{Cli, Scenario};
use holt_soak::report::Report;
use holt_soak::scenario::{Context, ScenarioError, abuse, backend, cost, kill, memory, reload};

/// Client and backend share the machine with the collector, so they must cost little.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match soak(&Cli::parse()) {
        Ok(report) if report.failures().next().is_none() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            // Nothing can be done if even this fails.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

fn soak(cli: &Cli) -> Result<Report, Box<dyn Error>> {
    let temporary = tempfile::tempdir()?;
    let directory = cli.directory.as_deref().unwrap_or(temporary.path());
    let context = Context {
        binary: cli.binary()?,
        directory: std::path::absolute(directory)?,
        say: Arc::new(|line| {
            let _ = writeln!(io::stderr(), "{line}");
        }),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(run(&context, &cli.scenario))?;
    write!(io::stdout(), "{report}")?;
    if let Some(path) = &cli.output {
        std::fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(report)
}

async fn run(context: &Context, scenario: &Scenario) -> Result<Report, ScenarioError> {
    match scenario {
        Scenario::Kill(args) => kill::run(context, &args.options()).await,
        Scenario::Backend(args) => backend::run(context, &args.options()).await,
        Scenario::Memory(args) => memory::run(context, &args.options()).await,
        Scenario::Reload(args) => reload::run(context, &args.options()).await,
        Scenario::Abuse(args) => abuse::run(context, &args.options()).await,
        Scenario::Cost(args) => cost::run(context, &args.options()).await,
    }
}
