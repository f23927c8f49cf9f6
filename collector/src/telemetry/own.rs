//! The telemetry of a process as configured: settings in, a running log, metrics and traces with
//! their ways out. It outlives the graph, so that totals and the page for Prometheus survive a
//! reload, which changes what its settings change and nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::export::Records;
use super::logs::{self, LogError};
use super::metrics::{Metrics, Observation};
use super::process;
use super::prometheus::BindError;
use super::readers::Readers;
use super::resource::Resource;
use super::traces::Tracer;
use crate::config::service::{Level, MetricSettings, Telemetry, differ};

/// Which build of the collector runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build {
    /// The name of the command.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl Default for Build {
    fn default() -> Self {
        Self {
            name: "holt",
            description: "An OpenTelemetry collector with an OTTL compiler inside",
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// What components tell of themselves with.
#[derive(Clone, Debug, Default)]
pub struct Handles {
    /// Their metrics.
    pub metrics: Metrics,
    /// Their spans.
    pub tracer: Tracer,
}

/// The collector's own telemetry could not start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Export of the log.
    #[error("failed to create logger: {0}")]
    LogExport(String),
    /// A reader of metrics.
    #[error("failed to create meter provider: {0}")]
    Metrics(String),
    /// A processor of spans.
    #[error("failed to create tracer provider: {0}")]
    Traces(String),
}

impl From<BindError> for TelemetryError {
    fn from(error: BindError) -> Self {
        Self::Metrics(error.to_string())
    }
}

/// Time that is left for the last export when the process ends.
pub(super) const LAST_EXPORT: Duration = Duration::from_secs(5);

/// The telemetry of this process. Dropping it ends its servers and tasks.
pub struct OwnTelemetry {
    handles: Handles,
    build: Build,
    /// Id of this process, unless the settings give another.
    instance: String,
    /// What is in effect.
    settings: Telemetry,
    /// What decides for the whole life of the process what is counted.
    counted: MetricSettings,
    resource: Resource,
    readers: Readers,
    log_records: Arc<Vec<Records>>,
    _observations: Vec<Observation>,
}

impl OwnTelemetry {
    /// Starts what the settings ask for, the log first.
    ///
    /// # Errors
    /// When a file or an address cannot be opened.
    pub async fn start(settings: &Telemetry, build: Build) -> Result<Self, TelemetryError> {
        let instance = Resource::random_instance();
        let resource = Resource::of(&instance, settings.resource.as_ref(), build);
        logs::install(&settings.logs, &resource)?;
        warn_of_older_form(settings);
        let log_records = Arc::new(log_records(settings, &resource).await?);
        logs::export_to(log_records.clone());
        let handles =
            Handles { metrics: Metrics::configured(&settings.metrics), tracer: Tracer::default() };
        let traces = handles.tracer.configure(&settings.traces, &resource).await;
        traces.map_err(|error| TelemetryError::Traces(error.0))?;
        if !handles.tracer.is_on() {
            tracing::info!("Internal trace telemetry disabled");
        }
        if settings.metrics.level == Level::None {
            tracing::info!("Internal metrics telemetry disabled");
        }
        let mut readers = Readers::default();
        readers.follow(&settings.metrics, &handles.metrics, &resource).await?;
        let _observations = process::observe(&handles.metrics, Instant::now());
        Ok(Self {
            handles,
            build,
            instance,
            settings: settings.clone(),
            counted: settings.metrics.clone(),
            resource,
            readers,
            log_records,
            _observations,
        })
    }

    /// Changes what other settings change; when they cannot be taken over, everything is as before.
    /// What [`Self::fixed`] names stays as it was at the start.
    ///
    /// # Errors
    /// When a file or an address cannot be opened.
    pub async fn reload(&mut self, settings: &Telemetry) -> Result<(), TelemetryError> {
        let before = self.settings.clone();
        let Err(error) = self.change(settings).await else { return Ok(()) };
        if let Err(error) = self.change(&before).await {
            tracing::error!(
                error = %error,
                "The collector's own telemetry cannot go on as it was before the reload"
            );
        }
        Err(error)
    }

    /// The keys whose values in `settings` take effect when the process is started again: what is
    /// counted is decided when counting begins.
    pub fn fixed(&self, settings: &Telemetry) -> Vec<&'static str> {
        let other = &settings.metrics;
        let mut keys = Vec::new();
        if self.counted.level != other.level {
            keys.push("service::telemetry::metrics::level");
        }
        if differ(&self.counted.views, &other.views) {
            keys.push("service::telemetry::metrics::views");
        }
        keys
    }

    async fn change(&mut self, settings: &Telemetry) -> Result<(), TelemetryError> {
        let resource = Resource::of(&self.instance, settings.resource.as_ref(), self.build);
        let is_another = resource != self.resource;
        self.resource = resource;
        if differ(&self.settings.resource, &settings.resource) {
            warn_of_older_form(settings);
            self.settings.resource = settings.resource.clone();
        }
        if is_another || differ(&self.settings.logs, &settings.logs) {
            logs::change(&settings.logs, &self.resource)?;
            if is_another || differ(&self.settings.logs.processors, &settings.logs.processors) {
                // Those that were there send what they have and end when nobody logs to them.
                self.log_records = Arc::new(log_records(settings, &self.resource).await?);
                logs::export_to(self.log_records.clone());
            }
            self.settings.logs = settings.logs.clone();
        }
        if is_another || differ(&self.settings.traces, &settings.traces) {
            let traces = self.handles.tracer.configure(&settings.traces, &self.resource).await;
            traces.map_err(|error| TelemetryError::Traces(error.0))?;
            self.settings.traces = settings.traces.clone();
        }
        self.readers.follow(&settings.metrics, &self.handles.metrics, &self.resource).await?;
        self.settings.metrics = settings.metrics.clone();
        Ok(())
    }

    /// What components tell of themselves with.
    pub fn handles(&self) -> &Handles {
        &self.handles
    }

    /// What the collector says of itself.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// Where pages for Prometheus are served.
    pub fn pages(&self) -> impl Iterator<Item = &str> {
        self.readers.pages()
    }

    /// Sends out what there is a last time and ends.
    pub async fn stop(self) {
        let deadline = tokio::time::Instant::now() + LAST_EXPORT;
        self.readers.stop(deadline).await;
        self.handles.tracer.stop(deadline).await;
        for records in self.log_records.iter() {
            records.stop(deadline).await;
        }
    }
}

fn warn_of_older_form(settings: &Telemetry) {
    let older = Resource::in_older_form(settings.resource.as_ref());
    if !older.is_empty() {
        tracing::warn!(
            legacy_resource_attributes = older.join(", "),
            "Using legacy service.telemetry.resource inline map format; prefer \
             service.telemetry.resource.attributes (array of maps with `name` and `value` keys)"
        );
    }
}

async fn log_records(
    settings: &Telemetry,
    resource: &Resource,
) -> Result<Vec<Records>, TelemetryError> {
    let mut all = Vec::new();
    for processor in &settings.logs.processors {
        let records = Records::start(processor, holt_pdata::Signal::Logs, resource.clone()).await;
        all.push(records.map_err(|error| TelemetryError::LogExport(error.0))?);
    }
    Ok(all)
}
