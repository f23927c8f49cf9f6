//! Receives all three signals and counts them; the cheapest backend that is still honest.
//!
//! Items are counted by skipping through the protobuf ([`crate::count`]); nothing is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Buf;

use crate::count::{count_items, count_json_items};
use crate::http2::Http2;
use crate::server::{Content, Handler, Meta, Refusal, Server};
use crate::signal::Signal;

/// What a sink has received of one signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Requests.
    pub requests: u64,
    /// Spans, datapoints or log records.
    pub items: u64,
    /// Bytes of the messages, decompressed.
    pub bytes: u64,
}

/// Running totals of all signals.
#[derive(Debug, Default)]
pub struct Counts {
    signals: [Counter; 3],
    refused: AtomicU64,
}

#[derive(Debug, Default)]
struct Counter {
    requests: AtomicU64,
    items: AtomicU64,
    bytes: AtomicU64,
}

impl Counts {
    /// What came of one signal so far.
    pub fn of(&self, signal: Signal) -> Received {
        let Counter { requests, items, bytes } = self.counter(signal);
        Received {
            requests: requests.load(Ordering::Relaxed),
            items: items.load(Ordering::Relaxed),
            bytes: bytes.load(Ordering::Relaxed),
        }
    }

    /// Requests that could not be counted and were refused.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn counter(&self, signal: Signal) -> &Counter {
        let [traces, metrics, logs] = &self.signals;
        match signal {
            Signal::Traces => traces,
            Signal::Metrics => metrics,
            Signal::Logs => logs,
        }
    }

    /// One line for people: `spans 3000 in 3 requests (1848291 bytes), ...`.
    pub fn summary(&self) -> String {
        let mut parts: Vec<String> = Signal::ALL
            .into_iter()
            .map(|signal| {
                let Received { requests, items, bytes } = self.of(signal);
                format!("{} {items} in {requests} requests ({bytes} bytes)", signal.items())
            })
            .collect();
        parts.push(format!("refused {} requests", self.refused()));
        parts.join(", ")
    }

    /// One JSON object on one line, for scripts.
    pub fn json(&self) -> String {
        let mut object = serde_json::Map::new();
        for signal in Signal::ALL {
            let Received { requests, items, bytes } = self.of(signal);
            let value = serde_json::json!({"requests": requests, "items": items, "bytes": bytes});
            object.insert(signal.name().to_owned(), value);
        }
        object.insert("refused_requests".to_owned(), self.refused().into());
        serde_json::Value::Object(object).to_string()
    }
}

impl Handler for Counts {
    async fn handle(&self, meta: Meta, mut body: impl Buf + Send) -> Result<(), Refusal> {
        let bytes = body.remaining();
        let counted = match meta.content {
            Content::Protobuf => count_items(meta.signal, body),
            Content::Json => count_json_items(meta.signal, &body.copy_to_bytes(bytes)),
        };
        let items = counted.map_err(|error| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            Refusal::invalid(error.to_string())
        })?;
        let counter = self.counter(meta.signal);
        counter.requests.fetch_add(1, Ordering::Relaxed);
        counter.items.fetch_add(items, Ordering::Relaxed);
        counter.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(())
    }
}

/// A running sink: its counts and its servers, one for each address.
pub struct Sink {
    /// What came so far.
    pub counts: Arc<Counts>,
    /// The servers, in the order of the addresses given.
    pub servers: Vec<Server>,
}

impl Sink {
    /// Serves gRPC and HTTP on every address given.
    pub async fn start(addresses: &[&str], http2: Http2) -> std::io::Result<Sink> {
        let counts = Arc::new(Counts::default());
        let mut servers = Vec::new();
        for address in addresses {
            servers.push(Server::start(address, http2, Arc::clone(&counts)).await?);
        }
        Ok(Sink { counts, servers })
    }
}
