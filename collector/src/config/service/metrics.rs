//! `service::telemetry::metrics`.

use holt_grammar::diag::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Level;
use super::export::{PushExporter, check_exporter, refuse};
use crate::config::values::Spanned;

/// `service::telemetry::metrics`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MetricSettings {
    /// How many metrics there are.
    pub level: Level,
    /// Where metrics go; a list takes the place of the usual one.
    pub readers: Spanned<Vec<Spanned<MetricReader>>>,
    /// Changes to metrics; with the level `detailed` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views: Option<Spanned<Vec<Spanned<View>>>>,
}

impl Default for MetricSettings {
    /// One page for Prometheus on `localhost:8888`.
    fn default() -> Self {
        let prometheus = Prometheus {
            host: Some("localhost".to_owned()),
            port: Some(8888),
            ..Prometheus::default()
        };
        let exporter = PullExporter { prometheus: Some(prometheus) };
        let reader = MetricReader { pull: Some(PullReader { exporter }), periodic: None };
        Self { level: Level::Normal, readers: vec![reader.into()].into(), views: None }
    }
}

/// A way of metrics out: exactly one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MetricReader {
    /// Whoever wants metrics fetches them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull: Option<PullReader>,
    /// Metrics are sent from time to time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub periodic: Option<PeriodicReader>,
}

/// Metrics to be fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PullReader {
    /// How.
    pub exporter: PullExporter,
}

/// How metrics are fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PullExporter {
    /// A page for Prometheus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prometheus: Option<Prometheus>,
}

/// A page for Prometheus, at `/metrics`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Prometheus {
    /// The host to listen on; must be set.
    pub host: Option<String>,
    /// The port to listen on; must be set.
    pub port: Option<u16>,
    /// Leaves out which part of the collector a series is of.
    pub without_scope_info: bool,
    /// Leaves units out of names; only together with `without_type_suffix`, as in the reference.
    pub without_units: bool,
    /// Leaves `_total` out of names; only together with `without_units`, as in the reference.
    pub without_type_suffix: bool,
    /// Resource attributes that become labels of every series; all of them when both lists are
    /// empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_resource_constant_labels: Option<IncludeExclude>,
}

impl Default for Prometheus {
    fn default() -> Self {
        Self {
            host: None,
            port: None,
            without_scope_info: true,
            without_units: true,
            without_type_suffix: true,
            with_resource_constant_labels: None,
        }
    }
}

/// A choice of names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct IncludeExclude {
    /// The only ones; all when empty.
    pub included: Vec<String>,
    /// Those left out of them.
    pub excluded: Vec<String>,
}

impl IncludeExclude {
    /// Whether a name is chosen.
    pub fn chooses(&self, name: &str) -> bool {
        let has = |names: &[String]| names.iter().any(|one| one == name);
        !has(&self.excluded) && (self.included.is_empty() || has(&self.included))
    }

    fn check(&self, at: Option<holt_grammar::source::Location>, findings: &mut Vec<Diagnostic>) {
        if let Some(both) = self.excluded.iter().find(|name| self.included.contains(name)) {
            findings.push(refuse(
                at,
                &format!("`{both}` is both included and excluded"),
                "keep it in one of the lists",
                &format!("attribute cannot be in both include and exclude list: {both}"),
            ));
        }
    }
}

/// Metrics to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PeriodicReader {
    /// How often, in milliseconds; 60000 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<u64>,
    /// Time for an export, in milliseconds; 30000 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// Where they go.
    pub exporter: PushExporter,
}

/// A change to metrics.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct View {
    /// Which metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<ViewSelector>,
    /// What becomes of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<ViewStream>,
}

/// Which metrics a view changes: those that everything set here fits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ViewSelector {
    /// The name; `*` and `?` stand for any characters and any one character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument_name: Option<String>,
    /// The kind: `counter`, `histogram`, `observable_counter`, `observable_gauge`,
    /// `observable_up_down_counter` or `up_down_counter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument_type: Option<String>,
    /// The unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The part of the collector that it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter_name: Option<String>,
    /// The version of that part; the collector's own parts have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter_version: Option<String>,
    /// The schema of that part; the collector's own parts have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter_schema_url: Option<String>,
}

/// What a view makes of a metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ViewStream {
    /// Another name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which labels stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_keys: Option<IncludeExclude>,
    /// How values are put together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<ViewAggregation>,
}

