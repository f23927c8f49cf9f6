//! `oauth2client`: tokens by OAuth2's client credentials. A client asks for a token; the one there is
//! goes into its headers, and a new one is fetched some time before it expires.

mod answer;
mod config;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;

use self::config::Config;
use self::tokens::OAuth2;
use crate::component::{
    CreateError, Descriptor, Extension, ExtensionConfig, ExtensionFactory, Kind, Section, Settings,
    Stability,
};
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;

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
        Ok(Arc::new(OAuth2::new(self).map_err(CreateError::Other)?))
    }
}
