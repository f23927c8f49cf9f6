//! Gets tokens, keeps the one there is, and adds it to requests.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, header};
use reqwest::{Client, Response, Url};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::answer::{Answer, refused};
use super::config::Config;
use crate::component::{AuthError, ClientAuthenticator, Component, Context, Extension};
use crate::net::http::explain;
use crate::net::tls::ClientTls;

/// The extension.
pub(super) struct OAuth2(Arc<Tokens>);

struct Tokens {
    config: Config,
    url: Url,
    tls: ClientTls,
    /// The token there is. Held while a new one is fetched, so that there is one request at a time.
    current: Mutex<Option<Token>>,
    /// Whether the server wants the secret in the body instead of in a header, once that is known.
    secret_in_body: OnceLock<bool>,
}

struct Token {
    value: HeaderValue,
    /// When another one is to be fetched.
    replace_at: Option<Instant>,
    /// When it ends.
    ends_at: Option<Instant>,
}

impl OAuth2 {
    pub(super) fn new(config: &Config) -> Result<Self, String> {
        let url = Url::parse(&config.token_url).map_err(|error| error.to_string())?;
        Ok(Self(Arc::new(Tokens {
            config: config.clone(),
            url,
            tls: config.tls.connector(&[b"h2", b"http/1.1"])?,
            current: Mutex::default(),
            secret_in_body: OnceLock::new(),
        })))
    }
}

impl Component for OAuth2 {}

impl Extension for OAuth2 {
    fn client_authenticator(&self) -> Option<Arc<dyn ClientAuthenticator>> {
        Some(self.0.clone())
    }
}

#[async_trait]
impl ClientAuthenticator for Tokens {
    async fn authorize(
        &self,
        headers: &mut HeaderMap,
        _context: &Context,
    ) -> Result<(), AuthError> {
        let mut current = self.current.lock().await;
        let now = Instant::now();
        let value = match &*current {
            Some(token) if token.replace_at.is_none_or(|at| now < at) => token.value.clone(),
            other => match self.fetch().await {
                Ok(token) => current.insert(token).value.clone(),
                // One that has not ended yet is better than none.
                Err(error) => match other {
                    Some(token) if token.ends_at.is_some_and(|end| now < end) => {
                        tracing::warn!(%error, "The token could not be replaced before its time");
                        token.value.clone()
                    }
                    _ => return Err(error),
                },
            },
        };
        headers.insert(header::AUTHORIZATION, value);
        Ok(())
    }
}

impl Tokens {
    async fn fetch(&self) -> Result<Token, AuthError> {
        let url = &self.url;
        let failed = |text: String| {
            AuthError::retryable(format!(
                "failed to get security token from token endpoint (endpoint \"{url}\"): {text}"
            ))
        };
        let answer = self.ask().await.map_err(failed)?;
        let mut value =
            HeaderValue::try_from(format!("{} {}", answer.token_type, answer.access_token))
                .map_err(|_| failed("the token is no header value".to_owned()))?;
        value.set_sensitive(true);
        let now = Instant::now();
        let early = self.config.expiry_buffer.to_std();
        Ok(Token {
            value,
            replace_at: answer.expires_in.map(|time| now + time.saturating_sub(early)),
            ends_at: answer.expires_in.map(|time| now + time),
        })
    }

    async fn ask(&self) -> Result<Answer, String> {
        let id = either(&self.config.client_id, &self.config.client_id_file).map_err(|error| {
            format!("no ClientID provided in the OAuth2 exporter configuration; {error}")
        })?;
        let secret = either(self.config.client_secret.expose(), &self.config.client_secret_file)
            .map_err(|error| {
                format!(
                    "no ClientSecret provided in OAuth Client Credentials configuration; {error}"
                )
            })?;
        let mut builder = Client::builder()
            .tls_backend_preconfigured(self.tls.config().as_ref().clone())
            .user_agent(crate::net::user_agent());
        let timeout = self.config.timeout.to_std();
        if timeout > Duration::ZERO {
            builder = builder.timeout(timeout);
        }
        let client = builder.build().map_err(|error| error.to_string())?;
        if let Some(in_body) = self.secret_in_body.get() {
            return read(self.post(&client, &id, &secret, *in_body).await?).await;
        }
        // Servers take the secret in a header or in the body, and do not say which.
        let mut failed = String::new();
        for in_body in [false, true] {
            match read(self.post(&client, &id, &secret, in_body).await?).await {
                Ok(answer) => {
                    let _ = self.secret_in_body.set(in_body);
                    return Ok(answer);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// The body of a request, with the secret when it is to be there.
    fn form(&self, identity: Option<(&str, &str)>) -> String {
        // The encoding of forms is that of queries.
        let mut form = self.url.clone();
        {
            let mut pairs = form.query_pairs_mut();
            pairs.clear().append_pair("grant_type", "client_credentials");
            if !self.config.scopes.is_empty() {
                pairs.append_pair("scope", &self.config.scopes.join(" "));
            }
            for (name, values) in &self.config.endpoint_params {
                for value in values {
                    pairs.append_pair(name, value);
                }
            }
            if let Some((id, secret)) = identity {
                pairs.append_pair("client_id", id).append_pair("client_secret", secret);
            }
        }
        form.query().unwrap_or_default().to_owned()
    }

    async fn post(
        &self,
        client: &Client,
        id: &str,
        secret: &str,
        in_body: bool,
    ) -> Result<Response, String> {
        let mut request = client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(self.form(in_body.then_some((id, secret))));
        if !in_body {
            request = request.basic_auth(id, Some(secret));
        }
        request.send().await.map_err(explain)
    }
}

async fn read(response: Response) -> Result<Answer, String> {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    let status = response.status();
    let body = response.text().await.map_err(explain)?;
    if status.is_success() { Answer::read(&kind, &body) } else { Err(refused(status, &body)) }
}

/// The text of the settings, or that of the file, read anew for every token.
fn either(text: &str, file: &str) -> Result<String, String> {
    if file.is_empty() {
        return Ok(text.to_owned());
    }
    match std::fs::read_to_string(file) {
        Ok(text) if text.trim().is_empty() => Err(format!("empty credentials file `{file}`")),
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) => Err(format!("failed to read credentials file `{file}`: {error}")),
    }
}
