//! Settings of the `otlpjsonfile` receiver. See its README in OpenTelemetry Collector Contrib.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::ids::ComponentId;
use crate::config::values::Duration;

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Patterns of files to read: `*` is any name, `**` any directories; required.
    pub(super) include: Vec<String>,
    /// Patterns of files among these that are not read.
    pub(super) exclude: Vec<String>,
    /// `beginning` or `end`: where reading begins of files that are there at the start.
    pub(super) start_at: String,
    /// Time between looks at the files.
    pub(super) poll_interval: Duration,
    /// Time after which a last line counts without its line break; 0 is never.
    pub(super) force_flush_period: Duration,
    /// `gzip`, `auto` for files that end in `.gz`, or nothing.
    pub(super) compression: String,
    /// Whether files are read from the beginning at every look.
    pub(super) replay_file: bool,
    /// The extension that remembers how far files have been read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) storage: Option<ComponentId>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            include: Vec::new(),
            exclude: Vec::new(),
            start_at: "end".to_owned(),
            poll_interval: Duration::from_millis(200),
            force_flush_period: Duration::from_millis(500),
            compression: String::new(),
            replay_file: false,
            storage: None,
        }
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        if self.include.is_empty() {
            findings.refuse(
                &["include"],
                "there are no files to read",
                "name them: `include: [/var/lib/telemetry/*.jsonl]`",
                "required argument `include` is empty",
            );
        }
        for (key, patterns) in [("include", &self.include), ("exclude", &self.exclude)] {
            for pattern in patterns {
                if let Err(error) = glob::Pattern::new(pattern) {
                    findings.refuse(
                        &[key],
                        &format!("`{pattern}` is no pattern: {error}"),
                        "`*` is any name, `**` any directories",
                        &format!("parse {key} glob: syntax error in pattern"),
                    );
                }
            }
        }
        if !["beginning", "end"].contains(&self.start_at.as_str()) {
            findings.refuse(
                &["start_at"],
                &format!("`{}` is no place to start at", self.start_at),
                "write `beginning` or `end`",
                &format!("invalid start_at location '{}'", self.start_at),
            );
        }
        if self.poll_interval <= Duration::ZERO {
            findings.refuse(
                &["poll_interval"],
                "the time between looks must be positive",
                "write a duration such as `200ms`",
                "'poll_interval' must be positive",
            );
        }
        if !["", "gzip", "auto"].contains(&self.compression.as_str()) {
            findings.refuse(
                &["compression"],
                &format!("`{}` is no compression of files", self.compression),
                "write `gzip` or `auto`, or remove the key",
                &format!("unsupported compression type {:?}", self.compression),
            );
        }
    }
}
