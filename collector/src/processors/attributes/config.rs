//! Settings of `attributes`: actions in order, and which spans, log records and metrics they apply
//! to. See the attributes processor's README in OpenTelemetry Collector Contrib.

use serde::{Deserialize, Serialize};

use crate::config::values::{Spanned, Text};
use crate::config::yaml::Node;

/// The keys of an `attributes` section.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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

/// Properties to match: all that are named must, by any of their entries.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct MatchSettings {
    /// How texts are compared: `strict` or `regexp`.
    pub(super) match_type: Option<Text>,
    /// Options of `regexp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) regexp: Option<RegexpSettings>,
    /// Values of `service.name`.
    pub(super) services: Spanned<Vec<Text>>,
    /// Names of spans.
    pub(super) span_names: Spanned<Vec<Text>>,
    /// Kinds of spans, such as `SPAN_KIND_SERVER`.
    pub(super) span_kinds: Spanned<Vec<Text>>,
    /// Log bodies as text.
    pub(super) log_bodies: Spanned<Vec<Text>>,
    /// Severity texts.
    pub(super) log_severity_texts: Spanned<Vec<Text>>,
    /// A range of severities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) log_severity_number: Option<Spanned<SeveritySettings>>,
    /// Names of metrics.
    pub(super) metric_names: Spanned<Vec<Text>>,
    /// Attributes of the span or log record; all must match.
    pub(super) attributes: Spanned<Vec<Spanned<AttributeSettings>>>,
    /// Attributes of the resource; all must match.
    pub(super) resources: Spanned<Vec<Spanned<AttributeSettings>>>,
    /// Instrumentation scopes; all must match.
    pub(super) libraries: Spanned<Vec<LibrarySettings>>,
}

/// Options of regular expressions. Holt's are linear in time and need no cache.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RegexpSettings {
    /// Accepted, without effect.
    pub(super) cacheenabled: bool,
    /// Accepted, without effect.
    pub(super) cachemaxnumentries: Spanned<i64>,
}

/// Severities to match.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SeveritySettings {
    /// The lowest.
    pub(super) min: i32,
    /// Whether records without a severity match.
    pub(super) match_undefined: bool,
}

/// An attribute to match.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct AttributeSettings {
    /// Its key.
    pub(super) key: Option<Text>,
    /// Its value; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Node>,
}

/// An instrumentation scope to match.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LibrarySettings {
    /// Its name.
    pub(super) name: Option<Text>,
    /// Its version; any when absent, none when empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<Text>,
}

impl Settings {
    /// Whether `include` or `exclude` match resources.
    pub(super) fn names_resources(&self) -> bool {
        [&self.include, &self.exclude].into_iter().flatten().any(|side| !side.resources.is_empty())
    }
}
