//! HTTP/1.1, and HTTP/2 where TLS agrees on it: a server that hands requests to a handler, which
//! reads whole, bounded, decompressed bodies.

mod activity;
mod body;
mod cors;
mod failure;
mod noticing;
pub mod server;

pub use body::{BodyError, content_encoding, read_body};
pub use failure::{causes, explain};
