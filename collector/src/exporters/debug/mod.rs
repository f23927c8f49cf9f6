//! `debug`: writes what it receives for people to read, in the words of the reference.
//!
//! Batches enter through the export queue; counts, lines or every field leave to the log of the
//! process, standard output or files. Of profiles only the counts are written.

mod bounds;
mod config;
mod detailed;
mod normal;
mod number;
mod output;
mod sampler;
#[cfg(test)]
mod tests;
mod value;

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::messages::{LogsView, MetricsView, ProfilesView, TracesView};
use holt_pdata::{Batch, Signal};

use self::config::{Config, Verbosity};
use self::output::{Message, Output};
use self::sampler::Sampler;
use crate::component::{
    Context, CreateError, Descriptor, Exporter, ExporterConfig, Host, Kind, Refused, Section,
    Settings, Stability, StartError, TypedConfig, TypedFactory,
};
use crate::queue::{ExportQueue, RetrySettings, Sender};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Exporter,
    type_name: "debug",
    aliases: &[],
    stability: &[
        ("traces", Stability::Alpha),
        ("metrics", Stability::Alpha),
        ("logs", Stability::Alpha),
        ("profiles", Stability::Development),
    ],
    summary: "writes telemetry for people to read",
    example: "
debug:
  verbosity: detailed
",
};

/// Makes `debug` exporters.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Exporter, &Self::default(), diagnostics, Self::validate)
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

impl ExporterConfig for Config {
    fn create(&self, settings: Settings, signal: Signal) -> Result<Arc<dyn Exporter>, CreateError> {
        let output = OnceLock::new();
        let mut paths = Vec::new();
        if self.use_internal_logger {
            let _ = output.set(Output::Log(settings.id.clone()));
        } else {
            paths = self.output_paths.clone().unwrap_or_else(|| vec!["stdout".to_owned()]);
        }
        let sampler = Sampler::new(self.sampling_initial, self.sampling_thereafter);
        let debug = Debug { verbosity: self.verbosity, sampler, paths, output };
        let retry = RetrySettings { enabled: false, ..RetrySettings::default() };
        let queue = &self.sending_queue;
        Ok(Arc::new(ExportQueue::new(Arc::new(debug), settings, signal, queue, &retry)))
    }
}

struct Debug {
    verbosity: Verbosity,
    sampler: Sampler,
    paths: Vec<String>,
    /// Set at the start.
    output: OnceLock<Output>,
}

#[async_trait]
impl Sender for Debug {
    async fn start(&self, _host: &Host) -> Result<(), StartError> {
        if self.output.get().is_none() {
            let output = Output::open(&self.paths).map_err(StartError::of)?;
            // Nobody else starts this component.
            let _ = self.output.set(output);
        }
        Ok(())
    }

    async fn send(&self, batch: &Batch, _context: &Context) -> Result<(), Refused> {
        let Some(output) = self.output.get() else {
            return Err(Refused::retryable("the debug exporter has not started"));
        };
        let now = Instant::now();
        let passing: Vec<Message> = messages(batch, self.verbosity)
            .filter(|message| self.sampler.passes(message.sampled_by(), now))
            .collect();
        output.write(&passing).map_err(|error| Refused::permanent(error.to_string()))
    }
}

/// What is written of a batch.
fn messages(batch: &Batch, verbosity: Verbosity) -> impl Iterator<Item = Message> {
    let text = text(batch, verbosity).map(Message::Text);
    std::iter::once(counts(batch)).chain(text)
}

/// The line of verbosity `basic`.
fn counts(batch: &Batch) -> Message {
    let (bytes, items) = (batch.bytes(), batch.items());
    let (word, fields) = match batch.signal() {
        Signal::Traces => {
            let resources = TracesView::new(bytes).resource_spans().count();
            ("Traces", format!("{{\"resource spans\": {resources}, \"spans\": {items}}}"))
        }
        Signal::Metrics => {
            let resources = MetricsView::new(bytes).resource_metrics();
            let scopes = resources.iter().flat_map(|resource| resource.scope_metrics().iter());
            let metrics: usize = scopes.map(|scope| scope.metrics().count()).sum();
            let resources = resources.count();
            let fields = format!(
                "{{\"resource metrics\": {resources}, \"metrics\": {metrics}, \
                 \"data points\": {items}}}"
            );
            ("Metrics", fields)
        }
        Signal::Logs => {
            let resources = LogsView::new(bytes).resource_logs().count();
            ("Logs", format!("{{\"resource logs\": {resources}, \"log records\": {items}}}"))
        }
        Signal::Profiles => {
            let resources = ProfilesView::new(bytes).resource_profiles().count();
            let fields =
                format!("{{\"resource profiles\": {resources}, \"sample records\": {items}}}");
            ("Profiles", fields)
        }
    };
    Message::Summary { word, fields }
}

/// What the other verbosities add.
fn text(batch: &Batch, verbosity: Verbosity) -> Option<String> {
    let bytes = batch.bytes();
    Some(match (batch.signal(), verbosity) {
        (_, Verbosity::Basic) | (Signal::Profiles, _) => return None,
        (Signal::Traces, Verbosity::Normal) => normal::traces(TracesView::new(bytes)),
        (Signal::Traces, Verbosity::Detailed) => detailed::traces(TracesView::new(bytes)),
        (Signal::Metrics, Verbosity::Normal) => normal::metrics(MetricsView::new(bytes)),
        (Signal::Metrics, Verbosity::Detailed) => detailed::metrics(MetricsView::new(bytes)),
        (Signal::Logs, Verbosity::Normal) => normal::logs(LogsView::new(bytes)),
        (Signal::Logs, Verbosity::Detailed) => detailed::logs(LogsView::new(bytes)),
    })
}
