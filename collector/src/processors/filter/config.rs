//! Settings of `filter`: conditions under which telemetry is dropped, in the three forms that the
//! reference takes. See the filter processor's README in OpenTelemetry Collector Contrib.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::GroupSettings;
use super::matchers::{LogMatch, MetricMatch};
use crate::config::values::{Condition, Spanned};
use crate::config::yaml::Node;
use crate::matching::{MatchSettings, RegexpSettings};
use crate::ottl::{Entry, ModeSetting};

/// The keys of a `filter` section.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Settings {
    /// What a condition that fails does, unless its group says otherwise.
    pub(super) error_mode: ModeSetting,
    /// Conditions for traces, or groups of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Entry<GroupSettings>>>")]
    pub(super) trace_conditions: Option<Node>,
    /// Conditions for metrics, or groups of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Entry<GroupSettings>>>")]
    pub(super) metric_conditions: Option<Node>,
    /// Conditions for logs, or groups of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Entry<GroupSettings>>>")]
    pub(super) log_conditions: Option<Node>,
    /// Conditions for profiles, or groups of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<Entry<GroupSettings>>>")]
    pub(super) profile_conditions: Option<Node>,
    /// The older form for traces.
    pub(super) traces: TraceLists,
    /// The older forms for metrics.
    pub(super) metrics: MetricSettings,
    /// The older forms for logs.
    pub(super) logs: LogSettings,
    /// The older form for profiles.
    pub(super) profiles: ProfileLists,
    /// The oldest form for traces.
    pub(super) spans: SpanSettings,
}

/// Conditions of one context; an empty list drops nothing, but what holds nothing.
pub(super) type List = Option<Vec<Condition>>;

/// Conditions for traces, by context.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct TraceLists {
    /// On resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource: List,
    /// On spans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) span: List,
    /// On span events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) spanevent: List,
}

/// Conditions for metrics, by context, or what metrics are like.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct MetricSettings {
    /// What stays; everything when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include: Option<Spanned<MetricMatch>>,
    /// What of that goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclude: Option<Spanned<MetricMatch>>,
    /// Accepted, without effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) regexp: Option<RegexpSettings>,
    /// On resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource: List,
    /// On metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metric: List,
    /// On datapoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) datapoint: List,
}

/// Conditions for logs, by context, or what log records are like.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct LogSettings {
    /// What stays; everything when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include: Option<Spanned<LogMatch>>,
    /// What of that goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclude: Option<Spanned<LogMatch>>,
    /// On resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource: List,
    /// On log records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) log_record: List,
}

/// Conditions for profiles, by context.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct ProfileLists {
    /// On resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource: List,
    /// On profiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profile: List,
}

/// What spans are like.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct SpanSettings {
    /// What stays; everything when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include: Option<Spanned<MatchSettings>>,
    /// What of that goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclude: Option<Spanned<MatchSettings>>,
}
