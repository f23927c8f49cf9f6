//! `holt generate`: made-up telemetry for an OTLP endpoint, so that something flows at once.

mod payload;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use holt_collector::component::{Context, Exporter, Section, Settings, StatusHub, registry};
use holt_collector::config::feature_gates::Gates;
use holt_collector::config::ids::ComponentId;
use holt_collector::config::{self, LoadRequest};
use holt_collector::telemetry::{Metrics, Tracer};
use holt_grammar::diag::Severity;
use holt_pdata::Signal;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::output;
use payload::Generator;

#[derive(Args, Clone, Debug)]
pub(crate) struct GenerateArgs {
    /// What to send.
    signal: SignalName,

    /// Spans, datapoints or log records a second.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    rate: u64,

    /// How many to send; 0 goes on until it is interrupted.
    #[arg(long, default_value_t = 100)]
    count: u64,

    /// Where to: host:port for gRPC, a URL for HTTP.
    #[arg(long)]
    endpoint: Option<String>,

    /// OTLP over gRPC or over HTTP.
    #[arg(long, default_value = "grpc")]
    protocol: Protocol,

    /// Resource attributes to add, as key=value; repeatable or separated by commas.
    #[arg(long, value_name = "KEY=VALUE", value_delimiter = ',', value_parser = key_value)]
    attributes: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SignalName {
    Traces,
    Metrics,
    Logs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Protocol {
    Grpc,
    Http,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected key=value".to_owned()),
    }
}

/// Sends and says how much arrived.
pub(crate) fn run(arguments: &GenerateArgs) -> ExitCode {
    let Some(runtime) = super::small_runtime() else { return ExitCode::FAILURE };
    runtime.block_on(send(arguments))
}

async fn send(arguments: &GenerateArgs) -> ExitCode {
    let signal = match arguments.signal {
        SignalName::Traces => Signal::Traces,
        SignalName::Metrics => Signal::Metrics,
        SignalName::Logs => Signal::Logs,
    };
    let endpoint = arguments.endpoint.clone().unwrap_or_else(|| match arguments.protocol {
        Protocol::Grpc => "127.0.0.1:4317".to_owned(),
        Protocol::Http => "http://127.0.0.1:4318".to_owned(),
    });
    let exporter = match exporter(arguments.protocol, &endpoint, signal).await {
        Ok(exporter) => exporter,
        Err(code) => return code,
    };
    let mut generator = Generator::new(signal, &arguments.attributes);
    // At high rates, fewer and larger batches.
    let per_batch = (arguments.rate / 20).clamp(1, 1000);
    let period = Duration::from_secs_f64(per_batch as f64 / arguments.rate as f64);
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let started = Instant::now();
    let mut sent = 0;
    while arguments.count == 0 || sent < arguments.count {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = tokio::signal::ctrl_c() => break,
        }
        let left = if arguments.count == 0 { u64::MAX } else { arguments.count - sent };
        let size = per_batch.min(left);
        let batch = generator.batch(size);
        if let Err(refused) = exporter.consume(batch, Context::none()).await {
            output::error(&format!("{endpoint} did not take the telemetry: {refused}"));
            output::note("is a collector listening there? `holt run` starts one");
            return ExitCode::FAILURE;
        }
        sent += size;
    }
    let what = match arguments.signal {
        SignalName::Traces => "spans",
        SignalName::Metrics => "datapoints",
        SignalName::Logs => "log records",
    };
    let seconds = started.elapsed().as_secs_f64();
    output::line(&format!("sent {sent} {what} to {endpoint} in {seconds:.1} s"));
    ExitCode::SUCCESS
}

/// The exporter a collector would use, made from the configuration a user would write.
async fn exporter(
    protocol: Protocol,
    endpoint: &str,
    signal: Signal,
) -> Result<Arc<dyn Exporter>, ExitCode> {
    let (name, rest) = match protocol {
        Protocol::Grpc => ("otlp_grpc", "tls: {insecure: true}"),
        Protocol::Http => ("otlp_http", ""),
    };
    let queues = "sending_queue: {enabled: false}\nretry_on_failure: {enabled: false}";
    let text = format!("yaml:endpoint: {endpoint:?}\n{rest}\n{queues}");
    let request = LoadRequest { configs: vec![text], ..LoadRequest::default() };
    let environment = std::collections::HashMap::<String, String>::new();
    let loaded = config::load(&request, &environment).await.map_err(|failure| {
        output::diagnostics(&failure.findings, &failure.sources, Severity::Error);
        ExitCode::FAILURE
    })?;
    let fail = |message: String| {
        output::error(&message);
        ExitCode::FAILURE
    };
    let id: ComponentId = name.parse().map_err(|error| fail(format!("{error}")))?;
    let factory = registry::all().exporter(name).map_err(|unknown| fail(unknown.message()))?;
    let mut diagnostics = Vec::new();
    let gates = Gates::default();
    let section = Section { id: &id, node: &loaded.tree, gates: &gates };
    let parsed = factory.factory.parse(section, &mut diagnostics).ok_or_else(|| {
        output::diagnostics(&diagnostics, &loaded.sources, Severity::Error);
        ExitCode::FAILURE
    })?;
    let status = Arc::new(StatusHub::default());
    let settings = Settings {
        id: id.clone(),
        status: status.register(holt_collector::component::Kind::Exporter, id),
        metrics: Metrics::default(),
        tracer: Tracer::default(),
    };
    parsed.create(settings, signal).map_err(|error| fail(error.to_string()))
}
