//! `headers_setter`: headers of outgoing requests, with values from the settings, from files, or from
//! the request that brought the telemetry.

mod config;
mod setter;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;

use self::config::Config;
use self::setter::HeadersSetter;
use crate::component::{
    CreateError, Descriptor, Extension, ExtensionConfig, ExtensionFactory, Kind, Section, Settings,
    Stability,
};
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "headers_setter",
    aliases: &[],
    stability: &[("extension", Stability::Beta)],
    summary: "sets headers of requests from the client that sent the telemetry",
    example: "
headers_setter:
  headers:
    - key: X-Scope-OrgID
      from_context: tenant
",
};

/// Makes `headers_setter` extensions.
pub struct Factory;

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

impl ExtensionConfig for Config {
    fn effective(&self, location: Location) -> Result<Node, SerError> {
        to_node(self, location)
    }

    fn create(&self, _settings: Settings) -> Result<Arc<dyn Extension>, CreateError> {
        Ok(Arc::new(HeadersSetter::new(self).map_err(CreateError::Other)?))
    }
}
