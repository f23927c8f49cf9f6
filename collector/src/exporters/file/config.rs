//! Settings of the `file` exporter (reference §5.2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rotate::Rotation;
use crate::component::Findings;
use crate::config::ids::ComponentId;
use crate::config::values::{Duration, Optional};

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// The file, from the directory that the collector runs in; required. With `group_by` it holds
    /// one `*`.
    pub(super) path: String,
    /// Whether what the file holds stays when the collector starts. Not with `rotation`, which keeps
    /// it anyway.
    pub(super) append: bool,
    /// Renaming of files that become large, on when the key is there.
    pub(super) rotation: Optional<RotationSettings>,
    /// `json` for a request a line, `proto` for requests with their length in front.
    pub(super) format: String,
    /// An extension that encodes in place of `format`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) encoding: Option<ComponentId>,
    /// `zstd`, or nothing. Each request is compressed by itself, with its length in front.
    pub(super) compression: String,
    /// How hard to compress.
    pub(super) compression_params: CompressionParams,
    /// Accepted without effect: every request is written at once.
    pub(super) flush_interval: Duration,
    /// A file for each value of a resource attribute.
    pub(super) group_by: GroupBy,
    /// Whether the directory of the file is made at the start.
    pub(super) create_directory: bool,
    /// Permissions of directories that are made, in octal digits; `0755` when empty.
    pub(super) directory_permissions: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            path: String::new(),
            append: false,
            rotation: Optional::Default(RotationSettings::default()),
            format: "json".to_owned(),
            encoding: None,
            compression: String::new(),
            compression_params: CompressionParams::default(),
            flush_interval: Duration::from_secs(1),
            group_by: GroupBy::default(),
            create_directory: false,
            directory_permissions: String::new(),
        }
    }
}

/// `rotation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct RotationSettings {
    /// Size in MiB before which a file is renamed; 0 for 100.
    pub(super) max_megabytes: u32,
    /// Days that renamed files are kept; 0 for all time.
    pub(super) max_days: u32,
    /// Most renamed files that are kept; 0 for all.
    pub(super) max_backups: u32,
    /// Whether names of renamed files have the local time in place of UTC.
    pub(super) localtime: bool,
}

impl Default for RotationSettings {
    fn default() -> Self {
        Self { max_megabytes: 0, max_days: 0, max_backups: 100, localtime: false }
    }
}

/// `compression_params`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct CompressionParams {
    /// 1 for the fastest to 22 for the smallest; 0 for the usual.
    pub(super) level: i32,
}

/// `group_by`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct GroupBy {
    /// Whether there is a file for each value.
    pub(super) enabled: bool,
    /// The resource attribute whose text takes the place of the `*`; resources without it are
    /// dropped.
    pub(super) resource_attribute: String,
    /// Most files that are open at a time.
    pub(super) max_open_files: u32,
}

impl Default for GroupBy {
    fn default() -> Self {
        let resource_attribute = "fileexporter.path_segment".to_owned();
        Self { enabled: false, resource_attribute, max_open_files: 100 }
    }
}

/// The gate behind which a file is compressed as a whole.
pub(super) const COMPRESSED_FILES: &str = "exporter.file.nativeCompression";

impl Config {
    /// Reports what is wrong. `compresses_files` tells whether the gate for that is on.
    pub(super) fn validate(&self, findings: &mut Findings<'_>, compresses_files: bool) {
        if self.path.is_empty() {
            findings.refuse(
                &["path"],
                "there is no path",
                "name the file: `path: /var/lib/telemetry.jsonl`",
                "path must be non-empty",
            );
        }
        if self.append && self.rotation.is_some() {
            findings.refuse(
                &["append"],
                "it cannot be used with `rotation`",
                "remove it: with `rotation`, what a file holds stays",
                "append and rotation enabled at the same time is not supported",
            );
        }
        if !["json", "proto"].contains(&self.format.as_str()) {
            findings.refuse(
                &["format"],
                &format!("`{}` is no format", self.format),
                "write `json` or `proto`",
                "format type is not supported",
            );
        }
        if let Some(encoding) = &self.encoding {
            findings.not_supported_yet(
                &["encoding"],
                &format!("encoding by `{encoding}`"),
                "remove it and choose a `format`",
            );
        }
        self.validate_compression(findings, compresses_files);
        if self.flush_interval.is_negative() {
            findings.refuse(
                &["flush_interval"],
                "it is less than no time",
                "leave it out: it has no effect",
                "flush_interval must be larger than zero",
            );
        }
        if self.group_by.enabled {
            self.validate_groups(findings);
        }
        self.validate_permissions(findings);
    }

