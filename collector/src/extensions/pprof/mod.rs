//! `pprof`: its settings are read, so that configurations with it load; no profiles are served
//! yet, which the log says once.

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{
    Component, CreateError, Descriptor, Extension, ExtensionConfig, ExtensionFactory, Host, Kind,
    Section, Settings, Stability, StartError,
};
use crate::config::ids::ComponentId;
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;
use crate::net::settings::Dialer;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "pprof",
    aliases: &[],
    stability: &[("extension", Stability::Development)],
    summary: "reads its settings and serves nothing yet",
    example: "
pprof:
  endpoint: localhost:1777
",
};

/// Makes `pprof` extensions.
pub struct Factory;

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Config {
    /// Where to listen.
    endpoint: String,
    /// Kind of socket.
    transport: String,
    /// Not used by servers.
    dialer: Dialer,
    /// Of blocking events of Go every how manieth is recorded; without effect.
    block_profile_fraction: i64,
    /// Of contended locks of Go every how manieth is recorded; without effect.
    mutex_profile_fraction: i64,
    /// A file for a profile of the whole run; without effect.
    save_to_file: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            endpoint: "localhost:1777".to_owned(),
            transport: "tcp".to_owned(),
            dialer: Dialer::default(),
            block_profile_fraction: 0,
            mutex_profile_fraction: 0,
            save_to_file: String::new(),
        }
    }
}

impl ExtensionFactory for Factory {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn keys(&self) -> Vec<Key> {
        keys::of(&Config::default())
    }

    fn parse(
        &self,
        section: Section<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Box<dyn ExtensionConfig>> {
        let config = section.read(Kind::Extension, &Config::default(), diagnostics, |_, _| {})?;
        Some(Box::new(config))
    }
}

impl ExtensionConfig for Config {
    fn effective(&self, location: Location) -> Result<Node, SerError> {
        to_node(self, location)
    }

    fn create(&self, settings: Settings) -> Result<Arc<dyn Extension>, CreateError> {
        Ok(Arc::new(Pprof { id: settings.id, endpoint: self.endpoint.clone() }))
    }
}

struct Pprof {
    id: ComponentId,
    endpoint: String,
}

#[async_trait]
impl Component for Pprof {
    async fn start(&self, _host: &Host) -> Result<(), StartError> {
        tracing::info!(
            otelcol.component.id = %self.id,
            otelcol.component.kind = "extension",
            endpoint = self.endpoint,
            "pprof is configured, but nothing is served on its endpoint yet"
        );
        Ok(())
    }
}

impl Extension for Pprof {}
