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
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, registry};

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

/// Makes the settings those of this process. The first call counts; later ones change nothing.
///
/// # Errors
/// When a place of `output_paths` or `error_output_paths` cannot be opened.
pub fn install(settings: &LogSettings, resource: &Resource) -> Result<(), LogError> {
    let level = match settings.level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
        _ => LevelFilter::ERROR,
    };
    // Libraries speak up when something may need attention; below that they are noise.
    let targets =
        Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("holt", level);
    let log = Log {
        form: Form::new(settings, resource),
        sampler: settings.sampling.clone().filter(|sampling| sampling.enabled).map(Sampler::new),
        outputs: Mutex::new(Outputs::open(&settings.output_paths, &settings.error_output_paths)?),
        traced: match (settings.disable_stacktrace, settings.development) {
            (true, _) => None,
            (false, true) => Some(Level::WARN),
            (false, false) => Some(Level::ERROR),
        },
    };
    // A second service in one process (tests) keeps the first one's log.
    let _ = registry().with(log.with_filter(targets)).try_init();
    Ok(())
}

/// Exports what is logged from now on; an earlier call counts no longer.
pub(super) fn export_to(records: Arc<Vec<Records>>) {
    EXPORT.store(Some(records));
}

struct Log {
    form: Form,
    sampler: Option<Sampler>,
    outputs: Mutex<Outputs>,
    /// The least severe level whose lines come with a stack.
    traced: Option<Level>,
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let level = *metadata.level();
        if let Some(sampler) = &self.sampler
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
        let stack = self.traced.filter(|traced| level <= *traced).and_then(|_| stack());
        let line = self.form.line(&Line { level, place, fields, stack });
        self.outputs.lock().unwrap_or_else(PoisonError::into_inner).write(&line);
    }
}

/// The present stack, when `RUST_BACKTRACE` asks for stacks: finding the names of functions takes
/// time and a good deal of memory.
fn stack() -> Option<String> {
    let stack = Backtrace::capture();
    (stack.status() == BacktraceStatus::Captured).then(|| stack.to_string())
}
