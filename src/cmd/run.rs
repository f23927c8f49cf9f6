//! `holt run` and `holt --config …`: runs the collector until a signal ends it.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use holt_collector::service::{Outcome, ServiceOptions};
use holt_grammar::diag::Severity;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::ConfigArgs;
use crate::output;
use crate::session::Session;

/// What runs without `--config`.
const DEMONSTRATION: &str = include_str!("../default.yaml");

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    config: ConfigArgs,

    /// Seconds that shutdown may take; what is not sent by then is counted and given up.
    #[arg(long, value_name = "SECONDS", default_value_t = 25)]
    graceful_shutdown: u64,
}

/// What to do when no configuration is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// Run the built-in demonstration.
    Demonstration,
    /// Refuse, as the Go collector does.
    None,
}

/// Loads, builds and runs.
pub(crate) fn run(arguments: &RunArgs, fallback: Fallback) -> ExitCode {
    let demonstration = arguments.config.configs.is_empty() && fallback == Fallback::Demonstration;
    if arguments.config.configs.is_empty() && fallback == Fallback::None {
        output::error("at least one config flag must be provided");
        output::note(
            "`holt --config FILE` runs a configuration, `holt run` the built-in demonstration, `holt --help` lists all commands",
        );
        return ExitCode::FAILURE;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(worker_threads())
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(run_until_signal(arguments, demonstration)),
        Err(error) => {
            output::error(&format!("cannot start the asynchronous runtime: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// One a core this process may use; the standard library honours CPU affinity and cgroup quotas.
fn worker_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

async fn run_until_signal(arguments: &RunArgs, demonstration: bool) -> ExitCode {
    let mut sources = arguments.config.clone();
    if demonstration {
        sources.configs.push(format!("yaml:{DEMONSTRATION}"));
    }
    let session = Session::load(&sources).await;
    output::diagnostics(&session.diagnostics, &session.sources, Severity::Warning);
    if let Some((config, _)) = session.resolved()
        && let Err(error) = holt_collector::telemetry::logs::install(&config.service.telemetry.logs)
    {
        output::error(&error.to_string());
        return ExitCode::FAILURE;
    }
    let drain_timeout = Duration::from_secs(arguments.graceful_shutdown);
    let service = match session.build(ServiceOptions { drain_timeout }) {
        Some(Ok(service)) => service,
        Some(Err(error)) => {
            output::error(&format!("failed to build pipelines: {error}"));
            return ExitCode::FAILURE;
        }
        None => return ExitCode::FAILURE,
    };
    let (mut interrupt, mut terminate) =
        match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
            (Ok(interrupt), Ok(terminate)) => (interrupt, terminate),
            (Err(error), _) | (_, Err(error)) => {
                output::error(&format!("cannot listen for signals: {error}"));
                return ExitCode::FAILURE;
            }
        };
    tracing::info!(
        Version = env!("CARGO_PKG_VERSION"),
        NumCPU = worker_threads(),
        "Starting holt..."
    );
    let running = match service.start().await {
        Ok(running) => running,
        Err(failure) => {
            output::error(&failure.to_string());
            return ExitCode::FAILURE;
        }
    };
    if demonstration {
        output::note(WELCOME);
    }
    let outcome = running
        .until(async move {
            let name = next_signal(&mut interrupt, &mut terminate).await;
            tracing::info!(signal = name, "Received signal from OS");
            tokio::spawn(async move {
                let name = next_signal(&mut interrupt, &mut terminate).await;
                tracing::warn!(signal = name, "Received a second signal, ending without draining");
                std::process::exit(1);
            });
        })
        .await;
    exit_code(&outcome)
}

async fn next_signal(interrupt: &mut Signal, terminate: &mut Signal) -> &'static str {
    tokio::select! {
        _ = interrupt.recv() => "interrupt",
        _ = terminate.recv() => "terminated",
    }
}

fn exit_code(outcome: &Outcome) -> ExitCode {
    if outcome.fatal.is_some() || !outcome.errors.is_empty() {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

const WELCOME: &str = "
Holt listens for OTLP on 127.0.0.1:4317 (gRPC) and 127.0.0.1:4318 (HTTP) and prints what it
receives, with cluster_name added to everything, and namespace, container and pod from the resource
to every datapoint. To see something, in another terminal:

    holt generate traces        (also: metrics, logs)
    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318  your-application

Ctrl-C ends it. `holt --config FILE` runs a configuration of your own.
";
