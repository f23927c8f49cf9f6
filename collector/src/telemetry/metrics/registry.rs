//! All series of the process: names and labels in, handles out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use holt_pdata::Signal;

use super::instruments::{Buckets, Cell};
use super::label::sorted;
use super::views::{Kept, changed};
use super::{
    Counter, Definition, Family, Gauge, Histogram, Instrument, LabelValue, Labels, Reading, Series,
    UpDownCounter, table,
};
use crate::config::ids::ComponentId;
use crate::config::service::{Level, MetricSettings, View};

/// The metrics of a process. Clones are the same metrics.
#[derive(Clone)]
pub struct Metrics(Arc<Registry>);

struct Registry {
    level: Level,
    start: SystemTime,
    /// What views change, by name.
    changed: Vec<(&'static str, Option<Kept>)>,
    families: Mutex<BTreeMap<&'static str, Entry>>,
}

struct Entry {
    definition: &'static Definition,
    series: BTreeMap<Labels, Source>,
}

/// Where the value of a series comes from.
#[derive(Clone)]
enum Source {
    Cell(Arc<Cell>),
    Buckets(Arc<Buckets>),
    Callback(Arc<dyn Fn() -> Reading + Send + Sync>),
}

impl Source {
    fn read(&self) -> Option<Reading> {
        match self {
            Self::Cell(cell) => cell.read().map(Reading::Int),
            Self::Buckets(buckets) => buckets.read().map(Reading::Distribution),
            Self::Callback(callback) => Some(callback()),
        }
    }
}

impl Default for Metrics {
    /// Metrics of the level that is usual.
    fn default() -> Self {
        Self::new(Level::Normal)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").field("level", &self.0.level).finish_non_exhaustive()
    }
}

impl Metrics {
    /// Metrics up to a level; handles of others do nothing.
    pub fn new(level: Level) -> Self {
        Self::changed(level, Vec::new())
    }

    /// The metrics that settings ask for.
    pub fn configured(settings: &MetricSettings) -> Self {
        let views = settings.views.iter().flat_map(|views| views.iter());
        let views: Vec<View> = views.map(|view| view.value.clone()).collect();
        Self::changed(settings.level, changed(&views))
    }

