//! TLS through rustls: PEM files and parameters in, encrypted streams out, for clients and servers.
//!
//! Certificates are read again while the collector runs ([`reload`]): whoever makes a connection
//! asks for the configuration of the moment. What goes wrong is told in plain words, with the file
//! at fault ([`pem`]) or what the other side says of a certificate ([`explain`]).

mod client;
mod explain;
mod parameters;
mod pem;
mod reload;
mod server;
#[cfg(test)]
mod tests;

pub use client::{ClientTls, ClientTlsOptions};
pub use explain::{explain_chain, explain_text};
pub(crate) use parameters::{CURVES, Suite, suite};
pub use parameters::{TlsParameters, TlsVersion};
pub use pem::{Pem, TlsError};
pub use reload::DEFAULT_RELOAD_INTERVAL;
pub use server::{ServerTls, ServerTlsOptions};
