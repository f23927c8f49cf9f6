//! The telemetry of a process as configured: settings in, a running set of metrics and their ways
//! out. It outlives the graph, so that totals and the page for Prometheus survive a reload.

use std::time::Instant;

use super::metrics::{Metrics, Observation};
use super::process;
use super::prometheus::{BindError, MetricsServer, Page, PageOptions};
use super::resource::Resource;
use crate::config::service::{Level, MetricReader, Telemetry};

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

/// The collector's own telemetry could not start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A reader of metrics.
    #[error("failed to create meter provider: {0}")]
    Metrics(String),
}

impl From<BindError> for TelemetryError {
    fn from(error: BindError) -> Self {
        Self::Metrics(error.to_string())
    }
}

/// The telemetry of this process. Dropping it ends its servers and tasks.
pub struct OwnTelemetry {
    metrics: Metrics,
    resource: Resource,
    servers: Vec<MetricsServer>,
    _observations: Vec<Observation>,
}

impl OwnTelemetry {
    /// Starts what the settings ask for.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub async fn start(settings: &Telemetry, build: Build) -> Result<Self, TelemetryError> {
        let resource = Resource::configured(settings.resource.as_ref(), build);
        let metrics = Metrics::new(settings.metrics.level);
        let mut servers = Vec::new();
        if settings.metrics.level == Level::None {
            tracing::info!("Internal metrics telemetry disabled");
        } else {
            for reader in settings.metrics.readers.iter() {
                servers.extend(server(reader, &metrics, &resource).await?);
            }
        }
        let observations = process::observe(&metrics, Instant::now());
        Ok(Self { metrics, resource, servers, _observations: observations })
    }

    /// The metrics that components count with.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What the collector says of itself.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// Where pages for Prometheus are served.
    pub fn pages(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(MetricsServer::address)
    }
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
