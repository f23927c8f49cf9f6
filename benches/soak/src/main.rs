//! The `holt-soak` command: reads the command line, runs a scenario, prints what it found.
//!
//! The exit code is 1 when a promise was not kept.

mod args;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use args::{Cli, Command, CompareArgs, Scenario};
use holt_soak::report::{Report, side_by_side};
use holt_soak::scenario::{Context, ScenarioError, abuse, backend, cost, kill, memory, reload};

/// Client and backend share the machine with the collector, so they must cost little.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match soak(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nothing can be done if even this fails.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every promise was kept.
fn soak(cli: &Cli) -> Result<bool, Box<dyn Error>> {
    let scenario = match &cli.command {
        Command::Scenario(scenario) => scenario,
        Command::Compare(args) => {
            write!(io::stdout(), "{}", compare(args)?)?;
            return Ok(true);
        }
    };
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
    let report = runtime.block_on(run(&context, scenario))?;
    write!(io::stdout(), "{report}")?;
    if let Some(path) = &cli.output {
        std::fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(report.failures().next().is_none())
}

fn compare(args: &CompareArgs) -> Result<String, Box<dyn Error>> {
    let read = |path: &Path| -> Result<Report, Box<dyn Error>> {
        Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
    };
    Ok(side_by_side(&read(&args.left)?, &read(&args.right)?, &args.columns))
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
