//! `service::telemetry`: what the collector says about itself.
//!
//! Every key is decoded and checked; which of them have an effect is documented with the part of
//! the collector that uses them.

mod export;
mod logs;
mod metrics;
mod resource;
mod traces;

use holt_grammar::diag::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::de;
use super::yaml::Node;
use resource::check_resource;

pub use export::{BatchRecords, OtlpExporter, PushExporter, RecordProcessor, SimpleRecords};
pub use logs::{LogEncoding, LogLevel, LogSampling, LogSettings};
pub use metrics::{
    IncludeExclude, MetricReader, MetricSettings, PeriodicReader, Prometheus, View,
    ViewAggregation, ViewSelector,
};
pub use traces::{Choice, ParentBased, Ratio, Sampler, TraceSettings};

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

    /// What decodes but makes no sense.
    fn check(&self) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        self.logs.check(&mut findings);
        self.metrics.check(&mut findings);
        self.traces.check(&mut findings);
        if let Some(resource) = self.resource.as_ref().filter(|resource| !resource.is_null()) {
            check_resource(resource, &mut findings);
        }
        findings
    }
}

/// Whether two settings have another value, wherever they are written.
pub(crate) fn differ<T: Serialize>(one: &T, other: &T) -> bool {
    match (serde_json::to_value(one), serde_json::to_value(other)) {
        (Ok(one), Ok(other)) => one != other,
        // Cannot happen with settings that were read from YAML; better done twice than missed.
        _ => true,
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
