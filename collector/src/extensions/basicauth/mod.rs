//! `basicauth`: HTTP's basic authentication. With `htpasswd` it lets clients into servers, with
//! `client_auth` it adds a user name and a password to the requests of clients.

mod client;
mod config;
mod htpasswd;
mod md5_crypt;
mod server;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;

use self::client::Client;
use self::config::Config;
use self::server::Server;
use crate::component::{
    CreateError, Descriptor, Extension, ExtensionConfig, Kind, Section, Settings, Stability,
    TypedConfig, TypedFactory,
};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Extension,
    type_name: "basicauth",
    aliases: &[],
    stability: &[("extension", Stability::Beta)],
    summary: "asks for, or sends, a user name and a password",
    example: "
basicauth:
  htpasswd:
    file: /etc/holt/htpasswd
",
};

/// Makes `basicauth` extensions.
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
        Ok(match (&self.htpasswd, &self.client_auth) {
            (Some(htpasswd), _) => Arc::new(Server::new(htpasswd.clone())),
            (None, Some(client)) => Arc::new(Client::new(client.clone())),
            (None, None) => return Err(CreateError::Other(config::NO_CREDENTIALS.to_owned())),
        })
    }
}
