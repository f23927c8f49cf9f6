//! Adds a name and a password to the requests of clients.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header};

use super::config::ClientAuth;
use crate::component::{
    AuthError, ClientAuthenticator, Component, Context, Extension, Host, StartError,
};
use crate::net::reload::Value;

/// The extension.
pub(super) struct Client {
    settings: ClientAuth,
    user: Arc<User>,
}

#[derive(Default)]
struct User(OnceLock<(Value, Value)>);

impl Client {
    pub(super) fn new(settings: ClientAuth) -> Self {
        Self { settings, user: Arc::default() }
    }
}

#[async_trait]
impl Component for Client {
    async fn start(&self, _host: &Host) -> Result<(), StartError> {
        let ClientAuth { username, username_file, password, password_file } = &self.settings;
        let name = Value::new(username, username_file).map_err(StartError)?;
        if name.current().contains(':') {
            let message = "the name of a user holds a colon: invalid authorization format";
            return Err(StartError(message.to_owned()));
        }
        let password = Value::new(password.expose(), password_file).map_err(StartError)?;
        let _ = self.user.0.set((name, password));
        Ok(())
    }
}

impl Extension for Client {
    fn client_authenticator(&self) -> Option<Arc<dyn ClientAuthenticator>> {
        Some(self.user.clone())
    }
}

#[async_trait]
impl ClientAuthenticator for User {
    async fn authorize(
        &self,
        headers: &mut HeaderMap,
        _context: &Context,
    ) -> Result<(), AuthError> {
        let Some((name, password)) = self.0.get() else {
            return Err(AuthError::retryable("the authenticator has not started"));
        };
        let both = STANDARD.encode(format!("{}:{}", name.current(), password.current()));
        if let Ok(mut value) = HeaderValue::try_from(format!("Basic {both}")) {
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(())
    }
}
