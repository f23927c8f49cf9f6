//! Settings of the `batch` processor (reference §4.1).

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::values::Duration;

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Longest wait for more; 0 sends at once.
    pub(super) timeout: Duration,
    /// Items that are sent at once; 0 sends at once.
    pub(super) send_batch_size: u32,
    /// Most items of a batch; 0 is no limit.
    pub(super) send_batch_max_size: u32,
    /// Request metadata whose values are kept apart.
    pub(super) metadata_keys: Vec<String>,
    /// Most combinations of such values; 0 is no limit.
    pub(super) metadata_cardinality_limit: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            timeout: Duration::from_millis(200),
            send_batch_size: 8192,
            send_batch_max_size: 0,
            metadata_keys: Vec::new(),
            metadata_cardinality_limit: 1000,
        }
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        if self.timeout.is_negative() {
            findings.refuse(
                &["timeout"],
                "it is less than no time",
                "write a duration such as `200ms`, or 0 to send at once",
                "timeout must be greater or equal to 0",
            );
        }
        if self.send_batch_max_size > 0 && self.send_batch_max_size < self.send_batch_size {
            findings.refuse(
                &["send_batch_max_size"],
                &format!("it is smaller than `send_batch_size` ({})", self.send_batch_size),
                "make it at least as large, or 0 for no limit",
                "send_batch_max_size must be greater or equal to send_batch_size",
            );
        }
        let mut seen = HashSet::new();
        for key in &self.metadata_keys {
            if !seen.insert(key.to_ascii_lowercase()) {
                findings.refuse(
                    &["metadata_keys"],
                    &format!("`{key}` is given twice, letter case does not count"),
                    "remove one of them",
                    &format!(
                        "duplicate entry in metadata_keys: {:?} (case-insensitive)",
                        key.to_ascii_lowercase()
                    ),
                );
            }
        }
    }
}
