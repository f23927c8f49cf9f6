//! The log of the process: events of `tracing` in, lines in the form of the Go collector out.
//!
//! Console lines are `time, level, message, {fields}` separated by tabs; the other encoding is one
//! JSON object a line. Repeated messages are thinned as `service::telemetry::logs::sampling` says,
//! except the debug exporter's, whose messages are what the user asked to see.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, registry};

use crate::config::service::{LogEncoding, LogLevel, LogSampling, LogSettings};

/// Messages of this module are never thinned.
const UNTHINNED: &str = "holt_collector::exporters::debug";

/// Name of a field whose text is a JSON object of more fields, for events whose fields are only
/// known when they happen.
pub const FURTHER_FIELDS: &str = "holt.further_fields";

/// A place of `output_paths` that could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the log file {path}: {source}")]
pub struct LogError {
    path: String,
    source: io::Error,
}

/// Makes the settings those of this process. The first call counts; later ones change nothing.
///
/// # Errors
/// When a place of `output_paths` cannot be opened.
pub fn install(settings: &LogSettings) -> Result<(), LogError> {
    let level = match settings.level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
        _ => LevelFilter::ERROR,
    };
    // Libraries speak up when something may need attention; below that they are noise.
    let targets =
        Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("holt", level);
    let lines = Lines {
        encoding: settings.encoding,
        sampler: settings.sampling.clone().filter(|sampling| sampling.enabled).map(Sampler::new),
        outputs: Mutex::new(open(&settings.output_paths)?),
    };
    // A second service in one process (tests) keeps the first one's log.
    let _ = registry().with(lines.with_filter(targets)).try_init();
    Ok(())
}

enum Output {
    Stdout,
    Stderr,
    File(File),
}

fn open(paths: &[String]) -> Result<Vec<Output>, LogError> {
    let one = |path: &String| match path.as_str() {
        "stdout" => Ok(Output::Stdout),
        "stderr" => Ok(Output::Stderr),
        _ => File::options()
            .append(true)
            .create(true)
            .open(path)
            .map(Output::File)
            .map_err(|source| LogError { path: path.clone(), source }),
    };
    paths.iter().map(one).collect()
}

struct Lines {
    encoding: LogEncoding,
    sampler: Option<Sampler>,
    outputs: Mutex<Vec<Output>>,
}

impl<S: Subscriber> Layer<S> for Lines {
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
        let line = match self.encoding {
            LogEncoding::Console => console(level, &fields),
            LogEncoding::Json => json(level, fields),
        };
        let mut outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        for output in outputs.iter_mut() {
            // There is nowhere left to report that the log cannot be written.
            let _ = match output {
                Output::Stdout => io::stdout().lock().write_all(line.as_bytes()),
                Output::Stderr => io::stderr().lock().write_all(line.as_bytes()),
                Output::File(file) => file.write_all(line.as_bytes()),
            };
        }
    }
}

/// The fields of an event in the order they were given; the message apart.
#[derive(Default)]
struct Fields {
    message: String,
    rest: Vec<(Cow<'static, str>, Value)>,
}

impl Fields {
    fn further(&mut self, json: &str) {
        if let Ok(Value::Object(fields)) = serde_json::from_str(json) {
            self.rest.extend(fields.into_iter().map(|(key, value)| (Cow::Owned(key), value)));
        }
    }

    fn push(&mut self, field: &Field, value: Value) {
        self.rest.push((Cow::Borrowed(field.name()), value));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        match field.name() {
            "message" => self.message = text,
            _ => self.push(field, Value::String(text)),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            FURTHER_FIELDS => self.further(value),
            _ => self.push(field, Value::from(value)),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, Value::from(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, Value::from(value));
    }
}

const fn name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        _ => "debug",
    }
}

/// Local time to the millisecond, `Z` for UTC.
fn timestamp() -> String {
    let text = jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%.3f%z").to_string();
    text.strip_suffix("+0000").map(|utc| format!("{utc}Z")).unwrap_or(text)
}

fn console(level: Level, fields: &Fields) -> String {
    let mut line = format!("{}\t{}\t{}", timestamp(), name(level), fields.message);
    for (index, (key, value)) in fields.rest.iter().enumerate() {
        line.push_str(if index == 0 { "\t{" } else { ", " });
        line.push_str(&format!("{}: {value}", Value::from(key.as_ref())));
    }
    if !fields.rest.is_empty() {
        line.push('}');
    }
    line.push('\n');
    line
}

fn json(level: Level, fields: Fields) -> String {
    let mut line = format!(
        "{{\"level\":\"{}\",\"ts\":\"{}\",\"msg\":{}",
        name(level),
        timestamp(),
        Value::String(fields.message)
    );
    for (key, value) in fields.rest {
        line.push_str(&format!(",{}:{value}", Value::from(key.as_ref())));
    }
    line.push_str("}\n");
    line
}

/// Thins repeated messages: the first few of each period pass, then every so many.
struct Sampler {
    tick: Duration,
    initial: u64,
    thereafter: u64,
    seen: Mutex<HashMap<(Level, String), (Instant, u64)>>,
}

/// Beyond this many different messages the sampler starts anew rather than grow.
const MOST_MESSAGES: usize = 4096;

impl Sampler {
    fn new(settings: LogSampling) -> Self {
        Self {
            tick: settings.tick.to_std(),
            initial: u64::try_from(settings.initial).unwrap_or_default(),
            thereafter: u64::try_from(settings.thereafter).unwrap_or_default(),
            seen: Mutex::new(HashMap::new()),
        }
    }

    fn passes(&self, level: Level, message: &str) -> bool {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > MOST_MESSAGES {
            seen.clear();
        }
        let (since, count) = seen.entry((level, message.to_owned())).or_insert((now, 0));
        if now.duration_since(*since) >= self.tick {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= self.initial
            || (self.thereafter > 0 && (*count - self.initial).is_multiple_of(self.thereafter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Fields {
        let rest = vec![("endpoint".into(), Value::from("a\tb")), ("items".into(), Value::from(3))];
        Fields { message: "Starting".to_owned(), rest }
    }

    #[test]
    fn console_lines_have_the_form_of_the_reference() {
        let line = console(Level::INFO, &fields());
        let (time, rest) = line.split_once('\t').unwrap();
        assert!(time.len() >= 24 && time.as_bytes()[10] == b'T', "{time}");
        assert_eq!(rest, "info\tStarting\t{\"endpoint\": \"a\\tb\", \"items\": 3}\n");
    }

    #[test]
    fn json_lines_are_objects() {
        let line = json(Level::WARN, fields());
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&value["level"], &value["items"]), (&Value::from("warn"), &Value::from(3)));
    }

    #[test]
    fn repeated_messages_are_thinned() {
        let tick = crate::config::values::Duration::from_secs(1000);
        let settings = LogSampling { enabled: true, tick, initial: 3, thereafter: 10 };
        let sampler = Sampler::new(settings);
        let passed = (0..33).filter(|_| sampler.passes(Level::INFO, "again")).count();
        assert_eq!(passed, 3 + 3);
        assert!(sampler.passes(Level::INFO, "another"));
    }
}
