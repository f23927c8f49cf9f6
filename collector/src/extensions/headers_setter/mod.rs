//! `headers_setter`: headers of outgoing requests, with values from the settings, from files, or from
//! the request that brought the telemetry.

mod config;
mod setter;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;

use self::config::Config;
use self::setter::HeadersSetter;
use crate::component::{
    CreateError, Descriptor, Extension, ExtensionConfig, Kind, Section, Settings, Stability,
    TypedConfig, TypedFactory,
};

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
    fn create(&self, _settings: Settings) -> Result<Arc<dyn Extension>, CreateError> {
        Ok(Arc::new(HeadersSetter::new(self).map_err(CreateError::Other)?))
    }
}
