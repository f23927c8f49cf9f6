//! `oauth2client`: tokens by OAuth2's client credentials. A client asks for a token; the one there is
//! goes into its headers, and a new one is fetched some time before it expires.

mod answer;
mod config;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;

use self::config::Config;
use self::tokens::OAuth2;
use crate::component::{
    CreateError, Descriptor, Extension, ExtensionConfig, Kind, Section, Settings, Stability,
    TypedConfig, TypedFactory,
};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "oauth2client",
    aliases: &[],
    stability: &[("extension", Stability::Beta)],
    summary: "gets tokens from an OAuth2 server and sends them",
    example: "
oauth2client:
  client_id: agent
  client_secret_file: /etc/holt/secret
  token_url: https://login.example.com/oauth2/token
",
};

/// Makes `oauth2client` extensions.
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
        Ok(Arc::new(OAuth2::new(self).map_err(CreateError::Other)?))
    }
}
