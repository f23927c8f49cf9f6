//! OTLP/JSON both ways: the protobuf JSON mapping with hex ids, as the Go collector reads and
//! writes it.
//!
//! [`decode`] turns the text of a request into a [`Batch`](crate::Batch) in one pass over the
//! bytes, without a tree in between: each JSON value becomes protobuf where it stands. [`encode`]
//! walks the protobuf bytes of a batch and writes one line of text. Both go by the schema; what
//! JSON needs beyond it is in `plan`.

mod decode;
mod encode;
mod error;
mod merge;
mod number;
mod plan;
mod read;
mod skip;
mod text;
mod writer;

pub use decode::decode;
pub use encode::{encode, encode_message};
pub use error::JsonError;
