//! `zpages`: its settings are read, so that configurations with it load; no pages are served yet,
//! which the log says once.

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{
    Component, CreateError, Descriptor, Extension, ExtensionConfig, ExtensionFactory, Findings,
    Host, Kind, Section, Settings, Stability, StartError,
};
use crate::config::ids::ComponentId;
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;
use crate::net::settings::{HttpServerSettings, with_http_server};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "zpages",
    aliases: &[],
    stability: &[("extension", Stability::Development)],
    summary: "reads its settings and serves nothing yet",
    example: "
zpages:
  endpoint: localhost:55679
",
};

/// Makes `zpages` extensions.
pub struct Factory;

with_http_server! {
    /// The whole section.
    pub(super) struct Config(server_defaults()) {
        /// A page of Go's variables.
        expvar: Expvar = Expvar::default(),
    }
}

fn server_defaults() -> HttpServerSettings {
    HttpServerSettings { endpoint: "localhost:55679".to_owned(), ..HttpServerSettings::default() }
}

/// `expvar`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Expvar {
    /// Whether there is such a page; without effect.
    enabled: bool,
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
        let config =
            section.read(Kind::Extension, &Config::default(), diagnostics, Config::validate)?;
        Some(Box::new(config))
    }
}

impl Config {
    fn validate(&self, findings: &mut Findings<'_>) {
        if self.server().endpoint.is_empty() {
            findings.refuse(
                &["endpoint"],
                "it is empty",
                "write `host:port`, or leave it out for `localhost:55679`",
                "\"endpoint\" is required when using the \"zpages\" extension",
            );
        } else {
            self.server().validate(&[], findings);
        }
    }
}

impl ExtensionConfig for Config {
    fn effective(&self, location: Location) -> Result<Node, SerError> {
        to_node(self, location)
    }

    fn create(&self, settings: Settings) -> Result<Arc<dyn Extension>, CreateError> {
        Ok(Arc::new(Zpages { id: settings.id, endpoint: self.server().endpoint }))
    }
}

struct Zpages {
    id: ComponentId,
    endpoint: String,
}

#[async_trait]
impl Component for Zpages {
    async fn start(&self, _host: &Host) -> Result<(), StartError> {
        tracing::info!(
            otelcol.component.id = %self.id,
            otelcol.component.kind = "extension",
            endpoint = self.endpoint,
            "zpages is configured, but nothing is served on its endpoint yet"
        );
        Ok(())
    }
}

impl Extension for Zpages {}
