//! Settings of the `otlp` receiver (reference §2.1).

use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::values::{Duration, Optional};
use crate::net::settings::{
    Authentication, Cors, GrpcServerSettings, HttpServerSettings, Middleware, TlsServerSettings,
};

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Config {
    /// Protocols to listen for.
    pub(super) protocols: Protocols,
}

/// `protocols`: a protocol is on when its key is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Protocols {
    /// OTLP/gRPC.
    pub(super) grpc: Optional<GrpcServerSettings>,
    /// OTLP/HTTP.
    pub(super) http: Optional<HttpSettings>,
}

/// `protocols.http`: an HTTP server and the paths of the signals.
///
/// The server's keys stand beside the paths, and serde's `flatten` would lose their places, so they
/// are repeated here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct HttpSettings {
    pub(super) endpoint: String,
    transport: String,
    tls: Optional<TlsServerSettings>,
    cors: Optional<Cors>,
    auth: Option<Authentication>,
    max_request_body_size: i64,
    include_metadata: bool,
    response_headers: crate::config::values::Headers,
    compression_algorithms: Vec<String>,
    read_timeout: Duration,
    read_header_timeout: Duration,
    write_timeout: Duration,
    idle_timeout: Duration,
    keep_alives_enabled: bool,
    middlewares: Vec<Middleware>,
    pub(super) traces_url_path: String,
    pub(super) metrics_url_path: String,
    pub(super) logs_url_path: String,
}

impl Default for Config {
    fn default() -> Self {
        let grpc = GrpcServerSettings {
            endpoint: "localhost:4317".to_owned(),
            read_buffer_size: 512 << 10,
            ..GrpcServerSettings::default()
        };
        let protocols = Protocols {
            grpc: Optional::Default(grpc),
            http: Optional::Default(HttpSettings::default()),
        };
        Self { protocols }
    }
}

impl Default for Protocols {
    fn default() -> Self {
        Config::default().protocols
    }
}

impl Default for HttpSettings {
    fn default() -> Self {
        let server = HttpServerSettings::default();
        Self {
            endpoint: "localhost:4318".to_owned(),
            transport: server.transport,
            tls: server.tls,
            cors: server.cors,
            auth: server.auth,
            max_request_body_size: server.max_request_body_size,
            include_metadata: server.include_metadata,
            response_headers: server.response_headers,
            compression_algorithms: server.compression_algorithms,
            read_timeout: Duration::ZERO,
            read_header_timeout: Duration::ZERO,
            write_timeout: Duration::ZERO,
            idle_timeout: Duration::ZERO,
            keep_alives_enabled: server.keep_alives_enabled,
            middlewares: server.middlewares,
            traces_url_path: "/v1/traces".to_owned(),
            metrics_url_path: "/v1/metrics".to_owned(),
            logs_url_path: "/v1/logs".to_owned(),
        }
    }
}

impl HttpSettings {
    /// The part that every HTTP server has.
    pub(super) fn server(&self) -> HttpServerSettings {
        let settings = self.clone();
        HttpServerSettings {
            endpoint: settings.endpoint,
            transport: settings.transport,
            tls: settings.tls,
            cors: settings.cors,
            auth: settings.auth,
            max_request_body_size: settings.max_request_body_size,
            include_metadata: settings.include_metadata,
            response_headers: settings.response_headers,
            compression_algorithms: settings.compression_algorithms,
            read_timeout: settings.read_timeout,
            read_header_timeout: settings.read_header_timeout,
            write_timeout: settings.write_timeout,
            idle_timeout: settings.idle_timeout,
            keep_alives_enabled: settings.keep_alives_enabled,
            middlewares: settings.middlewares,
        }
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        let Protocols { grpc, http } = &self.protocols;
        if grpc.as_ref().is_none() && http.as_ref().is_none() {
            findings.refuse(
                &["protocols"],
                "no protocol is named",
                "add `grpc:` or `http:` below `protocols:`",
                "must specify at least one protocol when using the OTLP receiver",
            );
        }
        if let Some(grpc) = grpc.as_ref() {
            grpc.validate(&["protocols", "grpc"], findings);
        }
        if let Some(http) = http.as_ref() {
            http.server().validate(&["protocols", "http"], findings);
            let paths = [
                ("traces_url_path", &http.traces_url_path),
                ("metrics_url_path", &http.metrics_url_path),
                ("logs_url_path", &http.logs_url_path),
            ];
            for (key, path) in paths {
                if with_slash(path).parse::<http::uri::PathAndQuery>().is_err() {
                    findings.error(
                        &["protocols", "http", key],
                        "C003",
                        &format!("`{path}` is no path of a URL"),
                        "write a path such as `/v1/traces`",
                    );
                }
            }
        }
    }
}

/// A path with the slash that users may leave out.
pub(super) fn with_slash(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}
