//! Realistic OTLP requests: in goes a [`Shape`], out comes a [`Pool`] of distinct encoded bodies.
//!
//! Everything is encoded before a measurement starts, so that sending costs the generator next
//! to nothing. Ids, addresses, durations and texts differ from item to item: compressors and
//! branch predictors get no gift.

mod logs;
mod metrics;
mod resource;
mod traces;
mod words;

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::random::Random;
use crate::signal::{Protocol, Signal};

/// The most bytes that a pool takes, before compression.
const POOL_BYTES: usize = 48 << 20;
/// The most distinct requests in a pool.
const POOL_REQUESTS: usize = 64;

/// What the requests of a run look like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The signal.
    pub signal: Signal,
    /// Items (spans, datapoints, log records) in each request.
    pub items: usize,
    /// The share of items, 0 to 1, whose free text is Korean instead of English.
    pub korean: f64,
    /// Datapoints carry no `k8s.*` attributes of their own; only their resource does.
    pub bare_points: bool,
    /// Fixes every byte of every request.
    pub seed: u64,
}

/// Request bodies ready to be written to a socket.
#[derive(Clone, Debug)]
pub struct Pool {
    /// The bodies; never empty.
    bodies: Vec<Bytes>,
    /// Mean encoded size of one item before compression and framing, in bytes.
    pub bytes_per_item: f64,
}

/// Why a pool could not be built.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// Nothing to send.
    #[error("a request needs at least one item; give --items-per-request 1 or more")]
    NoItems,
    /// The share is no share.
    #[error("--korean is a share from 0 to 1, not {0}")]
    KoreanShare(f64),
    /// gRPC frames carry a 32-bit length.
    #[error("one request is {0} bytes, more than a gRPC message can hold; ask for fewer items")]
    TooLarge(usize),
    /// The compressor failed.
    #[error("cannot compress a request: {0}")]
    Compress(#[from] std::io::Error),
}

impl Shape {
    /// One encoded `Export…ServiceRequest`. Different `index`es give different requests.
    pub fn request(&self, index: u64) -> Vec<u8> {
        let mut random = Random::new(self.seed ^ index.wrapping_mul(0xa076_1d64_78bd_642f));
        match self.signal {
            Signal::Traces => traces::request(self, &mut random),
            Signal::Metrics => metrics::request(self, &mut random),
            Signal::Logs => logs::request(self, &mut random),
        }
    }
}

impl Pool {
    /// Builds the bodies of `shape` as `protocol` puts them on the wire, compressed on demand.
    /// The number of distinct requests follows from their size.
    pub fn build(shape: &Shape, protocol: Protocol, gzip: bool) -> Result<Pool, PayloadError> {
        if shape.items == 0 {
            return Err(PayloadError::NoItems);
        }
        if !(0.0..=1.0).contains(&shape.korean) {
            return Err(PayloadError::KoreanShare(shape.korean));
        }
        let first = shape.request(0);
        let count = (POOL_BYTES / first.len().max(1)).clamp(4, POOL_REQUESTS);
        let mut encoded = 0;
        let mut bodies = Vec::with_capacity(count);
        for index in 0..count as u64 {
            let message = shape.request(index);
            encoded += message.len();
            bodies.push(body(&message, protocol, gzip)?);
        }
        let bytes_per_item = encoded as f64 / (count * shape.items) as f64;
        Ok(Pool { bodies, bytes_per_item })
    }

    /// The body of the request with this number: round-robin through the pool.
    pub fn body(&self, number: u64) -> Bytes {
        let index = number.checked_rem(self.bodies.len() as u64).unwrap_or(0);
        self.bodies.get(index as usize).cloned().unwrap_or_default()
    }
}

/// A message as it goes over the wire: for gRPC the compression flag and the length in front.
fn body(message: &[u8], protocol: Protocol, gzip: bool) -> Result<Bytes, PayloadError> {
    let mut wire = Vec::with_capacity(message.len() + 5);
    if protocol == Protocol::Grpc {
        wire.extend_from_slice(&[u8::from(gzip), 0, 0, 0, 0]);
    }
    if gzip {
        let mut encoder = GzEncoder::new(wire, Compression::default());
        encoder.write_all(message)?;
        wire = encoder.finish()?;
    } else {
        wire.extend_from_slice(message);
    }
    if protocol == Protocol::Grpc {
        let length = wire.len().saturating_sub(5);
        let prefix = u32::try_from(length).map_err(|_| PayloadError::TooLarge(length))?;
        if let Some(slot) = wire.get_mut(1..5) {
            slot.copy_from_slice(&prefix.to_be_bytes());
        }
    }
    Ok(Bytes::from(wire))
}

/// The numbers of items that `count` resources get of `items`: as even as can be, none empty.
fn shares(items: usize, count: usize) -> impl Iterator<Item = usize> {
    let count = count.min(items).max(1);
    (0..count).map(move |index| items / count + usize::from(index < items % count))
}

#[cfg(test)]
mod tests;
