//! The network stacks that components share: listening, gRPC, HTTP, compression, TLS and the
//! status model both protocols speak.
//!
//! Bytes enter from sockets and leave as whole, decompressed, bounded messages; whole messages
//! enter and leave on sockets. Nothing here knows what telemetry is.

pub mod compression;
pub mod grpc;
pub mod listen;
pub mod status;
pub mod tls;
