//! Settings of gRPC servers (reference §2.2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Authentication, Dialer, Middleware, TlsServerSettings, check_not_negative, refuse_middlewares,
};
use crate::component::{Findings, Host, StartError, WRONG_VALUE};
use crate::config::values::{Duration, Optional};
use crate::net::grpc::server::ServerOptions;
use crate::net::listen::{Listener, Transport, split_host_port};
use crate::net::{Gate, NetworkMetrics};

/// A gRPC server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GrpcServerSettings {
    /// Where to listen.
    pub endpoint: String,
    /// Kind of socket.
    pub transport: String,
    /// Not used by servers.
    pub dialer: Dialer,
    /// TLS.
    pub tls: Optional<TlsServerSettings>,
    /// Largest message in MiB; 0 is the default of 4.
    pub max_recv_msg_size_mib: i64,
    /// Most calls of a connection at a time; 0 is 256.
    pub max_concurrent_streams: u32,
    /// A hint for Go's buffers; Holt reads as much as there is.
    pub read_buffer_size: i64,
    /// A hint for Go's buffers.
    pub write_buffer_size: i64,
    /// Timings of connections.
    pub keepalive: Optional<KeepaliveServer>,
    /// Authentication of clients.
    pub auth: Option<Authentication>,
    /// Whether request metadata goes along with the telemetry.
    pub include_metadata: bool,
    /// Extensions that see every request.
    pub middlewares: Vec<Middleware>,
}

impl Default for GrpcServerSettings {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            transport: "tcp".to_owned(),
            dialer: Dialer::default(),
            tls: Optional::None,
            max_recv_msg_size_mib: 0,
            max_concurrent_streams: 0,
            read_buffer_size: 0,
            write_buffer_size: 0,
            keepalive: Optional::None,
            auth: None,
            include_metadata: false,
            middlewares: Vec::new(),
        }
    }
}

/// `keepalive` of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct KeepaliveServer {
    /// What the server does.
    pub server_parameters: KeepaliveParameters,
    /// What the server demands of clients.
    pub enforcement_policy: KeepaliveEnforcement,
}

/// `keepalive.server_parameters`; 0 is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct KeepaliveParameters {
    /// Idle connections are closed after this time; by default never.
    pub max_connection_idle: Duration,
    /// Connections are closed after this time; by default never.
    pub max_connection_age: Duration,
    /// Open calls of such connections have this long; by default forever.
    pub max_connection_age_grace: Duration,
    /// Quiet connections are probed after this time; by default 2 hours.
    pub time: Duration,
    /// Probes must be answered within this time; by default 20 s.
    pub timeout: Duration,
}

/// `keepalive.enforcement_policy`. Accepted; Holt does not punish clients that probe often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct KeepaliveEnforcement {
    /// Least time between probes of a client.
    pub min_time: Duration,
    /// Whether clients may probe without open calls.
    pub permit_without_stream: bool,
}

/// Every open stream may hold a message.
const DEFAULT_STREAMS: u32 = 256;
const DEFAULT_MESSAGE_SIZE_MIB: usize = 4;
/// So that the size in bytes is a size of memory.
const MAX_MESSAGE_SIZE_MIB: i64 = i64::MAX >> 20;

impl GrpcServerSettings {
    /// Reports what is wrong with the settings at `keys`.
    pub fn validate(&self, keys: &[&str], findings: &mut Findings<'_>) {
        check_endpoint(&self.endpoint, &self.transport, keys, findings);
        if let Some(tls) = self.tls.as_ref() {
            tls.validate(&[keys, &["tls"]].concat(), findings);
        }
        let size = self.max_recv_msg_size_mib;
        if !(0..=MAX_MESSAGE_SIZE_MIB).contains(&size) {
            findings.refuse(
                &[keys, &["max_recv_msg_size_mib"]].concat(),
                &format!("{size} MiB is out of range"),
                "write a positive number of MiB, or 0 for the default of 4",
                &format!(
                    "invalid max_recv_msg_size_mib value, must be between 1 and \
                     {MAX_MESSAGE_SIZE_MIB}: {size}"
                ),
            );
        }
        check_not_negative(self.read_buffer_size, keys, "read_buffer_size", findings);
        check_not_negative(self.write_buffer_size, keys, "write_buffer_size", findings);
        refuse_middlewares(&self.middlewares, keys, findings);
    }

