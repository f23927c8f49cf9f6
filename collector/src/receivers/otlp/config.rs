//! Settings of the `otlp` receiver (reference §2.1).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{Findings, WRONG_VALUE};
use crate::config::values::{Duration, Optional};
use crate::net::settings::{GrpcServerSettings, HttpServerSettings, with_http_server};

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Protocols to listen for.
    pub(super) protocols: Protocols,
}

/// `protocols`: a protocol is on when its key is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Protocols {
    /// OTLP/gRPC.
    pub(super) grpc: Optional<GrpcServerSettings>,
    /// OTLP/HTTP.
    pub(super) http: Optional<HttpSettings>,
}

with_http_server! {
    /// `protocols.http`: an HTTP server and the paths of the signals.
    pub(super) struct HttpSettings(server_defaults()) {
        /// The path of traces.
        traces_url_path: String = "/v1/traces".to_owned(),
        /// The path of metrics.
        metrics_url_path: String = "/v1/metrics".to_owned(),
        /// The path of logs.
        logs_url_path: String = "/v1/logs".to_owned(),
    }
}

/// The receiver has its own defaults for a server: no time limits.
fn server_defaults() -> HttpServerSettings {
    HttpServerSettings {
        endpoint: "localhost:4318".to_owned(),
        read_header_timeout: Duration::ZERO,
        write_timeout: Duration::ZERO,
        idle_timeout: Duration::ZERO,
        ..HttpServerSettings::default()
    }
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
                        WRONG_VALUE,
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
