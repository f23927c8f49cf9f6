//! Who may come in, and how this collector proves who it is: what extensions that authenticate
//! offer to servers and clients.
//!
//! A server hands the headers of a request to its [`ServerAuthenticator`] before it reads the
//! body; what is known about the client then travels with the telemetry. A client has its
//! [`ClientAuthenticator`] add to the headers of every request.

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;
use prost::Message;

use super::{Context, Host};
use crate::config::ids::ComponentId;

/// Decides who may come in.
#[async_trait]
pub trait ServerAuthenticator: Send + Sync {
    /// Looks at the headers of a request; gives what is known about the client.
    ///
    /// # Errors
    /// When the client may not come in. The client is told the text.
    async fn authenticate(&self, headers: &HeaderMap) -> Result<Identity, AuthError>;
}

/// Proves to servers who this end is.
#[async_trait]
pub trait ClientAuthenticator: Send + Sync {
    /// Adds to the headers of a request, which belongs to telemetry with this context.
    ///
    /// # Errors
    /// When there is nothing to prove it with.
    async fn authorize(&self, headers: &mut HeaderMap, context: &Context) -> Result<(), AuthError>;

    /// Whether what it adds must not be sent in plain text.
    fn needs_encryption(&self) -> bool {
        true
    }
}

/// Authentication failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct AuthError {
    /// For people.
    pub message: String,
    /// Whether another attempt may succeed; only for clients.
    pub retryable: bool,
}

impl AuthError {
    /// A failure that will stay the same.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { message: message.into(), retryable: false }
    }

    /// A failure that may pass.
    pub fn retryable(message: impl Into<String>) -> Self {
        Self { message: message.into(), retryable: true }
    }
}

/// What an authenticator knows about a client: attributes as an encoded map, none when it knows
/// nothing but that the client may come in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity(Option<Vec<u8>>);

impl Identity {
    /// An identity with attributes that are text.
    pub fn of<'a>(attributes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values = attributes
            .into_iter()
            .map(|(key, value)| Attribute {
                key: key.to_owned(),
                value: Some(AttributeValue { text: value.to_owned() }),
            })
            .collect();
        Self(Some(Attributes { values }.encode_to_vec()))
    }

    /// The attributes as [`ClientMetadata::auth`](super::ClientMetadata::auth) has them.
    pub fn into_attributes(self) -> Option<Vec<u8>> {
        self.0
    }
}

#[derive(Clone, PartialEq, Message)]
struct Attributes {
    #[prost(message, repeated, tag = "1")]
    values: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<AttributeValue>,
}

#[derive(Clone, PartialEq, Message)]
struct AttributeValue {
    #[prost(string, tag = "1")]
    text: String,
}

/// No authenticator of an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAuthenticator {
    /// There is no extension of that id.
    #[error("failed to resolve authenticator \"{0}\": authenticator not found")]
    NotFound(ComponentId),
    /// The extension does not authenticate clients.
    #[error("requested authenticator is not a server authenticator")]
    NotServer,
    /// The extension does not authenticate at servers.
    #[error("requested authenticator is not a {0} client authenticator")]
    NotClient(&'static str),
}

impl Host {
    /// The authenticator of that id for a server.
    ///
    /// # Errors
    /// When there is no such extension, or it is none.
    pub fn server_authenticator(
        &self,
        id: &ComponentId,
    ) -> Result<Arc<dyn ServerAuthenticator>, NoAuthenticator> {
        let extension =
            self.extension(id).ok_or_else(|| NoAuthenticator::NotFound(id.clone()))?.clone();
        extension.server_authenticator().ok_or(NoAuthenticator::NotServer)
    }

    /// The authenticator of that id for a client of a protocol, `HTTP` or `gRPC`.
    ///
    /// # Errors
    /// When there is no such extension, or it is none.
    pub fn client_authenticator(
        &self,
        id: &ComponentId,
        protocol: &'static str,
    ) -> Result<Arc<dyn ClientAuthenticator>, NoAuthenticator> {
        let extension =
            self.extension(id).ok_or_else(|| NoAuthenticator::NotFound(id.clone()))?.clone();
        extension.client_authenticator().ok_or(NoAuthenticator::NotClient(protocol))
    }
}

/// Whether two texts are the same, in a time that depends on their length only.
pub(crate) fn same_secret(one: &[u8], other: &[u8]) -> bool {
    let pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.fold(0, |seen, (one, other)| seen | (one ^ other)) == 0
}
