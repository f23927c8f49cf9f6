//! Settings of the `oauth2client` extension (reference §6).

use std::collections::BTreeMap;

use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{Findings, WRONG_VALUE};
use crate::config::values::{Duration, Secret};
use crate::config::yaml::Node;
use crate::net::settings::TlsClientSettings;

/// The whole section.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// The name of this client at the server that gives tokens.
    pub(super) client_id: String,
    /// A file with the name, which wins.
    pub(super) client_id_file: String,
    /// The secret of this client.
    pub(super) client_secret: Secret,
    /// A file with the secret, which wins.
    pub(super) client_secret_file: String,
    /// `client_credentials`; the other grant type of the reference is not there yet.
    pub(super) grant_type: String,
    /// For the grant type that is not there yet.
    pub(super) client_certificate_key_id: String,
    /// For the grant type that is not there yet.
    pub(super) client_certificate_key: Secret,
    /// For the grant type that is not there yet.
    pub(super) client_certificate_key_file: String,
    /// For the grant type that is not there yet.
    pub(super) signature_algorithm: String,
    /// For the grant type that is not there yet.
    pub(super) iss: String,
    /// For the grant type that is not there yet.
    pub(super) audience: String,
    /// For the grant type that is not there yet.
    pub(super) claims: Option<Node>,
    /// Further parameters of requests for tokens.
    pub(super) endpoint_params: BTreeMap<String, Vec<String>>,
    /// Where tokens are given.
    pub(super) token_url: String,
    /// What the token is to be good for.
    pub(super) scopes: Vec<String>,
    /// TLS of the requests for tokens.
    pub(super) tls: TlsClientSettings,
    /// Time for a request for a token; 0 is no limit.
    pub(super) timeout: Duration,
    /// How long before its end a token is replaced.
    pub(super) expiry_buffer: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            client_id_file: String::new(),
            client_secret: Secret::default(),
            client_secret_file: String::new(),
            grant_type: String::new(),
            client_certificate_key_id: String::new(),
            client_certificate_key: Secret::default(),
            client_certificate_key_file: String::new(),
            signature_algorithm: String::new(),
            iss: String::new(),
            audience: String::new(),
            claims: None,
            endpoint_params: BTreeMap::new(),
            token_url: String::new(),
            scopes: Vec::new(),
            tls: TlsClientSettings::default(),
            timeout: Duration::ZERO,
            expiry_buffer: Duration::from_secs(300),
        }
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        match self.grant_type.as_str() {
            "" | "client_credentials" => {}
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => findings.not_supported_yet(
                &["grant_type"],
                "the grant type with signed tokens",
                "use `client_credentials` with a secret",
            ),
            other => findings.refuse(
                &["grant_type"],
                &format!("`{other}` is no grant type"),
                "write `client_credentials`",
                &format!("unknown grant type {other:?}"),
            ),
        }
        if self.client_id.is_empty() && self.client_id_file.is_empty() {
            findings.refuse(
                &["client_id"],
                "there is no name of the client",
                "give `client_id` or `client_id_file`",
                "no ClientID provided in the OAuth2 exporter configuration",
            );
        }
        if self.client_secret.is_empty() && self.client_secret_file.is_empty() {
            findings.refuse(
                &["client_secret"],
                "there is no secret of the client",
                "give `client_secret` or `client_secret_file`",
                "no ClientSecret provided in OAuth Client Credentials configuration",
            );
        }
        if self.token_url.is_empty() {
            findings.refuse(
                &["token_url"],
                "there is no place to get tokens from",
                "give the URL of the server that gives them",
                "no TokenURL provided in OAuth Client Credentials configuration",
            );
        } else if let Err(error) = Url::parse(&self.token_url) {
            let help = "write a URL such as `https://login.example.com/oauth2/token`";
            findings.error(&["token_url"], WRONG_VALUE, &format!("it is no URL: {error}"), help);
        }
        self.tls.validate(&["tls"], findings);
    }
}
