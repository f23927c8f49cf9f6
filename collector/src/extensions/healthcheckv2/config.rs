//! Settings of the `healthcheckv2` extension (reference §6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::values::{Duration, Optional};
use crate::net::settings::{GrpcServerSettings, HttpServerSettings, with_http_server};

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Health over HTTP.
    pub(super) http: Optional<HttpConfig>,
    /// Health over gRPC, by the usual protocol `grpc.health.v1.Health`.
    pub(super) grpc: Optional<GrpcServerSettings>,
    /// Which errors of components make the collector unhealthy.
    pub(super) component_health: Option<ComponentHealth>,
    /// Must be `true`, which it is when `http` or `grpc` is there: the older behaviour is that of
    /// `health_check`.
    pub(super) use_v2: bool,
}

impl Default for Config {
    fn default() -> Self {
        let grpc = GrpcServerSettings {
            endpoint: "localhost:13132".to_owned(),
            ..GrpcServerSettings::default()
        };
        Self {
            http: Optional::Default(HttpConfig::default()),
            grpc: Optional::Default(grpc),
            component_health: None,
            use_v2: true,
        }
    }
}

with_http_server! {
    /// Health over HTTP.
    pub(super) struct HttpConfig(server_defaults()) {
        /// The page with the health.
        status: StatusPage = StatusPage::default(),
        /// The page with the configuration.
        config: ConfigPage = ConfigPage::default(),
    }
}

fn server_defaults() -> HttpServerSettings {
    HttpServerSettings {
        endpoint: "localhost:13133".to_owned(),
        read_header_timeout: Duration::ZERO,
        write_timeout: Duration::ZERO,
        idle_timeout: Duration::ZERO,
        ..HttpServerSettings::default()
    }
}

/// `http.status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct StatusPage {
    /// Whether there is the page.
    pub(super) enabled: bool,
    /// Its path.
    pub(super) path: String,
    /// Whether it shows attributes that components attach to their state; no component does.
    pub(super) include_attributes: bool,
}

impl Default for StatusPage {
    fn default() -> Self {
        Self { enabled: true, path: "/status".to_owned(), include_attributes: false }
    }
}

/// `http.config`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct ConfigPage {
    /// Whether there is the page.
    pub(super) enabled: bool,
    /// Its path.
    pub(super) path: String,
    /// Without effect, as in the reference.
    pub(super) include_attributes: bool,
}

impl Default for ConfigPage {
    fn default() -> Self {
        Self { enabled: false, path: "/config".to_owned(), include_attributes: false }
    }
}

/// `component_health`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct ComponentHealth {
    /// Whether an error that stays makes the collector unhealthy.
    pub(super) include_permanent_errors: bool,
    /// Whether an error that may pass makes the collector unhealthy, once it has lasted for
    /// `recovery_duration`.
    pub(super) include_recoverable_errors: bool,
    /// How long an error may last that may pass.
    pub(super) recovery_duration: Duration,
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        if !self.use_v2 {
            findings.refuse(
                &["use_v2"],
                "without it the extension behaves as `health_check`",
                "use the extension `health_check`, or take `use_v2: false` away",
                "must specify at least one protocol",
            );
            return;
        }
        if !self.http.is_some() && !self.grpc.is_some() {
            findings.refuse(
                &[],
                "nothing says over which protocol health is told",
                "write `http:` or `grpc:`, or both",
                "must specify at least one protocol",
            );
        }
        if let Some(http) = self.http.as_ref() {
            if http.server().endpoint.is_empty() {
                findings.refuse(
                    &["http", "endpoint"],
                    "it is empty",
                    "write `host:port`, or leave it out for `localhost:13133`",
                    "http endpoint required",
                );
            } else {
                http.server().validate(&["http"], findings);
            }
            let pages = [
                ("status", http.status.enabled, &http.status.path),
                ("config", http.config.enabled, &http.config.path),
            ];
            for (page, enabled, path) in pages {
                if enabled && !path.starts_with('/') {
                    findings.refuse(
                        &["http", page, "path"],
                        &format!("`{path}` is no path"),
                        "start it with a slash",
                        "path must start with /",
                    );
                }
            }
        }
        if let Some(grpc) = self.grpc.as_ref() {
            if grpc.endpoint.is_empty() {
                findings.refuse(
                    &["grpc", "endpoint"],
                    "it is empty",
                    "write `host:port`, or leave it out for `localhost:13132`",
                    "grpc endpoint required",
                );
            } else {
                grpc.validate(&["grpc"], findings);
            }
        }
    }
}
