//! `zpages`: pages for people that show what the running service is made of (reference §6).

mod config;
mod html;
mod pages;
#[cfg(test)]
mod tests;
mod traces;

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use tokio::time::Instant;

use self::config::Config;
use self::pages::Pages;
use super::serving::Serving;
use crate::component::{
    Component, CreateError, Descriptor, Extension, ExtensionConfig, Host, Kind, Section, Settings,
    Stability, StartError, Stopped, TypedConfig, TypedFactory,
};
use crate::net::NetworkMetrics;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "zpages",
    aliases: &[],
    stability: &[("extension", Stability::Beta)],
    summary: "serves pages that show pipelines, extensions, feature gates and the latest spans",
    example: "
zpages:
  endpoint: localhost:55679
",
};

/// Makes `zpages` extensions.
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
        let config = self.clone();
        Ok(Arc::new(Zpages { config, settings, serving: Serving::default() }))
    }
}

struct Zpages {
    config: Config,
    settings: Settings,
    serving: Serving,
}

#[async_trait]
impl Component for Zpages {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let owner = format!("extension {}", self.settings.id);
        let metrics = NetworkMetrics::of(&self.settings.metrics);
        let (listener, options) = self.config.server().open(host, &owner, &metrics).await?;
        tracing::info!(
            otelcol.component.id = %self.settings.id,
            otelcol.component.kind = "extension",
            endpoint = listener.address(),
            "Starting zPages extension"
        );
        if !host.facts().load().tracer.is_on() {
            tracing::warn!(
                otelcol.component.id = %self.settings.id,
                otelcol.component.kind = "extension",
                "zPages span processor registration is not available"
            );
        }
        let pages = Pages::new(host.facts().clone(), self.config.expvar.enabled);
        let status = &self.settings.status;
        self.serving.http(status, listener, Arc::new(pages), options).await;
        Ok(())
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        self.serving.stop(deadline).await
    }
}

impl Extension for Zpages {}
