//! What proptest chooses from.

use bytes::Bytes;
use holt_pdata::{Batch, Signal};
use proptest::prelude::*;

/// Bytes for a `Source`, shown as one line of hex when a case fails.
#[derive(Clone)]
pub(crate) struct Choices(pub(crate) Vec<u8>);

impl std::fmt::Debug for Choices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

pub(crate) fn choices() -> impl Strategy<Value = Choices> {
    prop::collection::vec(any::<u8>(), 0..3000).prop_map(Choices)
}

pub(crate) fn signals() -> impl Strategy<Value = Signal> {
    prop::sample::select(Signal::ALL.as_slice())
}

/// Decodes what must be decodable.
pub(crate) fn decode(signal: Signal, bytes: &[u8]) -> Batch {
    Batch::decode(signal, Bytes::copy_from_slice(bytes)).unwrap()
}
