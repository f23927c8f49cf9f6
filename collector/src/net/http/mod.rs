//! HTTP/1.1: a server that hands whole, bounded, decompressed bodies to a handler, and the client
//! that exporters share.

mod activity;
mod body;

mod cors;
pub mod server;

pub use body::{BodyError, content_encoding, read_body};
