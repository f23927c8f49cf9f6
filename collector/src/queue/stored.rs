//! Batches as records of a durable queue: a batch with its context in, the same out of a later
//! process. What is known about the client is kept as far as exporters ask for it; what an
//! authenticator said is not, since it may not hold any more.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use holt_pdata::{Batch, Signal};
use prost::Message;

use crate::component::storage::{Record, StorageError};
use crate::component::{ClientAddress, ClientMetadata, Context};

#[derive(Clone, PartialEq, Message)]
struct StoredClient {
    #[prost(string, tag = "1")]
    address: String,
    #[prost(message, repeated, tag = "2")]
    metadata: Vec<StoredEntry>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredEntry {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, repeated, tag = "2")]
    values: Vec<String>,
}

/// The record of a batch.
pub(super) fn record(batch: &Batch, context: &Context) -> Record {
    let context = context.client.as_deref().map_or_else(Bytes::new, client);
    Record { items: batch.items(), context, body: batch.bytes().clone() }
}

fn client(client: &ClientMetadata) -> Bytes {
    let address = client.address.map(|address| match address {
        ClientAddress::Host(address) => address.to_string(),
        ClientAddress::Socket(address) => address.to_string(),
    });
    let metadata = client.iter().map(|(key, values)| {
        let (key, values) = (key.to_owned(), values.to_vec());
        StoredEntry { key, values }
    });
    let stored =
        StoredClient { address: address.unwrap_or_default(), metadata: metadata.collect() };
    stored.encode_to_vec().into()
}

/// The batch of a record.
///
/// # Errors
/// When the record is no batch of the signal.
pub(super) fn open(signal: Signal, record: Record) -> Result<(Batch, Context), StorageError> {
    let damaged = |error: String| StorageError::Damaged(format!("stored telemetry: {error}"));
    // Checked as if it came from a stranger: a file is less than a checksum away from one.
    let batch = Batch::decode(signal, record.body).map_err(|error| damaged(error.to_string()))?;
    if record.context.is_empty() {
        return Ok((batch, Context::none()));
    }
    let stored =
        StoredClient::decode(record.context).map_err(|error| damaged(error.to_string()))?;
    let mut client = ClientMetadata::new(address(&stored.address));
    for entry in &stored.metadata {
        for value in &entry.values {
            client.push(&entry.key, value.as_str());
        }
    }
    Ok((batch, Context { client: Some(Arc::new(client)), ..Context::none() }))
}

fn address(text: &str) -> Option<ClientAddress> {
    let socket = text.parse::<SocketAddr>().map(ClientAddress::Socket);
    socket.or_else(|_| text.parse::<IpAddr>().map(ClientAddress::Host)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::spans;

    #[test]
    fn batches_keep_their_clients() {
        let mut client = ClientMetadata::new("[::1]:4317".parse().ok().map(ClientAddress::Socket));
        client.push("tenant", "a");
        client.push("tenant", "b");
        client.push("empty", "");
        let context = Context { client: Some(Arc::new(client.clone())), ..Context::none() };
        let (batch, read) = open(Signal::Traces, record(&spans(3), &context)).unwrap();
        assert_eq!((batch.items(), batch.bytes()), (3, spans(3).bytes()));
        assert_eq!(read.client.as_deref(), Some(&client));
        let (_, read) = open(Signal::Traces, record(&spans(3), &Context::none())).unwrap();
        assert_eq!(read.client, None);
    }

    #[test]
    fn what_is_no_batch_is_damaged() {
        let record = Record { body: Bytes::from_static(b"\x0a\xffno"), ..Record::default() };
        assert!(matches!(open(Signal::Traces, record), Err(StorageError::Damaged(_))));
    }
}
