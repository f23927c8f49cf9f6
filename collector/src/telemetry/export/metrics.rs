//! Metrics that are sent from time to time.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use holt_pdata::Signal;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{ExportError, Outlet, attributes, nanos, resource};
use crate::config::service;
use crate::telemetry::metrics::{Distribution, Family, Instrument, Labels, Metrics, Reading};
use crate::telemetry::{NOT_EXPORTED, Resource};

/// Which totals are told as what was added since the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::telemetry) enum Temporality {
    /// None.
    #[default]
    Cumulative,
    /// Counters and histograms.
    Delta,
}

/// Sends metrics from time to time until it is stopped.
pub(in crate::telemetry) struct PeriodicReader {
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl PeriodicReader {
    /// Starts a reader as configured. What was counted before it, as before a reload, is no change
    /// that it tells.
    pub(in crate::telemetry) async fn start(
        settings: &service::PeriodicReader,
        metrics: Metrics,
        of: Resource,
    ) -> Result<Self, ExportError> {
        let outlet = Outlet::open(&settings.exporter, Signal::Metrics).await?;
        let preference = settings.exporter.otlp.as_ref();
        let preference = preference.and_then(|otlp| otlp.temporality_preference.as_deref());
        let temporality = match preference {
            Some("delta" | "lowmemory") => Temporality::Delta,
            _ => Temporality::Cumulative,
        };
        let interval = Duration::from_millis(settings.interval.unwrap_or(60_000).max(1));
        let timeout = Duration::from_millis(settings.timeout.unwrap_or(30_000).max(1));
        let (stop, mut stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let mut payload = Payload::new(metrics.start(), of, temporality);
            payload.of(&metrics.read(), SystemTime::now());
            loop {
                let is_last = tokio::time::timeout(interval, &mut stopped).await.is_ok();
                let request = payload.of(&metrics.read(), SystemTime::now());
                let sent = tokio::time::timeout(timeout, outlet.send(&request)).await;
                let failure = match sent {
                    Ok(Ok(())) => None,
                    Ok(Err(error)) => Some(error.0),
                    Err(_) => Some("the export took too long".to_owned()),
                };
                if let Some(error) = failure {
                    tracing::error!(target: NOT_EXPORTED, error, "OpenTelemetry internal telemetry error");
                }
                if is_last {
                    break;
                }
            }
            outlet.close().await;
        });
        Ok(Self { stop: Some(stop), task })
    }

    /// Sends the metrics a last time, until `deadline`, and ends.
    pub(in crate::telemetry) async fn stop(mut self, deadline: Instant) {
        // Dropping the sender wakes the task.
        self.stop.take();
        if tokio::time::timeout_at(deadline, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// Makes requests of readings.
pub(super) struct Payload {
    start: SystemTime,
    resource: Resource,
    temporality: Temporality,
    /// What was told last, where only changes are told.
    last: HashMap<(&'static str, Labels), Reading>,
    last_time: SystemTime,
}

impl Payload {
    pub(super) fn new(start: SystemTime, resource: Resource, temporality: Temporality) -> Self {
        Self { start, resource, temporality, last: HashMap::new(), last_time: start }
    }

    /// The request for readings made at `now`.
    pub(super) fn of(&mut self, families: &[Family], now: SystemTime) -> Value {
        let mut scopes: Vec<(&str, Vec<Value>)> = Vec::new();
        for family in families {
            let metric = self.metric(family, now);
            let scope = family.definition.scope;
            match scopes.iter_mut().find(|(name, _)| *name == scope) {
                Some((_, metrics)) => metrics.push(metric),
                None => scopes.push((scope, vec![metric])),
            }
        }
        self.last_time = now;
        let scopes: Vec<Value> = scopes
            .into_iter()
            .map(|(name, metrics)| json!({"scope": {"name": name}, "metrics": metrics}))
            .collect();
        json!({"resourceMetrics": [{
            "resource": resource(&self.resource),
            "schemaUrl": self.resource.schema_url,
            "scopeMetrics": scopes,
        }]})
    }

    fn metric(&mut self, family: &Family, now: SystemTime) -> Value {
        let definition = family.definition;
        let is_total =
            matches!(definition.instrument, Instrument::Counter | Instrument::Histogram(_));
        let is_delta = self.temporality == Temporality::Delta && is_total;
        let start = if is_delta { self.last_time } else { self.start };
        let is_gauge = definition.instrument == Instrument::Gauge;
        let mut points = Vec::new();
        for series in &family.series {
            let reading = match is_delta {
                true => self.change((definition.name, series.labels.clone()), &series.reading),
                false => series.reading.clone(),
            };
            let labels = series.labels.iter().map(|(name, value)| (*name, value));
            let mut point = json!({"attributes": attributes(labels), "timeUnixNano": nanos(now)});
            let Some(fields) = point.as_object_mut() else { continue };
            if !is_gauge {
                fields.insert("startTimeUnixNano".to_owned(), nanos(start));
            }
            fill(fields, &reading);
            points.push(point);
        }
        let temporality = if is_delta { 1 } else { 2 };
        let (kind, data) = match definition.instrument {
            Instrument::Gauge => ("gauge", json!({"dataPoints": points})),
            Instrument::Histogram(_) => {
                ("histogram", json!({"dataPoints": points, "aggregationTemporality": temporality}))
            }
            Instrument::Counter | Instrument::UpDownCounter => (
                "sum",
                json!({
                    "dataPoints": points,
                    "aggregationTemporality": temporality,
                    "isMonotonic": definition.instrument == Instrument::Counter,
                }),
            ),
        };
        json!({
            "name": definition.name,
            "description": definition.description,
            "unit": definition.unit,
            kind: data,
        })
    }

    /// What was added since the last time.
    fn change(&mut self, key: (&'static str, Labels), reading: &Reading) -> Reading {
        match (reading, self.last.insert(key, reading.clone())) {
            (Reading::Int(now), Some(Reading::Int(before))) => Reading::Int(now - before),
            (Reading::Float(now), Some(Reading::Float(before))) => Reading::Float(now - before),
            (Reading::Distribution(now), Some(Reading::Distribution(before))) => {
                let counts = now.counts.iter().zip(&before.counts);
                Reading::Distribution(Distribution {
                    counts: counts.map(|(now, before)| now.saturating_sub(*before)).collect(),
                    sum: now.sum - before.sum,
                    // Of the time in between alone they are not known.
                    min: f64::INFINITY,
                    max: f64::NEG_INFINITY,
                    ..now.clone()
                })
            }
            (reading, _) => reading.clone(),
        }
    }
}

fn fill(fields: &mut serde_json::Map<String, Value>, reading: &Reading) {
    let mut set = |key: &str, value: Value| {
        fields.insert(key.to_owned(), value);
    };
    match reading {
        Reading::Int(value) => set("asInt", value.to_string().into()),
        Reading::Float(value) => set("asDouble", (*value).into()),
        Reading::Distribution(distribution) => {
            let counts: Vec<String> = distribution.counts.iter().map(u64::to_string).collect();
            set("bucketCounts", counts.into());
            set("explicitBounds", distribution.bounds.into());
            set("count", distribution.count().to_string().into());
            set("sum", distribution.sum.into());
            if distribution.min.is_finite() && distribution.max.is_finite() {
                set("min", distribution.min.into());
                set("max", distribution.max.into());
            }
        }
    }
}
