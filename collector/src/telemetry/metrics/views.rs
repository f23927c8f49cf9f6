//! Changes to metrics by `service::telemetry::metrics::views`.

use super::{Definition, Instrument, LabelValue, Labels, table};
use crate::config::service::{IncludeExclude, View, ViewSelector};
use crate::telemetry::detect::fits;

/// A metric as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) definition: &'static Definition,
    labels: Option<IncludeExclude>,
}

impl Kept {
    /// A metric without changes.
    pub(super) const fn whole(definition: &'static Definition) -> Self {
        Self { definition, labels: None }
    }

    /// The labels that stay.
    pub(super) fn labels(&self, mut labels: Labels) -> Labels {
        if let Some(chosen) = &self.labels {
            labels.retain(|(name, _): &(&'static str, LabelValue)| chosen.chooses(name));
        }
        labels
    }
}

/// The metrics that views change, by name; `None` stands for those that are dropped. The first view
/// that fits a metric counts.
pub(super) fn changed(views: &[View]) -> Vec<(&'static str, Option<Kept>)> {
    let changed = table::all().filter_map(|definition| {
        let mut views = views.iter();
        let view = views
            .find(|view| view.selector.as_ref().is_some_and(|one| selects(one, definition)))?;
        Some((definition.name, apply(view, definition)))
    });
    changed.collect()
}

fn selects(selector: &ViewSelector, definition: &Definition) -> bool {
    let is = |asked: &Option<String>, own: &str| asked.as_deref().is_none_or(|asked| asked == own);
    let name = selector.instrument_name.as_deref();
    let kind =
        selector.instrument_type.as_deref().map(|kind| kind.trim_start_matches("observable_"));
    let own_kind = match definition.instrument {
        Instrument::Counter => "counter",
        Instrument::UpDownCounter => "up_down_counter",
        Instrument::Gauge => "gauge",
        Instrument::Histogram(_) => "histogram",
    };
    name.is_none_or(|pattern| fits(pattern, definition.name))
        && kind.is_none_or(|kind| kind == own_kind)
        && is(&selector.unit, definition.unit)
        && is(&selector.meter_name, definition.scope)
        && is(&selector.meter_version, "")
        && is(&selector.meter_schema_url, "")
}

/// What a view makes of a metric. It is kept as long as the process lives: views are read once.
fn apply(view: &View, definition: &'static Definition) -> Option<Kept> {
    let Some(stream) = &view.stream else { return Some(Kept::whole(definition)) };
    let mut definition = *definition;
    if let Some(aggregation) = &stream.aggregation {
        if aggregation.drop.is_some() {
            return None;
        }
        if let (Some(buckets), Instrument::Histogram(_)) =
            (&aggregation.explicit_bucket_histogram, definition.instrument)
        {
            definition.instrument =
                Instrument::Histogram(Box::leak(buckets.boundaries.clone().into()));
        }
    }
    if let Some(name) = &stream.name {
        definition.name = Box::leak(name.clone().into_boxed_str());
    }
    if let Some(description) = &stream.description {
        definition.description = Box::leak(description.clone().into_boxed_str());
    }
    let labels = stream.attribute_keys.clone();
    Some(Kept { definition: Box::leak(Box::new(definition)), labels })
}
