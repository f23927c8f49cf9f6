//! The telemetry of a process as configured: settings in, a running log, metrics and traces with
//! their ways out. It outlives the graph, so that totals and the page for Prometheus survive a
//! reload.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::export::{ExportError, PeriodicReader, Records};
use super::logs::{self, LogError};
use super::metrics::{Metrics, Observation};
use super::process;
use super::prometheus::{BindError, MetricsServer, Page, PageOptions};
use super::resource::Resource;
use super::traces::Tracer;
use crate::config::service::{Level, MetricReader, MetricSettings, Telemetry};

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
const LAST_EXPORT: Duration = Duration::from_secs(5);

/// The telemetry of this process. Dropping it ends its servers and tasks.
pub struct OwnTelemetry {
    handles: Handles,
    resource: Resource,
    servers: Vec<MetricsServer>,
    readers: Vec<PeriodicReader>,
    log_records: Arc<Vec<Records>>,
    _observations: Vec<Observation>,
}

impl OwnTelemetry {
    /// Starts what the settings ask for, the log first.
    ///
    /// # Errors
    /// When a file or an address cannot be opened.
    pub async fn start(settings: &Telemetry, build: Build) -> Result<Self, TelemetryError> {
        let resource = Resource::configured(settings.resource.as_ref(), build);
        logs::install(&settings.logs, &resource)?;
        let older = Resource::in_older_form(settings.resource.as_ref());
        if !older.is_empty() {
            tracing::warn!(
                legacy_resource_attributes = older.join(", "),
                "Using legacy service.telemetry.resource inline map format; prefer \
                 service.telemetry.resource.attributes (array of maps with `name` and `value` keys)"
            );
        }
        let log_records = Arc::new(log_records(settings, &resource).await?);
        if !log_records.is_empty() {
            logs::export_to(log_records.clone());
        }
        let traces = Tracer::configured(&settings.traces, &resource).await;
        let tracer = traces.map_err(|error| TelemetryError::Traces(error.0))?;
        if !tracer.is_on() {
            tracing::info!("Internal trace telemetry disabled");
        }
        let metrics = Metrics::configured(&settings.metrics);
        let (servers, readers) = readers(&settings.metrics, &metrics, &resource).await?;
        let _observations = process::observe(&metrics, Instant::now());
        let handles = Handles { metrics, tracer };
        Ok(Self { handles, resource, servers, readers, log_records, _observations })
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
        self.servers.iter().map(MetricsServer::address)
    }

    /// Sends out what there is a last time and ends.
    pub async fn stop(self) {
        let deadline = tokio::time::Instant::now() + LAST_EXPORT;
        for reader in self.readers {
            reader.stop(deadline).await;
        }
        self.handles.tracer.stop(deadline).await;
        for records in self.log_records.iter() {
            records.stop(deadline).await;
        }
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

async fn readers(
    settings: &MetricSettings,
    metrics: &Metrics,
    resource: &Resource,
) -> Result<(Vec<MetricsServer>, Vec<PeriodicReader>), TelemetryError> {
    let (mut servers, mut periodic) = (Vec::new(), Vec::new());
    if settings.level == Level::None {
        tracing::info!("Internal metrics telemetry disabled");
        return Ok((servers, periodic));
    }
    for reader in settings.readers.iter() {
        servers.extend(server(reader, metrics, resource).await?);
        if let Some(settings) = &reader.periodic {
            let failed = |error: ExportError| TelemetryError::Metrics(error.0);
            let reader = PeriodicReader::start(settings, metrics.clone(), resource.clone());
            periodic.push(reader.await.map_err(failed)?);
        }
    }
    Ok((servers, periodic))
}

async fn server(
    reader: &MetricReader,
    metrics: &Metrics,
    resource: &Resource,
) -> Result<Option<MetricsServer>, BindError> {
    let prometheus = reader.pull.as_ref().and_then(|pull| pull.exporter.prometheus.as_ref());
    let Some((settings, host, port)) =
        prometheus.and_then(|settings| Some((settings, settings.host.as_deref()?, settings.port?)))
    else {
        return Ok(None);
    };
    let resource_labels = settings.with_resource_constant_labels.as_ref().map(|chosen| {
        let names = resource.iter().map(|(name, _)| name);
        names.filter(|name| chosen.chooses(name)).map(str::to_owned).collect()
    });
    let options = PageOptions {
        scope_labels: !settings.without_scope_info,
        // One of the two alone changes nothing, as in the reference.
        suffixes: !(settings.without_units && settings.without_type_suffix),
        resource_labels: resource_labels.unwrap_or_default(),
    };
    let page = Page::new(metrics.clone(), resource.clone(), options);
    let server = MetricsServer::start(host, port, page).await?;
    tracing::info!(endpoint = server.address(), "Serving metrics for Prometheus");
    Ok(Some(server))
}
