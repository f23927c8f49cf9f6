//! Settings of the older matchers, which several processors share: which items they are about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::values::{Spanned, Text};
use crate::config::yaml::Node;

/// Properties to match: all that are named must, by any of their entries.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct MatchSettings {
    /// How texts are compared: `strict` or `regexp`.
    pub(crate) match_type: Option<Text>,
    /// Options of `regexp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regexp: Option<RegexpSettings>,
    /// Values of `service.name`.
    pub(crate) services: Spanned<Vec<Text>>,
    /// Names of spans.
    pub(crate) span_names: Spanned<Vec<Text>>,
    /// Kinds of spans, such as `SPAN_KIND_SERVER`.
    pub(crate) span_kinds: Spanned<Vec<Text>>,
    /// Log bodies as text.
    pub(crate) log_bodies: Spanned<Vec<Text>>,
    /// Severity texts.
    pub(crate) log_severity_texts: Spanned<Vec<Text>>,
    /// A range of severities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) log_severity_number: Option<Spanned<SeveritySettings>>,
    /// Names of metrics.
    pub(crate) metric_names: Spanned<Vec<Text>>,
    /// Attributes of the span or log record; all must match.
    pub(crate) attributes: Spanned<Vec<Spanned<AttributeSettings>>>,
    /// Attributes of the resource; all must match.
    pub(crate) resources: Spanned<Vec<Spanned<AttributeSettings>>>,
    /// Instrumentation scopes; all must match.
    pub(crate) libraries: Spanned<Vec<LibrarySettings>>,
    /// What the user calls these settings.
    #[serde(skip)]
    pub(crate) names: Names,
}

/// What a component calls the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Names {
    /// As they are called here.
    #[default]
    Common,
    /// As `include` and `exclude` of `logs` and `metrics` of the filter processor call them.
    Filter,
}

impl Names {
    /// The name of a setting that is called `name` here.
    pub(super) fn of(self, name: &str) -> &str {
        match (self, name) {
            (Self::Filter, "resources") => "resource_attributes",
            (Self::Filter, "attributes") => "record_attributes",
            (Self::Filter, "log_bodies") => "bodies",
            (Self::Filter, "log_severity_texts") => "severity_texts",
            _ => name,
        }
    }
}

/// Options of regular expressions. Holt's are linear in time and need no cache.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct RegexpSettings {
    /// Accepted, without effect.
    pub(crate) cacheenabled: bool,
    /// Accepted, without effect.
    pub(crate) cachemaxnumentries: Spanned<i64>,
}

/// Severities to match.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct SeveritySettings {
    /// The lowest.
    pub(crate) min: i32,
    /// Whether records without a severity match.
    pub(crate) match_undefined: bool,
}

/// An attribute to match.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct AttributeSettings {
    /// Its key.
    pub(crate) key: Option<Text>,
    /// Its value; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Node>,
}

/// An instrumentation scope to match.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct LibrarySettings {
    /// Its name.
    pub(crate) name: Option<Text>,
    /// Its version; any when absent, none when empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<Text>,
}
