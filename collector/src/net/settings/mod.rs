//! Settings that network components share, as users write them: `configgrpc`, `confighttp` and
//! `configtls` of the reference (§2.2, §2.4-2.6). Decoded settings enter; findings and the options
//! of the network stacks leave.

mod grpc_server;
mod http_server;
mod shared;
mod tls;

pub use grpc_server::{GrpcServerSettings, KeepaliveServer};
pub(crate) use http_server::with_http_server;
pub use http_server::{Cors, HttpServerSettings};
pub use shared::{Authentication, Dialer, Middleware};
pub use tls::{TlsClientSettings, TlsServerSettings};

pub(crate) use shared::{check_not_negative, refuse_middlewares};
