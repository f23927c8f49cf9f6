//! Settings of the `routing` connector. See its README in OpenTelemetry Collector Contrib.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::values::{Condition, Statement, Text};
use crate::ottl::ModeSetting;

/// The whole section.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Settings {
    /// Where telemetry goes that no route takes; it is dropped when there are none.
    pub(super) default_pipelines: Vec<Text>,
    /// What a condition that fails does.
    pub(super) error_mode: ModeSetting,
    /// The routes, in order; the first whose condition holds takes an item.
    pub(super) table: Vec<Item>,
}

/// A route.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Item {
    /// What the condition is asked about: `resource`, `span`, `metric`, `datapoint`, `log`,
    /// `otelcol` or `request`; inferred from the paths when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) context: Option<Text>,
    /// When an item takes this route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) condition: Option<Condition>,
    /// The same as a statement, `route() where` and the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) statement: Option<Statement>,
    /// `move`, or `copy` to leave an item to later routes too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<Text>,
    /// Where it leads; required.
    pub(super) pipelines: Vec<Text>,
}
