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
use holt_grammar::source::Location;

use self::client::Client;
use self::config::Config;
use self::server::Server;
use crate::component::{
    CreateError, Descriptor, Extension, ExtensionConfig, ExtensionFactory, Kind, Section, Settings,
    Stability,
};
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;

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
        Ok(match (&self.htpasswd, &self.client_auth) {
            (Some(htpasswd), _) => Arc::new(Server::new(htpasswd.clone())),
            (None, Some(client)) => Arc::new(Client::new(client.clone())),
            (None, None) => return Err(CreateError::Other(config::NO_CREDENTIALS.to_owned())),
        })
    }
}
