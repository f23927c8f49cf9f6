//! `service::telemetry`: what the collector says about itself.
//!
//! Every key is decoded and checked; which of them have an effect is documented with the part of
//! the collector that uses them.

use holt_grammar::diag::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::codes::WRONG_VALUE;
use super::de;
use super::values::Duration;
use super::yaml::Node;

/// `service::telemetry`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Telemetry {
    /// Log output of the collector.
    pub logs: LogSettings,
    /// Metrics of the collector.
    pub metrics: MetricSettings,
    /// Traces of the collector.
    pub traces: TraceSettings,
    /// Resource attributes of the collector's own telemetry.
    pub resource: Option<Node>,
}

impl Telemetry {
    /// Decodes the section.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn decode(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let telemetry: Self = de::from_node(node, "service::telemetry")?;
        let findings = telemetry.check();
        if findings.is_empty() { Ok(telemetry) } else { Err(findings) }
    }

    /// Whether anything is set to another value than in `other`, wherever it is written.
    pub fn differs_from(&self, other: &Self) -> bool {
        match (serde_json::to_value(self), serde_json::to_value(other)) {
            (Ok(own), Ok(other)) => own != other,
            // Cannot happen with settings that were read from YAML; better said than missed.
            _ => true,
        }
    }

    /// What decodes but makes no sense.
    fn check(&self) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let level = self.metrics.level.unwrap_or(Level::Normal);
        if let Some(views) = self.metrics.views.as_ref().filter(|_| level != Level::Detailed) {
            findings.push(
                Diagnostic::error(WRONG_VALUE, "views of metrics need the level `detailed`")
                    .label(views.location, "")
                    .note("set `service::telemetry::metrics::level` to `detailed`")
                    .note(
                        "the Go collector says: service::telemetry::metrics::views can only be \
                         set when service::telemetry::metrics::level is detailed",
                    ),
            );
        }
        if let Some(readers) = &self.metrics.readers
            && readers.as_sequence().is_some_and(<[Node]>::is_empty)
            && level != Level::None
        {
            findings.push(
                Diagnostic::error(WRONG_VALUE, "there are metrics but no reader of them")
                    .label(readers.location, "")
                    .note("add a reader, or set `service::telemetry::metrics::level` to `none`")
                    .note(
                        "the Go collector says: collector telemetry metrics reader should exist \
                         when metric level is not none",
                    ),
            );
        }
        if let Some(resource) = self.resource.as_ref().filter(|resource| !resource.is_null()) {
            check_resource(resource, &mut findings);
        }
        findings
    }
}

/// The keys of a resource in its current form; any others make it a map of attributes.
const RESOURCE_KEYS: [&str; 3] = ["attributes", "schema_url", "detection/development"];

/// Checks a resource, which has an older form: attributes directly as keys.
fn check_resource(resource: &Node, findings: &mut Vec<Diagnostic>) {
    let Some(mapping) = resource.as_mapping() else {
        let message = format!(
            "`service::telemetry::resource`: expected a map, found {}",
            resource.describe()
        );
        findings.push(Diagnostic::error(WRONG_VALUE, message).label(resource.location, ""));
        return;
    };
    let attributes = mapping.entries.get("attributes");
    for (key, entry) in &mapping.entries {
        if RESOURCE_KEYS.contains(&key.as_str()) {
            continue;
        }
        if let Some(attributes) = attributes {
            findings.push(
                Diagnostic::error(
                    WRONG_VALUE,
                    format!("the resource attribute `{key}` stands beside `attributes`"),
                )
                .label(entry.key, "")
                .label(attributes.key, "the list of attributes")
                .note(format!("move it into the list: `- {{name: {key}, value: ...}}`"))
                .note(
                    "the Go collector says: resource::attributes cannot be used together with \
                     legacy inline resource attributes",
                ),
            );
        } else if !entry.value.is_null() && entry.value.as_text().is_none() {
            findings.push(
                Diagnostic::error(
                    WRONG_VALUE,
                    format!("the resource attribute `{key}` is {}", entry.value.describe()),
                )
                .label(entry.value.location, "")
                .note("put the value in quotes, or leave it empty to remove the attribute")
                .note(format!(
                    "the Go collector says: legacy resource attribute {key:?} must be string or null"
                )),
            );
        }
    }
}

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
    pub processors: Option<Node>,
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
            processors: None,
            disable_zap_resource: false,
        }
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

/// How much the collector tells about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[schemars(rename_all = "lowercase", extend("x-any-case" = true))]
pub enum Level {
    /// Nothing.
    None,
    /// The essentials.
    Basic,
    /// What is useful in operation.
    Normal,
    /// Everything.
    Detailed,
}

/// `service::telemetry::metrics`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MetricSettings {
    /// How many metrics there are; `normal` when absent.
    pub level: Option<Level>,
    /// Where metrics go.
    pub readers: Option<Node>,
    /// Changes to metrics.
    pub views: Option<Node>,
}

/// `service::telemetry::traces`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TraceSettings {
    /// Whether there are traces.
    pub level: Option<Level>,
    /// Where spans go.
    pub processors: Option<Node>,
    /// How trace context travels.
    pub propagators: Vec<String>,
    /// Which traces are kept.
    pub sampler: Option<Node>,
    /// Limits of spans.
    pub limits: Option<Node>,
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

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        de::deserialize_parsed(deserializer, |text| match text.to_ascii_lowercase().as_str() {
            "none" | "" => Ok(Self::None),
            "basic" => Ok(Self::Basic),
            "normal" => Ok(Self::Normal),
            "detailed" => Ok(Self::Detailed),
            _ => Err((
                format!("unknown level `{text}`"),
                "the levels are `none`, `basic`, `normal` and `detailed`".to_owned(),
            )),
        })
    }
}
