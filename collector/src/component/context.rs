//! What travels beside a batch: who sent it, and who waits for its outcome.

use std::net::SocketAddr;
use std::sync::Arc;

use super::Ack;

/// The circumstances of a batch. Cloning it (fan-out, split) makes another share of its
/// acknowledgement.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Request metadata that the receiver was asked to keep.
    pub client: Option<Arc<ClientMetadata>>,
    /// Who waits for the outcome.
    pub ack: Ack,
}

impl Context {
    /// A context in which nobody waits and nothing is known about the client.
    pub const fn none() -> Self {
        Self { client: None, ack: Ack::none() }
    }

    /// The same client with another acknowledgement.
    #[must_use]
    pub fn with_ack(&self, ack: Ack) -> Self {
        Self { client: self.client.clone(), ack }
    }

    /// Values of a request metadata key; empty when there are none. Case does not matter.
    pub fn metadata(&self, key: &str) -> &[String] {
        self.client.as_deref().map_or(&[], |client| client.get(key))
    }
}

/// Request headers or gRPC metadata of a client, and its address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientMetadata {
    /// The peer's address, when it has one.
    pub address: Option<SocketAddr>,
    /// Keys in lower case, in the order they came.
    entries: Vec<(String, Vec<String>)>,
}

impl ClientMetadata {
    /// Metadata of a client at `address`.
    pub const fn new(address: Option<SocketAddr>) -> Self {
        Self { address, entries: Vec::new() }
    }

    /// Adds a value to a key.
    pub fn push(&mut self, key: &str, value: impl Into<String>) {
        let value = value.into();
        match self.entries.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
            Some((_, values)) => values.push(value),
            None => self.entries.push((key.to_ascii_lowercase(), vec![value])),
        }
    }

    /// Values of a key; empty when there are none. Case does not matter.
    pub fn get(&self, key: &str) -> &[String] {
        self.entries
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map_or(&[], |(_, values)| values)
    }

    /// All keys, in lower case, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }
}
