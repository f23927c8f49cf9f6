//! Settings of the `file_storage` extension (reference §6).

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::values::Duration;

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Where everything is stored. One process at a time uses a directory.
    pub(super) directory: String,
    /// How long to wait for another process to give up the directory.
    pub(super) timeout: Duration,
    /// Whether a write waits until it is on the disk. Without, what is stored survives the end of the
    /// process, and not always that of the machine.
    pub(super) fsync: bool,
    /// Whether the directory is made when it is missing.
    pub(super) create_directory: bool,
    /// The permissions of a directory that is made, in octal digits.
    pub(super) directory_permissions: String,
    /// Most bytes that the queue of one exporter and signal takes; 0 is no limit.
    pub(super) max_size: i64,
    /// Whether a state that cannot be read is set aside and begun anew, instead of refusing to start.
    /// Queues always start.
    pub(super) recreate: bool,
    /// How the Go collector gives back room. Holt gives it back as soon as a segment is sent, so
    /// this changes nothing.
    pub(super) compaction: Compaction,
}

/// `compaction`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Compaction {
    /// Has no meaning for Holt.
    pub(super) directory: String,
    /// Has no meaning for Holt.
    pub(super) on_start: bool,
    /// Has no meaning for Holt.
    pub(super) on_rebound: bool,
    /// Has no meaning for Holt.
    pub(super) rebound_needed_threshold_mib: i64,
    /// Has no meaning for Holt.
    pub(super) rebound_trigger_threshold_mib: i64,
    /// Has no meaning for Holt.
    pub(super) max_transaction_size: i64,
    /// Has no meaning for Holt.
    pub(super) check_interval: Duration,
    /// Has no meaning for Holt.
    pub(super) cleanup_on_start: bool,
}

const DEFAULT_DIRECTORY: &str = "/var/lib/otelcol/file_storage";

impl Default for Config {
    fn default() -> Self {
        Self {
            directory: DEFAULT_DIRECTORY.to_owned(),
            timeout: Duration::from_secs(1),
            fsync: false,
            create_directory: false,
            directory_permissions: "0750".to_owned(),
            max_size: 0,
            recreate: false,
            compaction: Compaction::default(),
        }
    }
}

impl Default for Compaction {
    fn default() -> Self {
        Self {
            directory: DEFAULT_DIRECTORY.to_owned(),
            on_start: false,
            on_rebound: false,
            rebound_needed_threshold_mib: 100,
            rebound_trigger_threshold_mib: 10,
            max_transaction_size: 65_536,
            check_interval: Duration::from_secs(5),
            cleanup_on_start: false,
        }
    }
}

impl Config {
    /// The permissions of a new directory; `None` when they are no octal number.
    pub(super) fn permissions(&self) -> Option<u32> {
        u32::from_str_radix(&self.directory_permissions, 8).ok()
    }

    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        self.validate_directory(findings);
        if self.max_size < 0 {
            findings.refuse(
                &["max_size"],
                "a size cannot be negative",
                "write a number of bytes, or 0 for no limit",
                "max size cannot be less than 0",
            );
        }
        if self.create_directory {
            self.validate_permissions(findings);
        }
        self.validate_compaction(findings);
    }

    fn validate_directory(&self, findings: &mut Findings<'_>) {
        let directory = Path::new(&self.directory);
        match directory.metadata() {
            Ok(found) if found.is_dir() => {}
            Ok(_) => findings.refuse(
                &["directory"],
                &format!("`{}` is no directory", self.directory),
                "name a directory",
                &format!("{} is not a directory", self.directory),
            ),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if !self.create_directory {
                    findings.refuse(
                        &["directory"],
                        &format!("there is no directory `{}`", self.directory),
                        "make it, or set `create_directory: true`",
                        &format!(
                            "directory must exist: stat {}: no such file or directory. You can \
                             enable the create_directory option to automatically create it",
                            self.directory
                        ),
                    );
                }
            }
            Err(error) => findings.refuse(
                &["directory"],
                &format!("`{}` cannot be looked into: {error}", self.directory),
                "give the collector access to it",
                &format!("problem accessing configured directory: {}", self.directory),
            ),
        }
    }

    fn validate_permissions(&self, findings: &mut Findings<'_>) {
        let help = "write octal digits, such as \"0750\"";
        match self.permissions() {
            None => findings.refuse(
                &["directory_permissions"],
                &format!("`{}` is no octal number", self.directory_permissions),
                help,
                "directory_permissions value must be a valid octal representation",
            ),
            Some(bits) if bits & 0o777 != bits => findings.refuse(
                &["directory_permissions"],
                &format!("`{}` has more than the nine bits there are", self.directory_permissions),
                help,
                "directory_permissions contain invalid bits for file access",
            ),
            Some(_) => {}
        }
    }

    fn validate_compaction(&self, findings: &mut Findings<'_>) {
        let compaction = &self.compaction;
        if compaction.max_transaction_size < 0 {
            findings.refuse(
                &["compaction", "max_transaction_size"],
                "a size cannot be negative",
                "leave `compaction` out: Holt needs none",
                "max transaction size for compaction cannot be less than 0",
            );
        }
        if !compaction.on_rebound {
            return;
        }
        if compaction.check_interval <= Duration::ZERO {
            findings.refuse(
                &["compaction", "check_interval"],
                "it must be positive",
                "leave `compaction` out: Holt needs none",
                "compaction check interval must be positive when rebound compaction is set",
            );
        }
        let thresholds = [
            ("needed", "rebound_needed_threshold_mib", compaction.rebound_needed_threshold_mib),
            ("trigger", "rebound_trigger_threshold_mib", compaction.rebound_trigger_threshold_mib),
        ];
        for (name, key, value) in thresholds {
            if self.max_size > 0 && value.saturating_mul(1 << 20) > self.max_size {
                findings.refuse(
                    &["compaction", key],
                    "it is greater than `max_size`",
                    "leave `compaction` out: Holt needs none",
                    &format!("compaction rebound {name} threshold cannot be greater than max size"),
                );
            }
        }
    }
}
