//! `health_check`: an HTTP endpoint that says whether the service is ready. It knows readiness
//! only, not the health of single components, as in the reference (§6).

mod config;
mod handler;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::config::Config;
use self::handler::Health;
use crate::component::{
    Component, CreateError, Descriptor, Extension, ExtensionConfig, Host, Kind, Section, Settings,
    Stability, StartError, Stopped, TypedConfig, TypedFactory,
};
use crate::net::NetworkMetrics;
use crate::net::http::server::serve;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "health_check",
    aliases: &[],
    stability: &[("extension", Stability::Alpha)],
    summary: "says over HTTP whether the collector is ready",
    example: "
health_check:
  endpoint: 0.0.0.0:13133
",
};

/// Makes `health_check` extensions.
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
            health: Arc::new(Health::new(self)),
            config: self.clone(),
            settings,
            stop: CancellationToken::new(),
            server: Mutex::default(),
        }))
    }
}

struct HealthCheck {
    config: Config,
    settings: Settings,
    health: Arc<Health>,
    stop: CancellationToken,
    server: Mutex<Option<JoinHandle<Option<()>>>>,
}

#[async_trait]
impl Component for HealthCheck {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let owner = format!("extension {}", self.settings.id);
        // Probes are not told of, as in the reference.
        let metrics = NetworkMetrics::default();
        let (listener, options) = self.config.server().open(host, &owner, &metrics).await?;
        tracing::info!(
            otelcol.component.id = %self.settings.id,
            otelcol.component.kind = "extension",
            endpoint = listener.address(),
            "Starting health_check extension"
        );
        self.settings.status.listens("http", listener.address());
        let status = self.settings.status.clone();
        let on_panic = move |message: String| status.panicked(&message);
        let server = serve(listener, self.health.clone(), options, on_panic, self.stop.clone());
        *self.server.lock().await = Some(self.settings.status.spawn(server));
        Ok(())
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        self.stop.cancel();
        if let Some(mut server) = self.server.lock().await.take()
            && tokio::time::timeout_at(deadline, &mut server).await.is_err()
        {
            server.abort();
        }
        Stopped::default()
    }
}

impl Extension for HealthCheck {
    fn ready(&self) {
        self.health.set_ready(true);
        self.log("ready");
    }

    fn not_ready(&self) {
        self.health.set_ready(false);
        self.log("unavailable");
    }
}

impl HealthCheck {
    fn log(&self, status: &'static str) {
        tracing::info!(
            otelcol.component.id = %self.settings.id,
            otelcol.component.kind = "extension",
            status,
            "Health Check state change"
        );
    }
}
