//! Metrics as text, in the order and with the numbers that Go's client library writes.

use std::collections::BTreeMap;
use std::fmt::Write;

use holt_runtime::text::go_format;

use super::super::metrics::{Distribution, Family, Instrument, Metrics, Reading};
use super::super::resource::Resource;
use super::names::{Escaping, with_suffixes};

/// What is on the page and how it is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::telemetry) struct PageOptions {
    /// Whether series say which part of the collector they come from.
    pub(in crate::telemetry) scope_labels: bool,
    /// Whether names have their unit and `_total` behind them.
    pub(in crate::telemetry) suffixes: bool,
    /// Resource attributes that become labels of every series.
    pub(in crate::telemetry) resource_labels: Vec<String>,
}

/// Makes pages.
pub(in crate::telemetry) struct Page {
    metrics: Metrics,
    resource: Resource,
    options: PageOptions,
}

impl Page {
    pub(in crate::telemetry) fn new(
        metrics: Metrics,
        resource: Resource,
        options: PageOptions,
    ) -> Self {
        Self { metrics, resource, options }
    }

    /// The page as it is now.
    pub(super) fn text(&self, escaping: Escaping) -> String {
        let mut families: BTreeMap<String, String> = BTreeMap::new();
        for family in self.metrics.read() {
            let name = match self.options.suffixes {
                true => with_suffixes(family.definition),
                false => family.definition.name.to_owned(),
            };
            let text = self.family(&name, &family, escaping);
            families.insert(name, text);
        }
        families.insert("target_info".to_owned(), self.target_info(escaping));
        families.insert("promhttp_metric_handler_errors_total".to_owned(), HANDLER.to_owned());
        families.into_values().collect()
    }

    fn family(&self, name: &str, family: &Family, escaping: Escaping) -> String {
        let kind = match family.definition.instrument {
            Instrument::Counter => "counter",
            Instrument::UpDownCounter | Instrument::Gauge => "gauge",
            Instrument::Histogram(_) => "histogram",
        };
        let mut text = String::new();
        heading(&mut text, name, family.definition.description, kind, escaping);
        for series in &family.series {
            let mut labels: Vec<(&str, String)> =
                series.labels.iter().map(|(name, value)| (*name, value.to_string())).collect();
            if self.options.scope_labels {
                labels.push(("otel_scope_name", family.definition.scope.to_owned()));
                labels.push(("otel_scope_schema_url", String::new()));
                labels.push(("otel_scope_version", String::new()));
            }
            for key in &self.options.resource_labels {
                if let Some(value) = self.resource.get(key) {
                    labels.push((key, value.to_string()));
                }
            }
            labels.sort_by_key(|(name, _)| *name);
            match &series.reading {
                Reading::Int(value) => {
                    sample(&mut text, name, &labels, None, whole(*value), escaping);
                }
                Reading::Float(value) => {
                    sample(&mut text, name, &labels, None, *value, escaping);
                }
                Reading::Distribution(distribution) => {
                    buckets(&mut text, name, &labels, distribution, escaping);
                }
            }
        }
        text
    }

    fn target_info(&self, escaping: Escaping) -> String {
        let mut text = String::new();
        heading(&mut text, "target_info", "Target metadata", "gauge", escaping);
        let labels: Vec<(&str, String)> =
            self.resource.iter().map(|(name, value)| (name, value.to_string())).collect();
        sample(&mut text, "target_info", &labels, None, 1.0, escaping);
        text
    }
}

/// What the page says of itself; nothing here can fail.
const HANDLER: &str = "\
# HELP promhttp_metric_handler_errors_total Total number of internal errors encountered by the promhttp metric handler.
# TYPE promhttp_metric_handler_errors_total counter
promhttp_metric_handler_errors_total{cause=\"encoding\"} 0
promhttp_metric_handler_errors_total{cause=\"gathering\"} 0
";

#[expect(clippy::cast_precision_loss, reason = "Prometheus knows floating-point numbers only")]
const fn whole(value: i64) -> f64 {
    value as f64
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus knows floating-point numbers only")]
const fn count(value: u64) -> f64 {
    value as f64
}

fn heading(text: &mut String, name: &str, help: &str, kind: &str, escaping: Escaping) {
    let (name, quoted) = escaping.apply(name);
    let quote = if quoted { "\"" } else { "" };
    let help = help.replace('\\', "\\\\").replace('\n', "\\n");
    // Writing to a string does not fail.
    let _ = writeln!(text, "# HELP {quote}{name}{quote} {help}");
    let _ = writeln!(text, "# TYPE {quote}{name}{quote} {kind}");
}

fn buckets(
    text: &mut String,
    name: &str,
    labels: &[(&str, String)],
    distribution: &Distribution,
    escaping: Escaping,
) {
    let mut sum = 0;
    let bounds = distribution.bounds.iter().copied().chain([f64::INFINITY]);
    for (bound, in_bucket) in bounds.zip(&distribution.counts) {
        sum += in_bucket;
        let bucket = format!("{name}_bucket");
        sample(text, &bucket, labels, Some(bound), count(sum), escaping);
    }
    sample(text, &format!("{name}_sum"), labels, None, distribution.sum, escaping);
    sample(text, &format!("{name}_count"), labels, None, count(sum), escaping);
}

fn sample(
    text: &mut String,
    name: &str,
    labels: &[(&str, String)],
    bound: Option<f64>,
    value: f64,
    escaping: Escaping,
) {
    let (name, quoted) = escaping.apply(name);
    let mut inside: Vec<String> = Vec::with_capacity(labels.len() + 2);
    if quoted {
        inside.push(format!("\"{name}\""));
    } else {
        text.push_str(&name);
    }
    for (label, value) in labels {
        let (label, quoted) = escaping.apply(label);
        let quote = if quoted { "\"" } else { "" };
        let value = value.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
        inside.push(format!("{quote}{label}{quote}=\"{value}\""));
    }
    if let Some(bound) = bound {
        inside.push(format!("le=\"{}\"", number(bound)));
    }
    if !inside.is_empty() {
        let _ = write!(text, "{{{}}}", inside.join(","));
    }
    let _ = writeln!(text, " {}", number(value));
}

fn number(value: f64) -> String {
    match value {
        f64::INFINITY => "+Inf".to_owned(),
        value => go_format::shortest(value),
    }
}
