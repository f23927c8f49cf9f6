//! The network stacks that components share: listening, gRPC, HTTP, compression, TLS and the
//! status model both protocols speak.
//!
//! Bytes enter from sockets and leave as whole, decompressed, bounded messages; whole messages
//! enter and leave on sockets. Nothing here knows what telemetry is, but for the names and responses in [`otlp`].

mod accept;
pub mod compression;
mod credentials;
mod gate;
pub mod grpc;
pub mod http;
pub mod listen;
mod measure;
pub mod otlp;
pub mod proxy;
pub(crate) mod reload;
pub mod settings;
pub mod status;
#[cfg(test)]
mod tests;
pub mod tls;

pub use credentials::Credentials;
pub use gate::Gate;
pub use measure::NetworkMetrics;

/// What Holt calls itself in `User-Agent`.
pub fn user_agent() -> String {
    let os = std::env::consts::OS;
    // The names that the reference uses.
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("Holt/{} ({os}/{architecture})", env!("CARGO_PKG_VERSION"))
}
