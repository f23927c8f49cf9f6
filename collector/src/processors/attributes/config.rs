//! Settings of `attributes`: actions in order, and which spans, log records and metrics they apply
//! to. See the attributes processor's README in OpenTelemetry Collector Contrib.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::values::{Spanned, Text};
use crate::config::yaml::Node;
use crate::matching::MatchSettings;

/// The keys of an `attributes` section.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Settings {
    /// What is processed; everything when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include: Option<Spanned<MatchSettings>>,
    /// What of that is left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclude: Option<Spanned<MatchSettings>>,
    /// What is done, in order.
    pub(super) actions: Vec<Spanned<ActionSettings>>,
}

/// An action.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct ActionSettings {
    /// The attribute it is about.
    pub(super) key: Option<Text>,
    /// What it does; letter case does not matter.
    pub(super) action: Option<Text>,
    /// A value of any type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Node>,
    /// The attribute whose value is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from_attribute: Option<Text>,
    /// The part of the client's request whose value is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from_context: Option<Text>,
    /// The value when the source has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default_value: Option<Node>,
    /// A regular expression: for keys, or with named groups for a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<Text>,
    /// The type that a value is converted to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) converted_type: Option<Text>,
}

impl Settings {
    /// Whether `include` or `exclude` match resources.
    pub(super) fn names_resources(&self) -> bool {
        [&self.include, &self.exclude].into_iter().flatten().any(|side| !side.resources.is_empty())
    }
}