    /// The kind of socket; valid settings always have one.
    fn transport(&self) -> Transport {
        Transport::from_name(&self.transport).unwrap_or_default()
    }

    /// Listens, and prepares TLS and authentication. `owner` names the component and the protocol,
    /// such as `receiver otlp grpc`.
    /// Requests are told of in `metrics`.
    ///
    /// # Errors
    /// When the socket, the certificates or the authenticator are not to be had.
    pub async fn open(
        &self,
        host: &Host,
        owner: &str,
        metrics: &NetworkMetrics,
    ) -> Result<(Listener, ServerOptions), StartError> {
        let mut options = self.plain_options();
        options.metrics = metrics.clone();
        if let Some(tls) = self.tls.as_ref() {
            options.tls = Some(tls.acceptor(&[b"h2"]).map_err(StartError)?);
        }
        options.gate = Gate::of(self.auth.as_ref(), host)?;
        let listener = Listener::shared(host, self.transport(), &self.endpoint, owner)
            .await
            .map_err(StartError::of)?;
        Ok((listener, options))
    }

    /// Bounds and timings for the server, without TLS and authentication.
    fn plain_options(&self) -> ServerOptions {
        let defaults = ServerOptions::default();
        let keepalive = self.keepalive.as_ref().map(|keepalive| &keepalive.server_parameters);
        let time = |read: fn(&KeepaliveParameters) -> Duration| {
            keepalive.map(read).filter(|time| !time.is_zero()).map(Duration::to_std)
        };
        let mib = match usize::try_from(self.max_recv_msg_size_mib) {
            Ok(0) | Err(_) => DEFAULT_MESSAGE_SIZE_MIB,
            Ok(mib) => mib,
        };
        ServerOptions {
            tls: None,
            gate: None,
            max_message_size: mib.saturating_mul(1 << 20),
            max_concurrent_streams: Some(match self.max_concurrent_streams {
                0 => DEFAULT_STREAMS,
                most => most,
            }),
            handshake_timeout: defaults.handshake_timeout,
            max_connection_idle: time(|keepalive| keepalive.max_connection_idle),
            max_connection_age: time(|keepalive| keepalive.max_connection_age),
            max_connection_age_grace: time(|keepalive| keepalive.max_connection_age_grace),
            keepalive_time: time(|keepalive| keepalive.time).unwrap_or(defaults.keepalive_time),
            keepalive_timeout: time(|keepalive| keepalive.timeout)
                .unwrap_or(defaults.keepalive_timeout),
            metrics: defaults.metrics,
        }
    }
}

/// Reports what is wrong with the endpoint of a listening socket.
pub(super) fn check_endpoint(
    endpoint: &str,
    transport: &str,
    keys: &[&str],
    findings: &mut Findings<'_>,
) {
    let Some(kind) = Transport::from_name(transport) else {
        let known = ["udp", "udp4", "udp6", "ip", "ip4", "ip6", "unixgram", "unixpacket", "npipe"];
        if known.contains(&transport) {
            findings.not_supported_yet(
                &[keys, &["transport"]].concat(),
                &format!("the transport `{transport}`"),
                "write `tcp`, `tcp4`, `tcp6` or `unix`",
            );
        } else {
            findings.refuse(
                &[keys, &["transport"]].concat(),
                &format!("`{transport}` is no transport"),
                "write `tcp`, `tcp4`, `tcp6` or `unix`",
                &format!("invalid transport type {transport:?}"),
            );
        }
        return;
    };
    let endpoint_keys = [keys, &["endpoint"]].concat();
    if kind == Transport::Unix {
        if endpoint.is_empty() {
            let help = "write the path of the socket";
            findings.error(&endpoint_keys, WRONG_VALUE, "the path is empty", help);
        }
    } else if let Err(error) = split_host_port(endpoint) {
        findings.error(
            &endpoint_keys,
            WRONG_VALUE,
            &error.to_string(),
            "write `host:port`, for example `localhost:4317`, or `0.0.0.0:4317` for all interfaces",
        );
    }
}
