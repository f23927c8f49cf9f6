//! `bearertokenauth`: a token in a header. For servers it lets in whoever shows one of the tokens;
//! for clients it adds the first.

mod config;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;

use self::config::Config;
use self::tokens::BearerToken;
use crate::component::{
    CreateError, Descriptor, Extension, ExtensionConfig, Kind, Section, Settings, Stability,
    TypedConfig, TypedFactory,
};

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
        let extension = BearerToken::new(self, settings).map_err(CreateError::Other)?;
        Ok(Arc::new(extension))
    }
}