    fn validate_compression(&self, findings: &mut Findings<'_>, compresses_files: bool) {
        match self.compression.as_str() {
            "" => {}
            "zstd" => {
                let level = self.compression_params.level;
                if !(-7..=22).contains(&level) {
                    findings.refuse(
                        &["compression_params", "level"],
                        &format!("zstd has no level {level}"),
                        "write a level from 1 to 22",
                        &format!(
                            "invalid compression_params: unsupported parameters {{Level:{level}}} \
                             for compression type \"zstd\""
                        ),
                    );
                }
                if compresses_files {
                    findings.not_supported_yet(
                        &["compression"],
                        &format!("compressing a file as a whole ({COMPRESSED_FILES})"),
                        "run without the feature gate: each request is then compressed by itself",
                    );
                }
            }
            other => findings.refuse(
                &["compression"],
                &format!("`{other}` is no compression of files"),
                "write `zstd`, or remove the key",
                "compression is not supported",
            ),
        }
    }

    fn validate_groups(&self, findings: &mut Findings<'_>) {
        let mut refuse = |key: &[&str], what: &str, help: &str, reference: &str| {
            findings.refuse(key, what, help, reference);
        };
        if self.path.matches('*').count() != 1 {
            refuse(
                &["path"],
                "with `group_by`, a path holds one `*`",
                "write `*` where the attribute's value belongs",
                "path must contain exactly one * when group_by is enabled",
            );
        } else if self.path.starts_with('*') {
            refuse(
                &["path"],
                "with `group_by`, a path does not start with `*`",
                "write a directory before it",
                "path must not start with * when group_by is enabled",
            );
        }
        if self.group_by.resource_attribute.is_empty() {
            refuse(
                &["group_by", "resource_attribute"],
                "there is no attribute to group by",
                "name a resource attribute",
                "resource_attribute must not be empty when group_by is enabled",
            );
        }
        if self.group_by.max_open_files == 0 {
            refuse(
                &["group_by", "max_open_files"],
                "without an open file nothing can be written",
                "write a number above 0",
                "must provide a positive size",
            );
        }
    }

    fn validate_permissions(&self, findings: &mut Findings<'_>) {
        let text = self.directory_permissions.as_str();
        if text.is_empty() {
            return;
        }
        let key = ["directory_permissions"];
        if !self.create_directory {
            findings.refuse(
                &key,
                "no directory is made",
                "set `create_directory: true`, or remove the key",
                "directory_permissions requires create_directory to be true",
            );
            return;
        }
        match u32::from_str_radix(text, 8) {
            Err(_) => findings.refuse(
                &key,
                &format!("`{text}` is not a number in octal digits"),
                "write permissions such as \"0755\"",
                "directory_permissions value must be a valid octal representation",
            ),
            Ok(bits) if bits > 0o777 => findings.refuse(
                &key,
                &format!("`{text}` has bits that are no permissions"),
                "write permissions up to \"0777\"",
                "directory_permissions contain invalid bits for file access",
            ),
            Ok(_) => {}
        }
    }

    /// Permissions of directories that are made.
    pub(super) fn permissions(&self) -> u32 {
        u32::from_str_radix(&self.directory_permissions, 8).unwrap_or(0o755)
    }

    /// How files are renamed, if they are.
    pub(super) fn rotation(&self) -> Option<Rotation> {
        let settings = self.rotation.as_ref()?;
        let megabytes = if settings.max_megabytes == 0 { 100 } else { settings.max_megabytes };
        Some(Rotation {
            most_bytes: u64::from(megabytes) << 20,
            most_days: settings.max_days,
            most_files: settings.max_backups as usize,
            local_time: settings.localtime,
        })
    }
}
