//! Settings of the `failover` connector. See its README in OpenTelemetry Collector Contrib.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::codes::WRONG_VALUE;
use crate::component::{Findings, MISSING_KEY};
use crate::config::values::{Duration, Optional, Text};
use crate::queue::QueueSettings;

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Lists of pipelines, the preferred one first. All pipelines of a list get everything that it
    /// gets; when one of them refuses, the next list takes over.
    pub(super) priority_levels: Vec<Vec<Text>>,
    /// Time between attempts to return to a list that is preferred.
    pub(super) retry_interval: Duration,
    /// Accepted without effect: lists that are preferred are tried one after the other at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retry_gap: Option<Duration>,
    /// Accepted without effect: there is no end to attempts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_retries: Option<i64>,
    /// A queue before the pipelines; off unless the key is there.
    pub(super) sending_queue: Optional<QueueSettings>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            priority_levels: Vec::new(),
            retry_interval: Duration::from_secs(600),
            retry_gap: None,
            max_retries: None,
            sending_queue: Optional::Default(QueueSettings::default()),
        }
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        if self.priority_levels.is_empty() {
            findings.error(
                &["priority_levels"],
                MISSING_KEY,
                "there are no pipelines",
                "write lists of pipelines: `priority_levels: [[traces/first], [traces/second]]`",
            );
        }
        if self.retry_interval <= Duration::ZERO {
            findings.refuse(
                &["retry_interval"],
                "the time between attempts must be positive",
                "write a duration such as `10m`",
                "Retry interval must be positive",
            );
        }
        for level in &self.priority_levels {
            if level.is_empty() {
                findings.refuse(
                    &["priority_levels"],
                    "a list is empty",
                    "name a pipeline in it or remove it",
                    "missing consumers",
                );
            }
            for name in level {
                if let Err(error) = name.parse::<crate::config::ids::PipelineId>() {
                    findings.refuse(
                        &["priority_levels"],
                        &format!("`{name}` is no pipeline: {error}"),
                        "name one as in `service`",
                        &error.to_string(),
                    );
                }
            }
        }
        for key in ["retry_gap", "max_retries"] {
            if findings.is_written(&[key]) {
                findings.warn(
                    &[key],
                    WRONG_VALUE,
                    "it has no effect",
                    "remove it: it is deprecated",
                );
            }
        }
        if let Some(queue) = self.sending_queue.as_ref() {
            queue.validate(&["sending_queue"], findings);
        }
    }
}
