//! Unary gRPC straight over HTTP/2, without generated code and without decoding messages.
//!
//! Why not a gRPC library: OTLP needs one unary call with an opaque message. Driving `h2` directly
//! keeps a message that arrives in one DATA frame uncopied, sends prefix and message as one frame
//! in one write, and saves the boxed bodies and service layers of a general stack.
//!
//! Requests enter through [`server`] and leave through [`client`]; both speak [`Status`] for what
//! went wrong.
//!
//! [`Status`]: crate::net::status::Status

mod balance;
pub mod client;
mod link;
mod message;
mod metadata;
mod respond;
mod response;
pub mod server;
pub mod target;
mod timers;

/// Bytes a stream may send before we have taken them: one large request without a pause.
const STREAM_WINDOW: u32 = 4 << 20;
/// Bytes a connection may send before we have taken them.
const CONNECTION_WINDOW: u32 = 8 << 20;
/// Largest DATA frame we ask peers to send: a usual request fits one frame, and so one buffer.
const MAX_FRAME_SIZE: u32 = 1 << 20;
/// Bytes of headers accepted for one request or response.
const MAX_HEADER_LIST_SIZE: u32 = 64 << 10;
