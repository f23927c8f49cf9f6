//! The ordinary forwarder to compare with: decodes every request with prost, encodes it again,
//! and sends it on.
//!
//! gRPC in leaves as gRPC through tonic's server, its standard prost codec and its client; HTTP in
//! leaves as HTTP. No queue, no retry, no metrics: whatever a real collector does besides, this
//! one does not, so the comparison favours it. A request is answered when the backend answered.

mod edit;
mod grpc;
mod http;
mod message;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::http2::Http2;
use crate::server::Server;

pub use edit::Edit;

/// Largest request, decoded; the same for both transports.
const MESSAGE_LIMIT: usize = 256 << 20;

/// What the forwarder listens to, where it sends and what it does in between.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address to receive gRPC on.
    pub grpc: Option<String>,
    /// Address to receive HTTP on.
    pub http: Option<String>,
    /// `host:port` to send to, by the transport that a request came with.
    pub to: String,
    /// gRPC connections to the backend. HTTP opens as many as it has requests in flight.
    pub connections: usize,
    /// Compress what goes out with gzip.
    pub gzip: bool,
    /// A change to every matching record, on the decoded message.
    pub edit: Option<Edit>,
    /// Windows and frame size of server and client.
    pub http2: Http2,
}

/// Why the forwarder does not start.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// An address cannot be bound.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
    /// The backend's address is none.
    #[error("`{to}` is not an address of the form host:port: {reason}")]
    Address {
        /// As given.
        to: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing to do.
    #[error("give an address to listen on with --listen or --listen-http")]
    NoListener,
}

/// A running forwarder; dropping it closes its ports.
pub struct Baseline {
    /// The address bound for gRPC.
    pub grpc: Option<SocketAddr>,
    /// The address bound for HTTP.
    pub http: Option<SocketAddr>,
    _tasks: JoinSet<()>,
    _http: Option<Server>,
}

/// Starts the forwarder. The backend is connected to on first use.
pub async fn start(options: &Options) -> Result<Baseline, BaselineError> {
    if options.grpc.is_none() && options.http.is_none() {
        return Err(BaselineError::NoListener);
    }
    let mut tasks = JoinSet::new();
    let mut grpc_address = None;
    if let Some(address) = &options.grpc {
        let backend = grpc::Backend::new(options)?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| std::io::Error::new(error.kind(), format!("{address}: {error}")))?;
        grpc_address = Some(listener.local_addr()?);
        tasks.spawn(grpc::serve(listener, options.http2, backend));
    }
    let mut http_server = None;
    if let Some(address) = &options.http {
        let forwarder = Arc::new(http::Forwarder::new(options)?);
        http_server = Some(Server::start(address, options.http2, forwarder).await?);
    }
    Ok(Baseline {
        grpc: grpc_address,
        http: http_server.as_ref().map(Server::address),
        _tasks: tasks,
        _http: http_server,
    })
}
