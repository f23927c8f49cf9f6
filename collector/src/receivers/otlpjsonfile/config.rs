//! Settings of the `otlpjsonfile` receiver. See its README in OpenTelemetry Collector Contrib.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::Findings;
use crate::config::ids::ComponentId;
use crate::config::values::Duration;
use crate::config::yaml::{Kind, Node, ScalarValue};

/// The whole section.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
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
    /// Files that have not changed for so long are not read; 0 for no such bound.
    pub(super) exclude_older_than: Duration,
    /// Whether telemetry gets the name of its file, as `log.file.name`.
    pub(super) include_file_name: bool,
    /// Whether telemetry gets the path of its file, as `log.file.path`.
    pub(super) include_file_path: bool,
    /// As `include_file_name`, of the file that a link leads to: `log.file.name_resolved`.
    pub(super) include_file_name_resolved: bool,
    /// As `include_file_path`, of the file that a link leads to: `log.file.path_resolved`.
    pub(super) include_file_path_resolved: bool,
    /// Bytes at its beginning that a file is known by; always 1000. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fingerprint_size: Option<Node>,
    /// The longest line. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_log_size: Option<Node>,
    /// What becomes of lines that are longer. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_log_size_behavior: Option<Node>,
    /// The encoding of files, `utf-8`. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) encoding: Option<Node>,
    /// Requests of several lines. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) multiline: Option<Node>,
    /// Metadata at the beginning of files. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) header: Option<Node>,
    /// Whether files are removed once they have been read. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delete_after_read: Option<Node>,
    /// Which of the files are read, by their names. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ordering_criteria: Option<Node>,
    /// Whether telemetry gets the number of its line. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include_file_record_number: Option<Node>,
    /// Whether telemetry gets the place of its line. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include_file_record_offset: Option<Node>,
    /// Whether telemetry gets the owner of its file. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include_file_owner_name: Option<Node>,
    /// Whether telemetry gets the group of its file. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include_file_owner_group_name: Option<Node>,
    /// Whether telemetry gets the permissions of its file. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include_file_permissions: Option<Node>,
    /// What becomes of files that are emptied: they are read from their beginning. Not supported yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on_truncate: Option<Node>,
    /// Accepted without effect: all files are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_concurrent_files: Option<Node>,
    /// Accepted without effect: all files are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_batches: Option<Node>,
    /// Accepted without effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) initial_buffer_size: Option<Node>,
    /// Accepted without effect: files are known while they are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) polls_to_archive: Option<Node>,
    /// Accepted without effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) acquire_fs_lock: Option<Node>,
    /// Accepted without effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file_cache_advise: Option<Node>,
    /// Accepted without effect: white space means nothing in JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) preserve_leading_whitespaces: Option<Node>,
    /// Accepted without effect: white space means nothing in JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) preserve_trailing_whitespaces: Option<Node>,
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
            exclude_older_than: Duration::ZERO,
            include_file_name: true,
            include_file_path: false,
            include_file_name_resolved: false,
            include_file_path_resolved: false,
            fingerprint_size: None,
            max_log_size: None,
            max_log_size_behavior: None,
            encoding: None,
            multiline: None,
            header: None,
            delete_after_read: None,
            ordering_criteria: None,
            include_file_record_number: None,
            include_file_record_offset: None,
            include_file_owner_name: None,
            include_file_owner_group_name: None,
            include_file_permissions: None,
            on_truncate: None,
            max_concurrent_files: None,
            max_batches: None,
            initial_buffer_size: None,
            polls_to_archive: None,
            acquire_fs_lock: None,
            file_cache_advise: None,
            preserve_leading_whitespaces: None,
            preserve_trailing_whitespaces: None,
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
        for (key, what, asked) in self.not_supported() {
            if asked {
                findings.not_supported_yet(&[key], what, "remove it");
            }
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

    /// Keys of the reference, what they ask for, and whether they do.
    fn not_supported(&self) -> Vec<(&'static str, &'static str, bool)> {
        let text = |node: &Option<Node>| {
            node.as_ref().and_then(Node::as_text).map(|scalar| scalar.text.to_lowercase())
        };
        let is_off = |node: &Node| match &node.kind {
            Kind::Scalar(scalar) => matches!(scalar.value, ScalarValue::Bool(false)),
            _ => false,
        };
        let is_on = |node: &Option<Node>| node.as_ref().is_some_and(|node| !is_off(node));
        let encoding = text(&self.encoding);
        let other_encoding = encoding.is_some_and(|one| !["utf-8", "utf8", "nop"].contains(&&*one));
        vec![
            ("encoding", "another encoding than `utf-8`", other_encoding),
            (
                "fingerprint_size",
                "another number of first bytes that a file is known by",
                self.fingerprint_size.is_some(),
            ),
            ("max_log_size", "a longest line", self.max_log_size.is_some()),
            (
                "max_log_size_behavior",
                "a way to deal with lines that are too long",
                self.max_log_size_behavior.is_some(),
            ),
            ("multiline", "requests of several lines", self.multiline.is_some()),
            ("header", "metadata at the beginning of files", self.header.is_some()),
            (
                "ordering_criteria",
                "a choice among files by their names",
                self.ordering_criteria.is_some(),
            ),
            (
                "on_truncate",
                "another way to deal with files that are emptied",
                self.on_truncate.is_some(),
            ),
            (
                "delete_after_read",
                "removing files that have been read",
                is_on(&self.delete_after_read),
            ),
            (
                "include_file_record_number",
                "the number of a line as an attribute",
                is_on(&self.include_file_record_number),
            ),
            (
                "include_file_record_offset",
                "the place of a line as an attribute",
                is_on(&self.include_file_record_offset),
            ),
            (
                "include_file_owner_name",
                "the owner of a file as an attribute",
                is_on(&self.include_file_owner_name),
            ),
            (
                "include_file_owner_group_name",
                "the group of a file as an attribute",
                is_on(&self.include_file_owner_group_name),
            ),
            (
                "include_file_permissions",
                "the permissions of a file as an attribute",
                is_on(&self.include_file_permissions),
            ),
        ]
    }
}
