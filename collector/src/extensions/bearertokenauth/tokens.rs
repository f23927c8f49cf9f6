//! The tokens of the moment, for servers and for clients.

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::config::Config;
use crate::component::{
    AuthError, ClientAuthenticator, Component, Context, Extension, Host, Identity,
    ServerAuthenticator, Settings, StartError, same_secret,
};
use crate::net::reload::{CREDENTIALS_INTERVAL, Reloading};

/// The extension.
pub(super) struct BearerToken {
    config: Config,
    tokens: Arc<Tokens>,
}

struct Tokens {
    header: HeaderName,
    /// As they are in the settings, for messages.
    header_text: String,
    /// Values of the header, with the scheme; none while the file is not there.
    values: Reloading<Vec<HeaderValue>>,
}

impl BearerToken {
    pub(super) fn new(config: &Config, settings: Settings) -> Result<Self, String> {
        let header = HeaderName::try_from(&config.header).map_err(|error| error.to_string())?;
        let from_file = !config.filename.is_empty() && config.tokens.is_empty();
        let files = from_file.then(|| config.filename.clone().into());
        let all = config.clone();
        let read = move || {
            if from_file {
                return std::fs::read_to_string(&all.filename)
                    .map(|text| values(&all.scheme, first_words(&text)))
                    .map_err(|error| format!("token file `{}`: {error}", all.filename));
            }
            let tokens = [&all.token].into_iter().chain(&all.tokens);
            let tokens = tokens.map(|token| token.expose()).filter(|token| !token.is_empty());
            Ok(values(&all.scheme, tokens))
        };
        let missing = |error: String| {
            tracing::error!(
                otelcol.component.id = %settings.id,
                otelcol.component.kind = "extension",
                error,
                "There is no token until the file can be read"
            );
            Vec::new()
        };
        let files = files.into_iter().collect();
        let values = Reloading::new_or("Tokens", files, CREDENTIALS_INTERVAL, read, missing);
        let tokens = Tokens { header, header_text: config.header.clone(), values };
        Ok(Self { config: config.clone(), tokens: Arc::new(tokens) })
    }
}

/// The first word of every line that has one; what follows it is a comment.
fn first_words(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.split_whitespace().next())
}

fn values<'t>(scheme: &str, tokens: impl Iterator<Item = &'t str>) -> Vec<HeaderValue> {
    let value = |token: &str| match scheme {
        "" => HeaderValue::try_from(token),
        scheme => HeaderValue::try_from(format!("{scheme} {token}")),
    };
    let sensitive = |mut value: HeaderValue| {
        value.set_sensitive(true);
        value
    };
    tokens.filter_map(|token| value(token).ok().map(sensitive)).collect()
}

#[async_trait]
impl Component for BearerToken {
    async fn start(&self, _host: &Host) -> Result<(), StartError> {
        if !self.config.wait_for_token_file {
            return Ok(());
        }
        let retry = &self.config.retry_on_failure;
        let mut left = retry.max_retries;
        while tokio::fs::metadata(&self.config.filename).await.is_err() {
            if retry.max_retries > 0 {
                left -= 1;
                if left < 0 {
                    let file = &self.config.filename;
                    return Err(StartError(format!("the token file `{file}` has not appeared")));
                }
            }
            tokio::time::sleep(retry.interval.to_std()).await;
        }
        Ok(())
    }
}

impl Extension for BearerToken {
    fn server_authenticator(&self) -> Option<Arc<dyn ServerAuthenticator>> {
        Some(self.tokens.clone())
    }

    fn client_authenticator(&self) -> Option<Arc<dyn ClientAuthenticator>> {
        Some(self.tokens.clone())
    }
}

#[async_trait]
impl ServerAuthenticator for Tokens {
    async fn authenticate(&self, headers: &HeaderMap) -> Result<Identity, AuthError> {
        let Some(shown) = headers.get(&self.header) else {
            let header = &self.header_text;
            let text = format!("missing or empty authorization header: {header}");
            return Err(AuthError::permanent(text));
        };
        let known = self.values.current();
        // All of them are compared, so that the time tells nothing about which one was near.
        let matching = known.iter().filter(|known| same_secret(known.as_bytes(), shown.as_bytes()));
        if matching.count() == 0 {
            let text = "provided authorization does not match expected scheme or token";
            return Err(AuthError::permanent(text));
        }
        Ok(Identity::default())
    }
}

#[async_trait]
impl ClientAuthenticator for Tokens {
    async fn authorize(
        &self,
        headers: &mut HeaderMap,
        _context: &Context,
    ) -> Result<(), AuthError> {
        match self.values.current().first() {
            Some(value) => drop(headers.insert(&self.header, value.clone())),
            None => return Err(AuthError::retryable("there is no bearer token yet")),
        }
        Ok(())
    }
}
