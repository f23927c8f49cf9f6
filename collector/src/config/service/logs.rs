//! `service::telemetry::logs`.

use holt_grammar::diag::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::export::{RecordProcessor, check_processors};
use crate::config::de;
use crate::config::values::{Duration, Spanned};
use crate::config::yaml::Node;

/// Least severe log records that are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(extend("x-any-case" = true))]
pub enum LogLevel {
    /// Everything.
    Debug,
    /// What an operator wants to know.
    #[default]
    Info,
    /// What may need attention.
    Warn,
    /// What failed.
    Error,
    /// As `error` for our purposes; Go panics in development mode.
    DPanic,
    /// As `error` for our purposes.
    Panic,
    /// What ends the process.
    Fatal,
}

/// How a log record is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogEncoding {
    /// Tab-separated text.
    #[default]
    Console,
    /// One JSON object a line.
    Json,
}

/// `service::telemetry::logs`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LogSettings {
    /// Least severe record written.
    pub level: LogLevel,
    /// Development mode of Go's logger.
    pub development: bool,
    /// Form of a record.
    pub encoding: LogEncoding,
    /// Leaves the source position out.
    pub disable_caller: bool,
    /// Leaves stack traces out.
    pub disable_stacktrace: bool,
    /// Thinning of repeated records.
    pub sampling: Option<LogSampling>,
    /// Where records go.
    pub output_paths: Vec<String>,
    /// Where errors of the logger itself go.
    pub error_output_paths: Vec<String>,
    /// Fields of every record.
    pub initial_fields: Option<Node>,
    /// Export of the collector's logs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub processors: Vec<Spanned<RecordProcessor>>,
    /// Leaves the resource out of every record.
    pub disable_zap_resource: bool,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: LogLevel::default(),
            development: false,
            encoding: LogEncoding::default(),
            disable_caller: false,
            disable_stacktrace: false,
            sampling: Some(LogSampling::default()),
            output_paths: vec!["stderr".to_owned()],
            error_output_paths: vec!["stderr".to_owned()],
            initial_fields: None,
            processors: Vec::new(),
            disable_zap_resource: false,
        }
    }
}

impl LogSettings {
    /// What decodes but makes no sense.
    pub(super) fn check(&self, findings: &mut Vec<Diagnostic>) {
        check_processors(&self.processors, "log", findings);
    }
}

/// `service::telemetry::logs::sampling`: of records with the same level and message, the first
/// `initial` in each `tick` are written and every `thereafter`-th after them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LogSampling {
    /// Whether records are thinned.
    pub enabled: bool,
    /// The length of a period.
    pub tick: Duration,
    /// Records of a kind that are written at the start of each period.
    pub initial: i64,
    /// Then every how many.
    pub thereafter: i64,
}

impl Default for LogSampling {
    fn default() -> Self {
        Self { enabled: true, tick: Duration::from_secs(10), initial: 10, thereafter: 100 }
    }
}

impl<'de> Deserialize<'de> for LogLevel {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        de::deserialize_parsed(deserializer, |text| match text.to_ascii_lowercase().as_str() {
            "debug" => Ok(Self::Debug),
            "info" | "" => Ok(Self::Info),
            "warn" => Ok(Self::Warn),
            "error" => Ok(Self::Error),
            "dpanic" => Ok(Self::DPanic),
            "panic" => Ok(Self::Panic),
            "fatal" => Ok(Self::Fatal),
            _ => Err((
                format!("unknown log level `{text}`"),
                "the levels are `debug`, `info`, `warn`, `error`, `dpanic`, `panic` and `fatal`"
                    .to_owned(),
            )),
        })
    }
}
