//! `healthcheckv2`: tells over HTTP and gRPC how the collector and its pipelines are, from the
//! states that components report (reference §6).

mod aggregate;
mod config;
mod grpc;
mod http;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::aggregate::Aggregator;
use self::config::Config;
use self::http::Pages;
use super::serving::Serving;
use crate::component::{
    Component, CreateError, Descriptor, Extension, ExtensionConfig, Host, Kind, Section, Settings,
    Stability, StartError, Stopped, TypedConfig, TypedFactory,
};
use crate::net::NetworkMetrics;
use crate::net::listen::Listener;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "healthcheckv2",
    aliases: &[],
    stability: &[("extension", Stability::Development)],
    summary: "says over HTTP and gRPC how the collector and its pipelines are",
    example: "
healthcheckv2:
  use_v2: true
  http:
    endpoint: 0.0.0.0:13133
    status: {enabled: true, path: /health/status}
  grpc:
    endpoint: 0.0.0.0:13132
  component_health:
    include_permanent_errors: true
    include_recoverable_errors: true
    recovery_duration: 5m
",
};

/// Makes `healthcheckv2` extensions.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Extension, &Self::default(), diagnostics, Self::validate)
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

impl ExtensionConfig for Config {
    fn create(&self, settings: Settings) -> Result<Arc<dyn Extension>, CreateError> {
        Ok(Arc::new(HealthCheck {
            config: self.clone(),
            settings,
            aggregator: OnceLock::new(),
            serving: Serving::default(),
            stopping: CancellationToken::new(),
        }))
    }
}

struct HealthCheck {
    config: Config,
    settings: Settings,
    aggregator: OnceLock<Arc<Aggregator>>,
    serving: Serving,
    /// Ends watches, which would never end by themselves.
    stopping: CancellationToken,
}

#[async_trait]
impl Component for HealthCheck {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let hub = host.facts().load().status.clone();
        let health = self.config.component_health.clone();
        let aggregator =
            self.aggregator.get_or_init(|| Arc::new(Aggregator::new(hub, health))).clone();
        let status = &self.settings.status;
        let metrics = NetworkMetrics::of(&self.settings.metrics);
        if let Some(http) = self.config.http.as_ref() {
            let owner = format!("extension {} http", self.settings.id);
            let (listener, options) = http.server().open(host, &owner, &metrics).await?;
            self.log(&listener);
            let pages = Pages::new(aggregator.clone(), http, host.facts().clone());
            self.serving.http(status, listener, Arc::new(pages), options).await;
        }
        if let Some(grpc) = self.config.grpc.as_ref() {
            let owner = format!("extension {} grpc", self.settings.id);
            let (listener, options) = grpc.open(host, &owner, &metrics).await?;
            self.log(&listener);
            self.serving
                .grpc(status, listener, grpc::methods(aggregator, self.stopping.clone()), options)
                .await;
        }
        Ok(())
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        self.stopping.cancel();
        self.serving.stop(deadline).await
    }
}

impl Extension for HealthCheck {
    fn ready(&self) {
        if let Some(aggregator) = self.aggregator.get() {
            aggregator.set_ready();
        }
    }
}

impl HealthCheck {
    fn log(&self, listener: &Listener) {
        tracing::info!(
            otelcol.component.id = %self.settings.id,
            otelcol.component.kind = "extension",
            endpoint = listener.address(),
            "Starting healthcheckv2 extension"
        );
    }
}
