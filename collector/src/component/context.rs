//! What travels beside a batch: who sent it, and who waits for its outcome.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use holt_pdata::{Batch, MapView, ValueView};
use holt_runtime::Program;
use holt_runtime::host::{Client, Texts};
use holt_runtime::program::RunError;
use http::HeaderMap;

use super::Ack;
use crate::telemetry::SpanContext;

/// The circumstances of a batch. Cloning it (fan-out, split) makes another share of its
/// acknowledgement.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The client whose request brought the batch.
    pub client: Option<Arc<ClientMetadata>>,
    /// Who waits for the outcome.
    pub ack: Ack,
    /// The span of the collector's own traces that it is part of.
    pub span: Option<SpanContext>,
    /// Who runs the programs of the components it passes through, in place of these.
    pub runner: Option<Arc<dyn Runner>>,
}

/// Runs the programs of components for them: where tests fix the clock and look on.
pub trait Runner: fmt::Debug + Send + Sync {
    /// Runs a program over a batch.
    ///
    /// # Errors
    /// As [`Program::run`].
    fn run(&self, program: &Program, batch: &Batch) -> Result<Batch, RunError>;

    /// Asks the conditions of a program about each item of a batch, or about those wanted.
    ///
    /// # Errors
    /// As [`Program::sort`].
    fn sort(
        &self,
        program: &Program,
        batch: &Batch,
        wanted: Option<&[bool]>,
    ) -> Result<Vec<Option<usize>>, RunError>;
}

impl Context {
    /// A context in which nobody waits and nothing is known about the client.
    pub const fn none() -> Self {
        Self { client: None, ack: Ack::none(), span: None, runner: None }
    }

    /// The same client with another acknowledgement.
    #[must_use]
    pub fn with_ack(&self, ack: Ack) -> Self {
        Self { client: self.client.clone(), ack, span: self.span, runner: self.runner.clone() }
    }

    /// Values of a request metadata key; empty when there are none. Case does not matter.
    pub fn metadata(&self, key: &str) -> &[String] {
        self.client.as_deref().map_or(&[], |client| client.get(key))
    }
}

/// Where a client is, as far as its receiver says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAddress {
    /// An address alone, as of HTTP clients.
    Host(IpAddr),
    /// An address with a port, as of gRPC clients.
    Socket(SocketAddr),
}

/// What is known about a client: its address, and the metadata of its request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientMetadata {
    /// Where it is, when that is known.
    pub address: Option<ClientAddress>,
    /// The headers of a gRPC request, whether metadata is kept or not.
    pub grpc: HeaderMap,
    /// The `:authority` of a gRPC request; empty when there is none.
    pub authority: String,
    /// What an authenticator knows about the client: an encoded map.
    pub auth: Option<Vec<u8>>,
    /// Metadata that the receiver was asked to keep; keys in lower case, in the order they came.
    entries: Vec<(String, Vec<String>)>,
}

impl ClientMetadata {
    /// A client at `address` without metadata.
    pub fn new(address: Option<ClientAddress>) -> Self {
        Self { address, ..Self::default() }
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

    /// An attribute that the client's authenticator knows, as text.
    pub fn auth_text(&self, key: &str) -> Option<String> {
        Some(match MapView::new(self.auth.as_deref()?).get(key)? {
            ValueView::Str(text) => text.to_owned(),
            ValueView::Int(number) => number.to_string(),
            ValueView::Double(number) => number.to_string(),
            ValueView::Bool(truth) => truth.to_string(),
            _ => return None,
        })
    }

    /// All keys, in lower case, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }
}

/// Headers of the protocol itself, which gRPC does not show to whoever serves a call.
const PROTOCOL_HEADERS: [&str; 2] = ["te", "grpc-"];

impl Client for ClientMetadata {
    fn address(&self) -> Option<String> {
        self.address.map(|address| match address {
            ClientAddress::Host(address) => address.to_string(),
            ClientAddress::Socket(address) => address.to_string(),
        })
    }

    fn metadata(&self) -> Vec<(&str, Texts<'_>)> {
        let texts =
            self.iter().map(|(name, values)| (name, values.iter().map(String::as_str).collect()));
        texts.collect()
    }

    fn grpc_metadata(&self) -> Vec<(&str, Texts<'_>)> {
        let [te, reserved] = PROTOCOL_HEADERS;
        let shown =
            |name: &&http::HeaderName| name.as_str() != te && !name.as_str().starts_with(reserved);
        let headers = self.grpc.keys().filter(shown).map(|name| {
            let values = self.grpc.get_all(name).iter();
            (name.as_str(), values.filter_map(|value| value.to_str().ok()).collect())
        });
        let authority = (!self.authority.is_empty()).then_some(self.authority.as_str());
        headers.chain(authority.map(|text| (":authority", vec![text]))).collect()
    }

    fn auth(&self) -> Option<MapView<'_>> {
        self.auth.as_deref().map(MapView::new)
    }
}
