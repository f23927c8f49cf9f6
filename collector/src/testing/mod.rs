//! What tests of several components need: telemetry made by hand, a pipeline end that records, a
//! backend that answers as told, and the shortest way from YAML to running components.

mod backend;
mod certificates;
mod http;
mod pipeline;

pub(crate) use backend::Backend;
pub(crate) use certificates::{Authority, Validity};
pub(crate) use http::{Answer, http};
pub(crate) use pipeline::{Recorder, address_of, config, node, plan, section, settings, start};

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use holt_pdata::{Batch, Signal};

/// A protobuf field with a length.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = content.len();
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f | 0x80).unwrap());
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
    bytes.extend_from_slice(content);
    bytes
}

/// A traces request with that many spans, named `s0`, `s1` and so on.
pub(crate) fn spans_request(count: usize) -> Bytes {
    let spans: Vec<u8> =
        (0..count).flat_map(|index| field(2, &field(5, format!("s{index}").as_bytes()))).collect();
    field(1, &field(2, &spans)).into()
}

/// A batch with that many spans.
pub(crate) fn spans(count: usize) -> Batch {
    Batch::decode(Signal::Traces, spans_request(count)).unwrap()
}

/// Waits until `condition` holds; panics when it has not after some seconds.
pub(crate) async fn eventually(mut condition: impl FnMut() -> bool) {
    for _ in 0..2000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came to hold");
}

/// Waits until asking gives yes; panics when it has not after some seconds.
pub(crate) async fn until(mut ask: impl AsyncFnMut() -> bool) {
    for _ in 0..2000 {
        if ask().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came to hold");
}

/// What a future gives, which must not take long.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it takes too long")
}
