//! `file`: writes telemetry to files, as OTLP/JSON a request a line, or as protobuf.
//!
//! A batch is encoded, compressed if asked for, and written in one go before `consume` answers.
//! Pipelines and components of the same path share one [`writer`], also across a reload.

mod config;
mod groups;
mod output;
mod rotate;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal};
use tokio::time::Instant;

use self::config::{COMPRESSED_FILES, Config};
use self::output::Output;
use crate::component::{
    Component, Consumer, Context, CreateError, Descriptor, Exporter, ExporterConfig, Host, Kind,
    Refused, Section, Settings, Stability, StartError, Stopped, TypedConfig, TypedFactory,
};
use crate::config::values::Optional;
use crate::queue::{ExportQueue, RetrySettings, Sender};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Exporter,
    type_name: "file",
    aliases: &[],
    stability: &[
        ("traces", Stability::Alpha),
        ("metrics", Stability::Alpha),
        ("logs", Stability::Alpha),
        ("profiles", Stability::Development),
    ],
    summary: "writes telemetry to files",
    example: "
file:
  path: /var/lib/telemetry.jsonl
  rotation:
    max_megabytes: 100
    max_backups: 10
",
};

/// Makes `file` exporters.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let compresses_files = section.gates.is_enabled(COMPRESSED_FILES);
        section.read(Kind::Exporter, &Self::default(), diagnostics, |config, findings| {
            config.validate(findings, compresses_files);
        })
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

impl ExporterConfig for Config {
    fn create(&self, settings: Settings, signal: Signal) -> Result<Arc<dyn Exporter>, CreateError> {
        let files = Arc::new(Files { config: self.clone(), output: OnceLock::new() });
        let retry = RetrySettings { enabled: false, ..RetrySettings::default() };
        let queue = ExportQueue::new(files.clone(), settings, signal, &Optional::None, &retry);
        Ok(Arc::new(File { queue, files }))
    }
}

/// The exporter of one signal.
struct File {
    queue: ExportQueue,
    files: Arc<Files>,
}

#[async_trait]
impl Component for File {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        self.queue.start(host).await
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        let mut stopped = self.queue.stop(deadline).await;
        if let Some(output) = self.files.output.get().cloned() {
            let synced = tokio::task::spawn_blocking(move || output.sync()).await;
            if let Ok(Err(error)) = synced {
                stopped.errors.push(error.to_string());
            }
        }
        stopped
    }
}

#[async_trait]
impl Consumer for File {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        self.queue.consume(batch, context).await
    }
}

/// Writes batches.
struct Files {
    config: Config,
    /// Set at the start.
    output: OnceLock<Arc<Output>>,
}

#[async_trait]
impl Sender for Files {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let output = Output::open(&self.config, host).await.map_err(StartError::of)?;
        // Nobody else starts this component.
        let _ = self.output.set(Arc::new(output));
        Ok(())
    }

    async fn send(&self, batch: &Batch, _context: &Context) -> Result<(), Refused> {
        let Some(output) = self.output.get().cloned() else {
            return Err(Refused::retryable("the file exporter has not started"));
        };
        let batch = batch.clone();
        // Disks may be slow, and the threads of the collector have other work.
        let written = tokio::task::spawn_blocking(move || output.write(&batch)).await;
        written.unwrap_or_else(|_| Err(Refused::retryable("the write was given up")))
    }
}
