//! The ways out of the collector's own metrics: `service::telemetry::metrics::readers` in, pages
//! for Prometheus and periodic exports that run.

use tokio::time::Instant;

use super::export::{ExportError, PeriodicReader};
use super::metrics::Metrics;
use super::own::{LAST_EXPORT, TelemetryError};
use super::prometheus::{BindError, MetricsServer, Page, PageOptions};
use super::resource::Resource;
use crate::config::service::{Level, MetricReader, MetricSettings};
use crate::config::values::Spanned;

/// All readers that run.
#[derive(Default)]
pub(super) struct Readers {
    running: Vec<Running>,
    /// Of whom they tell.
    resource: Resource,
}

/// A reader that runs.
struct Running {
    settings: MetricReader,
    server: Option<MetricsServer>,
    periodic: Option<PeriodicReader>,
}

impl Readers {
    /// Stops readers that are no longer asked for and starts those that are new. After an error
    /// only some of them run.
    pub(super) async fn follow(
        &mut self,
        settings: &MetricSettings,
        metrics: &Metrics,
        resource: &Resource,
    ) -> Result<(), TelemetryError> {
        let asked: &[Spanned<MetricReader>] = match settings.level {
            Level::None => &[],
            _ => &settings.readers,
        };
        let is_another = *resource != self.resource;
        self.resource = resource.clone();
        let mut before = std::mem::take(&mut self.running);
        let mut fresh = Vec::new();
        for reader in asked {
            let is_it = |one: &Running| !is_another && one.settings == **reader;
            match before.iter().position(is_it) {
                Some(place) => self.running.push(before.swap_remove(place)),
                None => fresh.push(reader),
            }
        }
        // First, since a new one may want the address of an old one.
        let deadline = Instant::now() + LAST_EXPORT;
        for reader in before {
            reader.stop(deadline).await;
        }
        for reader in fresh {
            self.running.push(Running::start(reader, metrics, resource).await?);
        }
        Ok(())
    }

    /// Where pages are served.
    pub(super) fn pages(&self) -> impl Iterator<Item = &str> {
        self.running.iter().filter_map(|one| one.server.as_ref()).map(MetricsServer::address)
    }

    /// Sends metrics a last time, until `deadline`, and ends.
    pub(super) async fn stop(self, deadline: Instant) {
        for reader in self.running {
            reader.stop(deadline).await;
        }
    }
}

impl Running {
    async fn start(
        settings: &MetricReader,
        metrics: &Metrics,
        resource: &Resource,
    ) -> Result<Self, TelemetryError> {
        let server = server(settings, metrics, resource).await?;
        let periodic = match &settings.periodic {
            Some(settings) => {
                let failed = |error: ExportError| TelemetryError::Metrics(error.0);
                let reader = PeriodicReader::start(settings, metrics.clone(), resource.clone());
                Some(reader.await.map_err(failed)?)
            }
            None => None,
        };
        Ok(Self { settings: settings.clone(), server, periodic })
    }

    async fn stop(self, deadline: Instant) {
        if let Some(server) = self.server {
            server.stop().await;
        }
        if let Some(reader) = self.periodic {
            reader.stop(deadline).await;
        }
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
