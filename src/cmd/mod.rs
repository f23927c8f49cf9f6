//! The command line: its shape, and a file for each subcommand.
//!
//! Flags and subcommands that the Go collector has keep its names and meaning.

mod check;
mod completion;
mod components;
mod diff;
mod eval;
mod explain;
mod featuregate;
mod fmt;
mod generate;
mod graph;
mod lsp;
mod man;
mod pipeline;
mod print_config;
mod repl;
mod run;
mod schema;
mod stage;
mod test;
mod validate;
mod version;
mod watch;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::output;

pub(crate) use check::SAMPLE_CODES;

/// An OpenTelemetry collector with an OTTL compiler inside.
#[derive(Debug, Parser)]
#[command(name = "holt", disable_version_flag = true, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    run: run::RunArgs,

    /// Print the version.
    #[arg(short = 'v', long)]
    version: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the collector; without --config the built-in demonstration.
    Run(run::RunArgs),
    /// Check that the configuration would start, and say nothing if so.
    Validate(ConfigArgs),
    /// Lint configurations: point at mistakes, also at those that would start.
    Check(check::CheckArgs),
    /// Format the OTTL in configurations, and nothing else.
    Fmt(fmt::FmtArgs),
    /// Say what is different between two configurations, and what that does to a sample.
    Diff(diff::DiffArgs),
    /// Run OTTL statements on telemetry from a file and show what they change.
    Eval(eval::EvalArgs),
    /// Try OTTL on telemetry, line by line.
    Repl(repl::ReplArgs),
    /// Run the unit tests of pipelines: what goes in, what has to come out.
    Test(test::TestArgs),
    /// Say what a function, path, symbol, component, key or diagnostic code is.
    Explain(explain::ExplainArgs),
    /// Draw what the pipelines of a configuration join.
    Graph(graph::GraphArgs),
    /// List the components with their stability.
    Components,
    /// List feature gates, or show one.
    Featuregate(featuregate::FeaturegateArgs),
    /// Print the configuration with all defaults.
    #[command(alias = "print-initial-config")]
    PrintConfig(print_config::PrintConfigArgs),
    /// Serve editors: findings, explanations, completion and formatting as one writes.
    Lsp(lsp::LspArgs),
    /// Print a JSON Schema of the configuration, for editors.
    Schema,
    /// Send made-up telemetry to an OTLP endpoint.
    Generate(generate::GenerateArgs),
    /// Print a script that completes commands in a shell.
    Completion(completion::CompletionArgs),
    /// Print a manual page, or write all of them.
    Man(man::ManArgs),
    /// Print the version and the release of the Go collector that Holt behaves like.
    Version,
}

/// Where the configuration comes from.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ConfigArgs {
    /// A file, or a URI: file:, env:, yaml:, http:, https:. May be given several times; later
    /// ones are merged over earlier ones.
    #[arg(long = "config", value_name = "URI")]
    pub(crate) configs: Vec<String>,

    /// Set one key, such as processors.batch.timeout=2s. Wins over every --config.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) sets: Vec<String>,

    /// Feature gates to enable, or with a leading `-` to disable; separated by commas.
    #[arg(long = "feature-gates", value_name = "GATES", allow_hyphen_values = true)]
    pub(crate) feature_gates: Vec<String>,

    /// Leave out the pipelines that use components Holt does not have.
    #[arg(long)]
    pub(crate) allow_missing: bool,
}

/// Runs what the command line asks for.
pub(crate) fn dispatch(cli: Cli) -> ExitCode {
    if cli.version {
        return version::short();
    }
    match cli.command {
        Some(Command::Run(arguments)) => run::run(&arguments, run::Fallback::Demonstration),
        Some(Command::Validate(arguments)) => validate::run(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Fmt(arguments)) => fmt::run(&arguments),
        Some(Command::Diff(arguments)) => diff::run(&arguments),
        Some(Command::Eval(arguments)) => eval::run(&arguments),
        Some(Command::Repl(arguments)) => repl::run(&arguments),
        Some(Command::Test(arguments)) => test::run(&arguments),
        Some(Command::Explain(arguments)) => explain::run(&arguments),
        Some(Command::Graph(arguments)) => graph::run(&arguments),
        Some(Command::Components) => components::run(),
        Some(Command::Featuregate(arguments)) => featuregate::run(&arguments),
        Some(Command::PrintConfig(arguments)) => print_config::run(&arguments),
        Some(Command::Schema) => schema::run(),
        Some(Command::Lsp(arguments)) => lsp::run(&arguments),
        Some(Command::Generate(arguments)) => generate::run(&arguments),
        Some(Command::Completion(arguments)) => completion::run(&arguments),
        Some(Command::Man(arguments)) => man::run(&arguments),
        Some(Command::Version) => version::long(),
        None => run::run(&cli.run, run::Fallback::None),
    }
}

/// A single-threaded runtime for commands that only load or send a little.
fn small_runtime() -> Option<tokio::runtime::Runtime> {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => Some(runtime),
        Err(error) => {
            output::error(&format!("cannot start the asynchronous runtime: {error}"));
            None
        }
    }
}
