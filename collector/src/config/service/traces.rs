//! `service::telemetry::traces`.

use holt_grammar::diag::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Level;
use super::export::{RecordProcessor, check_processors, refuse};
use super::metrics::NoSettings;
use crate::config::values::Spanned;

/// `service::telemetry::traces`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TraceSettings {
    /// Whether there are traces: `none`, or any other level.
    pub level: Level,
    /// Where spans go; without any, there are no traces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub processors: Vec<Spanned<RecordProcessor>>,
    /// How trace context travels: `tracecontext` and `b3`.
    pub propagators: Vec<Spanned<String>>,
    /// Which traces are kept; all, or what their caller decided, when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampler: Option<Spanned<Sampler>>,
    /// Limits of spans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<SpanLimits>,
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self {
            level: Level::Basic,
            processors: Vec::new(),
            propagators: Vec::new(),
            sampler: None,
            limits: None,
        }
    }
}

/// Which traces are kept: one of the keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Sampler {
    /// As the caller decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_based: Option<ParentBased>,
    /// All.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always_on: Option<NoSettings>,
    /// None.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always_off: Option<NoSettings>,
    /// A share of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id_ratio_based: Option<Ratio>,
}

/// Traces that follow the decision of their caller.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ParentBased {
    /// For traces without a caller; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Choice>,
    /// When another process kept the trace; it is kept when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_parent_sampled: Option<Choice>,
    /// When another process did not keep the trace; it is not kept when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_parent_not_sampled: Option<Choice>,
    /// When this process kept the trace; it is kept when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_parent_sampled: Option<Choice>,
    /// When this process did not keep the trace; it is not kept when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_parent_not_sampled: Option<Choice>,
}

/// Which traces of a kind are kept: one of the keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Choice {
    /// All.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always_on: Option<NoSettings>,
    /// None.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always_off: Option<NoSettings>,
    /// A share of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id_ratio_based: Option<Ratio>,
}

/// A share of the traces, chosen by their ids.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Ratio {
    /// From 0 to 1; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

/// Limits of spans. The collector's own spans are far below any that make sense.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SpanLimits {
    /// Attributes of a span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_count_limit: Option<i64>,
    /// Characters of a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_value_length_limit: Option<i64>,
    /// Events of a span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_count_limit: Option<i64>,
    /// Attributes of an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_attribute_count_limit: Option<i64>,
    /// Links of a span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_count_limit: Option<i64>,
    /// Attributes of a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_attribute_count_limit: Option<i64>,
}

impl TraceSettings {
    /// Whether spans are made.
    pub fn are_on(&self) -> bool {
        self.level != Level::None && !self.processors.is_empty()
    }

    /// What decodes but makes no sense. What is off is not looked at, as in the reference.
    pub(super) fn check(&self, findings: &mut Vec<Diagnostic>) {
        if !self.are_on() {
            return;
        }
        check_processors(&self.processors, "span", findings);
        for name in &self.propagators {
            if !matches!(name.as_str(), "tracecontext" | "b3") {
                findings.push(refuse(
                    name.location,
                    &format!("`{}` is no way for trace context to travel", name.value),
                    "the ways are `tracecontext` and `b3`",
                    "error creating propagator: unsupported trace propagator",
                ));
            }
        }
        if let Some(sampler) = &self.sampler
            && sampler.value == Sampler::default()
        {
            findings.push(refuse(
                sampler.location,
                "the sampler says nothing",
                "write `sampler: {always_on: {}}`, or leave it out",
                "invalid sampler configuration",
            ));
        }
    }
}
