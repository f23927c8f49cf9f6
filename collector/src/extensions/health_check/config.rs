//! Settings of the `health_check` extension (reference §6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{Findings, WRONG_VALUE};
use crate::config::values::Duration;
use crate::net::settings::{HttpServerSettings, with_http_server};

with_http_server! {
    /// The whole section.
    pub(crate) struct Config(server_defaults()) {
        /// Where the endpoint answers.
        path: String = "/".to_owned(),
        /// Bodies instead of the usual ones.
        response_body: Option<ResponseBody> = None,
        /// Accepted and without effect, as in the reference.
        check_collector_pipeline: PipelineCheck = PipelineCheck::default(),
    }
}

fn server_defaults() -> HttpServerSettings {
    HttpServerSettings { endpoint: "localhost:13133".to_owned(), ..HttpServerSettings::default() }
}

/// `response_body`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct ResponseBody {
    /// The body when the collector is ready.
    pub(super) healthy: String,
    /// The body when it is not.
    pub(super) unhealthy: String,
}

/// `check_collector_pipeline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct PipelineCheck {
    /// Without effect.
    pub(super) enabled: bool,
    /// Without effect.
    pub(super) interval: Duration,
    /// Without effect.
    pub(super) exporter_failure_threshold: i64,
}

impl Default for PipelineCheck {
    fn default() -> Self {
        Self { enabled: false, interval: Duration::from_secs(300), exporter_failure_threshold: 5 }
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        self.server().validate(&[], findings);
        if !self.path.starts_with('/') {
            findings.refuse(
                &["path"],
                &format!("`{}` is no path", self.path),
                "start it with a slash, for example `/health`",
                "path must start with /",
            );
        }
        if self.check_collector_pipeline.enabled {
            findings.warn(
                &["check_collector_pipeline"],
                WRONG_VALUE,
                "it has no effect, in the Go collector neither",
                "remove it",
            );
        }
    }
}