/// How a view puts values together: one of the keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ViewAggregation {
    /// Not at all: there is no such metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop: Option<NoSettings>,
    /// As without a view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<NoSettings>,
    /// As a histogram with other buckets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit_bucket_histogram: Option<ExplicitBuckets>,
}

/// A choice without settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NoSettings {}

/// A histogram with buckets of the user's choice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ExplicitBuckets {
    /// The upper limits of the buckets but the last, which has none.
    pub boundaries: Vec<f64>,
    /// Whether the least and the greatest value are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_min_max: Option<bool>,
}

impl MetricSettings {
    /// What decodes but makes no sense.
    pub(super) fn check(&self, findings: &mut Vec<Diagnostic>) {
        if let Some(views) = self.views.as_ref().filter(|_| self.level != Level::Detailed) {
            findings.push(refuse(
                views.location,
                "views of metrics need the level `detailed`",
                "set `service::telemetry::metrics::level` to `detailed`",
                "service::telemetry::metrics::views can only be set when \
                 service::telemetry::metrics::level is detailed",
            ));
        }
        if self.readers.is_empty() && self.level != Level::None {
            findings.push(refuse(
                self.readers.location,
                "there are metrics but no reader of them",
                "add a reader, or set `service::telemetry::metrics::level` to `none`",
                "collector telemetry metrics reader should exist when metric level is not none",
            ));
        }
        for reader in self.readers.iter() {
            check_reader(reader, findings);
        }
        for view in self.views.iter().flat_map(|views| views.iter()) {
            check_view(view, findings);
        }
    }
}

fn check_reader(reader: &Spanned<MetricReader>, findings: &mut Vec<Diagnostic>) {
    let at = reader.location;
    match (&reader.pull, &reader.periodic) {
        (Some(_), Some(_)) => findings.push(refuse(
            at,
            "a reader is either `pull` or `periodic`",
            "write them as two entries of the list, or keep one",
            "must not specify multiple metric reader type",
        )),
        (None, None) => findings.push(refuse(
            at,
            "a reader is `pull` or `periodic`, and this is neither",
            "write `pull: {exporter: {prometheus: {host: localhost, port: 8888}}}`",
            "no valid metric reader",
        )),
        (Some(pull), None) => {
            let Some(prometheus) = &pull.exporter.prometheus else {
                findings.push(refuse(
                    at,
                    "nothing says how the metrics are fetched",
                    "write `exporter: {prometheus: {host: localhost, port: 8888}}`",
                    "no valid metric exporter",
                ));
                return;
            };
            let must = [
                ("host", prometheus.host.is_none(), "host must be specified"),
                ("port", prometheus.port.is_none(), "port must be specified"),
            ];
            if let Some((key, _, go)) = must.into_iter().find(|(_, is_missing, _)| *is_missing) {
                findings.push(refuse(
                    at,
                    &format!("the page for Prometheus has no `{key}`"),
                    "usual are `host: localhost` and `port: 8888`",
                    go,
                ));
            }
            if let Some(labels) = &prometheus.with_resource_constant_labels {
                labels.check(at, findings);
            }
        }
        (None, Some(periodic)) => check_exporter(&periodic.exporter, "metric", at, findings),
    }
}

/// The kinds that a selector may name.
const INSTRUMENT_TYPES: [&str; 6] = [
    "counter",
    "histogram",
    "observable_counter",
    "observable_gauge",
    "observable_up_down_counter",
    "up_down_counter",
];

fn check_view(view: &Spanned<View>, findings: &mut Vec<Diagnostic>) {
    let at = view.location;
    let Some(selector) = &view.selector else {
        findings.push(refuse(
            at,
            "the view does not say which metrics it changes",
            "write `selector: {instrument_name: ...}`",
            "view: no selector provided",
        ));
        return;
    };
    if *selector == ViewSelector::default() {
        findings.push(refuse(
            at,
            "the selector of the view says nothing",
            "write `selector: {instrument_name: ...}`",
            "view_selector: empty selector not supporter",
        ));
    }
    if let Some(kind) = &selector.instrument_type
        && !INSTRUMENT_TYPES.contains(&kind.as_str())
    {
        findings.push(refuse(
            at,
            &format!("`{kind}` is no kind of metric"),
            &format!("the kinds are {}", INSTRUMENT_TYPES.join(", ")),
            "view_selector: instrument_type: invalid value",
        ));
    }
    if let Some(keys) = view.stream.as_ref().and_then(|stream| stream.attribute_keys.as_ref()) {
        keys.check(at, findings);
    }
}
