//! `bearertokenauth`: a token in a header. For servers it lets in whoever shows one of the tokens;
//! for clients it adds the first.

mod config;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;

use self::config::Config;
use self::tokens::BearerToken;
use crate::component::{
    CreateError, Descriptor, Extension, ExtensionConfig, ExtensionFactory, Kind, Section, Settings,
    Stability,
};
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "bearertokenauth",
    aliases: &[],
    stability: &[("extension", Stability::Beta)],
    summary: "asks for, or sends, a token",
    example: "
bearertokenauth:
  filename: /etc/holt/token
",
};

/// Makes `bearertokenauth` extensions.
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

    fn create(&self, settings: Settings) -> Result<Arc<dyn Extension>, CreateError> {
        let extension = BearerToken::new(self, settings).map_err(CreateError::Other)?;
        Ok(Arc::new(extension))
    }
}