    fn changed(level: Level, changed: Vec<(&'static str, Option<Kept>)>) -> Self {
        let start = SystemTime::now();
        Self(Arc::new(Registry { level, start, changed, families: Mutex::default() }))
    }

    /// The greatest level of the metrics that are kept.
    pub fn level(&self) -> Level {
        self.0.level
    }

    /// When counting began.
    pub fn start(&self) -> SystemTime {
        self.0.start
    }

    /// The counter of a name and labels.
    pub fn counter<V: Into<LabelValue>>(
        &self,
        name: impl AsRef<str>,
        labels: impl IntoIterator<Item = (&'static str, V)>,
    ) -> Counter {
        Counter(self.cell(name.as_ref(), sorted(labels)))
    }

    /// The counter of a name and labels that goes up and down.
    pub fn up_down_counter<V: Into<LabelValue>>(
        &self,
        name: impl AsRef<str>,
        labels: impl IntoIterator<Item = (&'static str, V)>,
    ) -> UpDownCounter {
        UpDownCounter(self.cell(name.as_ref(), sorted(labels)))
    }

    /// The gauge of a name and labels, for values that are set.
    pub fn gauge<V: Into<LabelValue>>(
        &self,
        name: impl AsRef<str>,
        labels: impl IntoIterator<Item = (&'static str, V)>,
    ) -> Gauge {
        Gauge(self.cell(name.as_ref(), sorted(labels)))
    }

    /// The histogram of a name and labels.
    pub fn histogram<V: Into<LabelValue>>(
        &self,
        name: impl AsRef<str>,
        labels: impl IntoIterator<Item = (&'static str, V)>,
    ) -> Histogram {
        let Some(kept) = self.kept(name.as_ref()) else { return Histogram::default() };
        let Instrument::Histogram(bounds) = kept.definition.instrument else {
            return Histogram::default();
        };
        let mut families = self.lock();
        let source = entry(&mut families, kept.definition)
            .entry(kept.labels(sorted(labels)))
            .or_insert_with(|| Source::Buckets(Arc::new(Buckets::new(bounds))));
        match source {
            Source::Buckets(buckets) => Histogram(Some(buckets.clone())),
            Source::Cell(_) | Source::Callback(_) => Histogram::default(),
        }
    }

    /// A series whose value is asked for when somebody reads it. Takes the place of an earlier one
    /// with the same name and labels, and ends when the answer is dropped. `read` must not own
    /// whoever keeps the answer, or neither would ever be dropped.
    pub fn observe<V: Into<LabelValue>, R: Into<Reading>>(
        &self,
        name: impl AsRef<str>,
        labels: impl IntoIterator<Item = (&'static str, V)>,
        read: impl Fn() -> R + Send + Sync + 'static,
    ) -> Observation {
        let Some(kept) = self.kept(name.as_ref()) else { return Observation(None) };
        let (definition, labels) = (kept.definition, kept.labels(sorted(labels)));
        let callback: Arc<dyn Fn() -> Reading + Send + Sync> = Arc::new(move || read().into());
        let source = Source::Callback(callback.clone());
        entry(&mut self.lock(), definition).insert(labels.clone(), source);
        Observation(Some(Observed { metrics: self.clone(), definition, labels, callback }))
    }

    /// The counter of an exporter, such as `sent` or `send_failed`, of a signal.
    pub fn exporter(&self, what: &str, signal: Signal, id: &ComponentId) -> Counter {
        let name = format!("otelcol_exporter_{what}_{}", items_name(signal));
        self.counter(name, [("exporter", id.to_string())])
    }

    /// The counter of a receiver, such as `accepted` or `refused`, of a signal and a transport.
    pub fn receiver(
        &self,
        what: &str,
        signal: Signal,
        id: &ComponentId,
        transport: &str,
    ) -> Counter {
        let name = format!("otelcol_receiver_{what}_{}", items_name(signal));
        self.counter(name, [("receiver", id.to_string()), ("transport", transport.to_owned())])
    }

    /// The total of all counters of a name.
    pub fn total(&self, name: &str) -> u64 {
        let readings = self.read().into_iter().filter(|family| family.definition.name == name);
        let readings = readings.flat_map(|family| family.series).map(|series| series.reading);
        let values = readings.map(|reading| match reading {
            Reading::Int(value) => u64::try_from(value).unwrap_or_default(),
            Reading::Float(_) => 0,
            Reading::Distribution(distribution) => distribution.count(),
        });
        values.sum()
    }

    /// The values of all series that were ever recorded, sorted by name and labels.
    pub fn read(&self) -> Vec<Family> {
        // Callbacks may do anything, so the lock is not held while they run.
        let families: Vec<(&Definition, Vec<(Labels, Source)>)> = self
            .lock()
            .values()
            .map(|entry| {
                let series = entry.series.iter();
                let series = series.map(|(labels, source)| (labels.clone(), source.clone()));
                (entry.definition, series.collect())
            })
            .collect();
        let families = families.into_iter().map(|(definition, series)| {
            let series = series.into_iter();
            let series = series
                .filter_map(|(labels, source)| Some(Series { labels, reading: source.read()? }));
            Family { definition, series: series.collect() }
        });
        families.filter(|family| !family.series.is_empty()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Entry>> {
        self.0.families.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The metric of a name, when it is kept.
    fn kept(&self, name: &str) -> Option<Kept> {
        let definition = table::find(name);
        debug_assert!(definition.is_some(), "{name} is missing in telemetry/metrics/table");
        let definition = definition.filter(|definition| definition.level <= self.0.level)?;
        match self.0.changed.iter().find(|(changed, _)| *changed == name) {
            Some((_, kept)) => kept.clone(),
            None => Some(Kept::whole(definition)),
        }
    }

    fn cell(&self, name: &str, labels: Labels) -> Option<Arc<Cell>> {
        let kept = self.kept(name)?;
        let mut families = self.lock();
        let source = entry(&mut families, kept.definition)
            .entry(kept.labels(labels))
            .or_insert_with(|| Source::Cell(Arc::default()));
        match source {
            Source::Cell(cell) => Some(cell.clone()),
            Source::Buckets(_) | Source::Callback(_) => None,
        }
    }
}

fn entry<'a>(
    families: &'a mut BTreeMap<&'static str, Entry>,
    definition: &'static Definition,
) -> &'a mut BTreeMap<Labels, Source> {
    let fresh = || Entry { definition, series: BTreeMap::new() };
    &mut families.entry(definition.name).or_insert_with(fresh).series
}

/// Keeps a series of [`Metrics::observe`].
#[must_use = "the series ends when this is dropped"]
#[derive(Default)]
pub struct Observation(Option<Observed>);

struct Observed {
    metrics: Metrics,
    definition: &'static Definition,
    labels: Labels,
    callback: Arc<dyn Fn() -> Reading + Send + Sync>,
}

impl Drop for Observation {
    fn drop(&mut self) {
        let Some(observed) = self.0.take() else { return };
        let mut families = observed.metrics.lock();
        let series = entry(&mut families, observed.definition);
        // One that took its place stays.
        let is_ours = series.get(&observed.labels).is_some_and(|source| match source {
            Source::Callback(callback) => Arc::ptr_eq(callback, &observed.callback),
            Source::Cell(_) | Source::Buckets(_) => false,
        });
        if is_ours {
            series.remove(&observed.labels);
        }
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.as_ref().map(|observed| observed.definition.name);
        formatter.debug_tuple("Observation").field(&name).finish()
    }
}

/// What one item of a signal is called in names.
pub(crate) const fn items_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "spans",
        Signal::Metrics => "metric_points",
        Signal::Logs => "log_records",
        Signal::Profiles => "profile_samples",
    }
}
