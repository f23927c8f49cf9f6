//! `pprof`: serves CPU profiles of the process, for `go tool pprof` and as a picture, and writes one
//! of the whole run to a file (reference §6).

mod config;
mod flamegraph;
mod pages;
mod profiler;
mod proto;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use tokio::time::Instant;

use self::config::Config;
use self::pages::Pages;
use self::profiler::Profiling;
use super::serving::Serving;
use crate::component::{
    Component, CreateError, Descriptor, Extension, ExtensionConfig, Host, Kind, Section, Settings,
    Stability, StartError, Stopped, TypedConfig, TypedFactory,
};
use crate::net::http::server::HttpServerOptions;
use crate::net::listen::{Listener, Transport};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "pprof",
    aliases: &[],
    stability: &[("extension", Stability::Beta)],
    summary: "serves CPU profiles of the process",
    example: "
pprof:
  endpoint: localhost:1777
",
};

/// Makes `pprof` extensions.
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
        Ok(Arc::new(Pprof {
            config: self.clone(),
            settings,
            serving: Serving::default(),
            whole_run: Mutex::default(),
        }))
    }
}

struct Pprof {
    config: Config,
    settings: Settings,
    serving: Serving,
    /// The profile of the whole run, when there is to be one.
    whole_run: Mutex<Option<Profiling>>,
}

#[async_trait]
impl Component for Pprof {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let transport = Transport::from_name(&self.config.transport).unwrap_or_default();
        let owner = format!("extension {}", self.settings.id);
        let listener = Listener::shared(host, transport, &self.config.endpoint, &owner)
            .await
            .map_err(StartError::of)?;
        tracing::info!(
            otelcol.component.id = %self.settings.id,
            otelcol.component.kind = "extension",
            endpoint = listener.address(),
            "Starting net/http/pprof server"
        );
        if !self.config.save_to_file.is_empty() {
            let profiling = Profiling::start().map_err(StartError::of)?;
            *self.whole_run.lock().unwrap_or_else(PoisonError::into_inner) = Some(profiling);
        }
        // A profile takes as long as its client asks for.
        let options = HttpServerOptions {
            read_timeout: None,
            write_timeout: None,
            ..HttpServerOptions::default()
        };
        let status = &self.settings.status;
        self.serving.http(status, listener, Arc::new(Pages), options).await;
        Ok(())
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        let mut stopped = self.serving.stop(deadline).await;
        let profiling = self.whole_run.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(profiling) = profiling {
            let path = self.config.save_to_file.clone();
            let work = tokio::task::spawn_blocking(move || save(&profiling, &path));
            let saved = work.await.unwrap_or_else(|error| Err(error.to_string()));
            stopped.errors.extend(saved.err());
        }
        stopped
    }
}

fn save(profiling: &Profiling, path: &str) -> Result<(), String> {
    let profile = profiling.profile().map_err(|error| error.to_string())?;
    let bytes = proto::encode(&profile).map_err(|error| error.to_string())?;
    std::fs::write(path, bytes).map_err(|error| format!("cannot write {path}: {error}"))
}

impl Extension for Pprof {}
