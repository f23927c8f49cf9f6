//! `holt run` and `holt --config …`: runs the collector until a signal ends it. SIGHUP, and with
//! `--watch-config` a change of a file, makes it read its configuration again.

mod changes;
mod pages;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use holt_collector::component::{Facts, SharedFacts};
use holt_collector::service::{Outcome, Running, ServiceOptions};
use holt_collector::telemetry::{Build, OwnTelemetry};
use holt_grammar::diag::Severity;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{ConfigArgs, print_config};
use crate::output;
use crate::session::Session;
use changes::Changes;

/// What runs without `--config`.
const DEMONSTRATION: &str = include_str!("../../default.yaml");

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    config: ConfigArgs,

    /// Seconds that shutdown may take; what is not sent by then is counted and given up.
    #[arg(long, value_name = "SECONDS", default_value_t = 25)]
    graceful_shutdown: u64,

    /// Read the configuration again when one of its files has changed.
    #[arg(long)]
    watch_config: bool,
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
    let Some((config, _)) = session.resolved() else { return ExitCode::FAILURE };
    let mut telemetry = match OwnTelemetry::start(&config.service.telemetry, Build::default()).await
    {
        Ok(telemetry) => telemetry,
        Err(error) => {
            output::error(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    let drain_timeout = Duration::from_secs(arguments.graceful_shutdown);
    let service = match session.build(telemetry.handles(), ServiceOptions { drain_timeout }) {
        Some(Ok(service)) => service,
        Some(Err(error)) => {
            output::error(&format!("failed to build pipelines: {error}"));
            return ExitCode::FAILURE;
        }
        None => return ExitCode::FAILURE,
    };
    let signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            output::error(&format!("cannot listen for signals: {error}"));
            return ExitCode::FAILURE;
        }
    };
    tracing::info!(
        Version = env!("CARGO_PKG_VERSION"),
        NumCPU = worker_threads(),
        "Starting holt..."
    );
    describe(&session, service.facts());
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
    pages::release_code();
    let mut changes = match arguments.watch_config {
        true => Changes::of(&session, &sources),
        false => Changes::none(),
    };
    let outcome =
        run_and_reload(running, &mut telemetry, session, &sources, signals, &mut changes).await;
    telemetry.stop().await;
    exit_code(&outcome)
}

/// Runs until a signal or a fatal error ends it, and reads the configuration again when asked to.
async fn run_and_reload(
    mut running: Running,
    telemetry: &mut OwnTelemetry,
    mut session: Session,
    sources: &ConfigArgs,
    mut signals: Signals,
    changes: &mut Changes,
) -> Outcome {
    let fatal = running.fatal();
    tokio::pin!(fatal);
    let fatal = loop {
        tokio::select! {
            message = &mut fatal => break Some(message),
            signal = signals.next() => if signal == Received::End { break None },
            path = changes.next() => {
                tracing::info!(path = %path.display(), "The configuration has changed");
            }
        }
        // Reading sources can take long; a signal to end does not wait for it.
        let read = tokio::select! {
            read = Session::load(sources) => read,
            () = signals.end() => break None,
        };
        changes.follow(&read, sources);
        if reload(&mut running, telemetry, &session, &read).await {
            session = read;
        }
    };
    let second = signals.end_at_once();
    let outcome = running.stop().await;
    second.abort();
    Outcome { fatal, ..outcome }
}

/// Lets extensions show how the service is configured.
fn describe(session: &Session, facts: &SharedFacts) {
    let Some((config, plan)) = session.resolved() else { return };
    let config = print_config::shown(config, plan);
    facts.rcu(|facts| Facts {
        gates: session.gates().clone(),
        config: config.as_str().into(),
        ..Facts::clone(facts)
    });
}

/// Takes over a configuration; says so and goes on as before when that cannot be.
async fn reload(
    running: &mut Running,
    telemetry: &mut OwnTelemetry,
    before: &Session,
    read: &Session,
) -> bool {
    output::diagnostics(&read.diagnostics, &read.sources, Severity::Warning);
    let Some((config, plan)) = read.resolved() else {
        tracing::error!("The new configuration has errors. Going on with the old one.");
        return false;
    };
    let fixed = telemetry.fixed(&config.service.telemetry);
    if !fixed.is_empty() {
        tracing::warn!(
            keys = fixed.join(", "),
            "Changes of these keys take effect when the process is started again"
        );
    }
    if let Err(error) = telemetry.reload(&config.service.telemetry).await {
        tracing::error!(
            error = %error,
            "The new configuration cannot be started. Going on with the old one."
        );
        return false;
    }
    match running.reload(plan).await {
        Ok(done) => {
            describe(read, running.facts());
            tracing::info!(
                kept = done.kept,
                started = done.started,
                stopped = done.stopped,
                "Configuration reloaded."
            );
            true
        }
        Err(error) => {
            tracing::error!(
                error = %error,
                "The new configuration cannot be started. Going on with the old one."
            );
            if let Some((old, _)) = before.resolved()
                && let Err(error) = telemetry.reload(&old.service.telemetry).await
            {
                tracing::error!(error = %error, "service::telemetry cannot be as before");
            }
            false
        }
    }
}

/// What a signal asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Received {
    End,
    Reload,
}

/// The signals that concern a running collector.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    reload: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            reload: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for a signal.
    async fn next(&mut self) -> Received {
        let (name, received) = tokio::select! {
            _ = self.interrupt.recv() => ("interrupt", Received::End),
            _ = self.terminate.recv() => ("terminated", Received::End),
            _ = self.reload.recv() => ("hangup", Received::Reload),
        };
        tracing::info!(signal = name, "Received signal from OS");
        received
    }

    /// Waits for a signal to end.
    async fn end(&mut self) {
        while self.next().await != Received::End {}
    }

    /// Ends the process at the next signal to end.
    fn end_at_once(mut self) -> tokio::task::JoinHandle<()> {
        tokio::spawn(async move {
            self.end().await;
            tracing::warn!("A second signal: ending without draining");
            std::process::exit(1);
        })
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
