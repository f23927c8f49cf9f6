//! TLS through rustls: PEM files and parameters in, encrypted streams out, for clients and servers.
//!
//! Certificates are read again while the collector runs: whoever makes a connection asks for the
//! configuration of the moment. What goes wrong is told in plain words, with the file
//! at fault ([`pem`]) or what the other side says of a certificate ([`explain`]).

mod client;
mod explain;
mod parameters;
mod pem;
mod server;
#[cfg(test)]
mod tests;

pub use client::{ClientTls, ClientTlsOptions};
pub use explain::{explain_chain, explain_text};
pub(crate) use parameters::{CURVES, Suite, suite};
pub use parameters::{TlsParameters, TlsVersion};
pub use pem::{Pem, TlsError};
pub use server::{ServerTls, ServerTlsOptions};

/// How often files are looked at when the settings do not say.
pub const DEFAULT_RELOAD_INTERVAL: std::time::Duration = std::time::Duration::from_secs(10);
