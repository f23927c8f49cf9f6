//! Settings of the `count` connector: metrics by what they count. See its README in OpenTelemetry
//! Collector Contrib.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::values::Condition;
use crate::config::yaml::Node;

/// Metrics by name.
pub(super) type Metrics = BTreeMap<String, Metric>;

/// The whole section. Without metrics of its own, a kind of item has a usual one.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Settings {
    /// Metrics that count spans; `trace.span.count` when there are none.
    pub(super) spans: Metrics,
    /// Metrics that count span events; `trace.span.event.count` when there are none.
    pub(super) spanevents: Metrics,
    /// Metrics that count metrics; `metric.count` when there are none.
    pub(super) metrics: Metrics,
    /// Metrics that count datapoints; `metric.datapoint.count` when there are none.
    pub(super) datapoints: Metrics,
    /// Metrics that count log records; `log.record.count` when there are none.
    pub(super) logs: Metrics,
    /// Metrics that count profiles; `profile.count` when there are none.
    pub(super) profiles: Metrics,
}

/// A metric that counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Metric {
    /// Its description.
    pub(super) description: String,
    /// What counts: items for which any of them holds; all when there are none.
    pub(super) conditions: Vec<Condition>,
    /// Attributes of the items, or else of their scope or resource, that are counted apart.
    pub(super) attributes: Vec<Attribute>,
}

/// An attribute that is counted apart.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Attribute {
    /// Its key.
    pub(super) key: String,
    /// Its value for items that have none; without it, they do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default_value: Option<Node>,
}

/// The usual metrics: key of the section, name and description.
const USUAL: [(&str, &str, &str); 6] = [
    ("spans", "trace.span.count", "The number of spans observed."),
    ("spanevents", "trace.span.event.count", "The number of span events observed."),
    ("metrics", "metric.count", "The number of metrics observed."),
    ("datapoints", "metric.datapoint.count", "The number of data points observed."),
    ("logs", "log.record.count", "The number of log records observed."),
    ("profiles", "profile.count", "The number of profiles observed."),
];

impl Settings {
    /// With the usual metrics for kinds that have none.
    #[must_use]
    pub(super) fn complete(mut self) -> Self {
        for (key, name, description) in USUAL {
            let metrics = self.of_mut(key);
            if metrics.is_empty() {
                let usual = Metric { description: description.to_owned(), ..Metric::default() };
                metrics.insert(name.to_owned(), usual);
            }
        }
        self
    }

    /// The metrics of a key.
    pub(super) fn of(&self, key: &str) -> &Metrics {
        match key {
            "spans" => &self.spans,
            "spanevents" => &self.spanevents,
            "metrics" => &self.metrics,
            "datapoints" => &self.datapoints,
            "logs" => &self.logs,
            _ => &self.profiles,
        }
    }

    fn of_mut(&mut self, key: &str) -> &mut Metrics {
        match key {
            "spans" => &mut self.spans,
            "spanevents" => &mut self.spanevents,
            "metrics" => &mut self.metrics,
            "datapoints" => &mut self.datapoints,
            "logs" => &mut self.logs,
            _ => &mut self.profiles,
        }
    }
}
