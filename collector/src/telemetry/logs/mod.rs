//! The log of the process: events of `tracing` in, lines in the form of the Go collector out, and
//! log records of OTLP where `service::telemetry::logs::processors` asks for them.
//!
//! Console lines are `time, level, caller, message, {fields}` separated by tabs; the other encoding
//! is one JSON object a line. Repeated messages are thinned as `sampling` says, except the debug
//! exporter's, whose messages are what the user asked to see.

mod fields;
mod line;
mod output;
mod records;
mod sampler;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, registry, reload};

use self::fields::Fields;
use self::line::{Form, Line};
use self::output::Outputs;
use self::sampler::Sampler;
use super::export::Records;
use super::{NOT_EXPORTED, Resource};
use crate::config::service::{LogLevel, LogSettings};

pub use self::fields::FURTHER_FIELDS;
pub use self::output::LogError;

/// Messages of this module are never thinned.
const UNTHINNED: &str = "holt_collector::exporters::debug";

/// Where log records are exported to, once the collector's own telemetry has started.
static EXPORT: ArcSwapOption<Vec<Records>> = ArcSwapOption::const_empty();

/// The log of the process, once it is installed.
static INSTALLED: OnceLock<Installed> = OnceLock::new();

struct Installed {
    levels: reload::Handle<Targets, Registry>,
    log: Arc<ArcSwap<Log>>,
}

/// Makes the settings those of this process. The first call counts; later ones change nothing.
///
/// # Errors
/// When a place of `output_paths` or `error_output_paths` cannot be opened.
pub fn install(settings: &LogSettings, resource: &Resource) -> Result<(), LogError> {
    let log = Arc::new(ArcSwap::from_pointee(Log::new(settings, resource)?));
    let (filter, levels) = reload::Layer::new(levels(settings));
    // A second service in one process (tests) keeps the first one's log.
    if registry().with(Lines(log.clone()).with_filter(filter)).try_init().is_ok() {
        let _ = INSTALLED.set(Installed { levels, log });
    }
    Ok(())
}

/// Takes other settings over for what is logged from now on.
///
/// # Errors
/// As [`install`]; the log then stays as it was.
pub(super) fn change(settings: &LogSettings, resource: &Resource) -> Result<(), LogError> {
    let Some(installed) = INSTALLED.get() else { return Ok(()) };
    installed.log.store(Arc::new(Log::new(settings, resource)?));
    // Fails only when the layer is gone, which lives as long as the process.
    let _ = installed.levels.reload(levels(settings));
    Ok(())
}

/// Which events there are lines for.
fn levels(settings: &LogSettings) -> Targets {
    let level = match settings.level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
        _ => LevelFilter::ERROR,
    };
    // Libraries speak up when something may need attention; below that they are noise.
    Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("holt", level)
}

/// Exports what is logged from now on; an earlier call counts no longer.
pub(super) fn export_to(records: Arc<Vec<Records>>) {
    EXPORT.store((!records.is_empty()).then_some(records));
}

struct Log {
    form: Form,
    sampler: Option<Sampler>,
    outputs: Mutex<Outputs>,
    /// The least severe level whose lines come with a stack.
    traced: Option<Level>,
}

impl Log {
    fn new(settings: &LogSettings, resource: &Resource) -> Result<Self, LogError> {
        let sampling = settings.sampling.clone().filter(|sampling| sampling.enabled);
        Ok(Self {
            form: Form::new(settings, resource),
            sampler: sampling.map(Sampler::new),
            outputs: Mutex::new(Outputs::open(
                &settings.output_paths,
                &settings.error_output_paths,
            )?),
            traced: match (settings.disable_stacktrace, settings.development) {
                (true, _) => None,
                (false, true) => Some(Level::WARN),
                (false, false) => Some(Level::ERROR),
            },
        })
    }
}

/// Writes lines of events to the present log.
struct Lines(Arc<ArcSwap<Log>>);

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let log = self.0.load();
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let level = *metadata.level();
        if let Some(sampler) = &log.sampler
            && !metadata.target().starts_with(UNTHINNED)
            && !sampler.passes(level, &fields.message)
        {
            return;
        }
        if metadata.target() != NOT_EXPORTED
            && let Some(export) = EXPORT.load().as_ref()
        {
            let record = records::record(level, &fields);
            export.iter().for_each(|records| records.push(record.clone()));
        }
        let place = metadata.file().zip(metadata.line());
        let stack = log.traced.filter(|traced| level <= *traced).and_then(|_| stack());
        let line = log.form.line(&Line { level, place, fields, stack });
        log.outputs.lock().unwrap_or_else(PoisonError::into_inner).write(&line);
    }
}

/// The present stack, when `RUST_BACKTRACE` asks for stacks: finding the names of functions takes
/// time and a good deal of memory.
fn stack() -> Option<String> {
    let stack = Backtrace::capture();
    (stack.status() == BacktraceStatus::Captured).then(|| stack.to_string())
}
