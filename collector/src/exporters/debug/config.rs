//! Settings of the `debug` exporter (`README` of the reference's debugexporter).

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::component::Findings;
use crate::config::de::deserialize_parsed;
use crate::config::values::Optional;
use crate::queue::QueueSettings;

/// How much is written about a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(extend("x-any-case" = true))]
pub(super) enum Verbosity {
    /// One line with counts.
    #[default]
    Basic,
    /// And a line for each record.
    Normal,
    /// And every field.
    Detailed,
}

impl<'de> Deserialize<'de> for Verbosity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_parsed(deserializer, |text| match text.to_ascii_lowercase().as_str() {
            "basic" => Ok(Self::Basic),
            "normal" => Ok(Self::Normal),
            "detailed" => Ok(Self::Detailed),
            _ => Err((
                format!("unknown verbosity `{text}`"),
                "write `basic`, `normal` or `detailed`".to_owned(),
            )),
        })
    }
}

/// Settings of the `debug` exporter.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// How much is written.
    pub(super) verbosity: Verbosity,
    /// How many equal messages are written in a second before `sampling_thereafter` counts.
    pub(super) sampling_initial: i64,
    /// Of further equal messages every how manieth is written; 0 is none.
    pub(super) sampling_thereafter: i64,
    /// Whether to write to the log of the process instead of `output_paths`.
    pub(super) use_internal_logger: bool,
    /// `stdout`, `stderr` or files that are appended to; `stdout` when there are none.
    pub(super) output_paths: Option<Vec<String>>,
    /// A queue before the output; without one, whoever sends waits until it is written.
    pub(super) sending_queue: Optional<QueueSettings>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            verbosity: Verbosity::Basic,
            sampling_initial: 2,
            sampling_thereafter: 1,
            use_internal_logger: true,
            output_paths: None,
            sending_queue: Optional::Default(QueueSettings::default()),
        }
    }
}

impl Config {
    /// Reports settings that exclude each other.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        match (self.use_internal_logger, self.output_paths.as_deref()) {
            (true, Some(_)) => findings.refuse(
                &["output_paths"],
                "it has no effect while the log of the process is written to",
                "add `use_internal_logger: false`, or remove `output_paths`",
                "output_paths is not supported when use_internal_logger is true",
            ),
            (false, Some([])) => findings.refuse(
                &["output_paths"],
                "there is nowhere to write to",
                "name `stdout`, `stderr` or a file, or remove the key for `stdout`",
                "output_paths must not be empty when use_internal_logger is false",
            ),
            _ => {}
        }
        if let Some(queue) = self.sending_queue.as_ref() {
            queue.validate(&["sending_queue"], findings);
        }
    }
}
