//! What an exporter counts: batches in flight, and what became of their items.

use std::sync::Arc;

use holt_pdata::{Batch, Signal};

use crate::component::{Refused, Settings};
use crate::config::service::Level;
use crate::telemetry::metrics::{Held, LabelValue, items_name};
use crate::telemetry::{
    Counter, Histogram, Metrics, Observation, Span, SpanContext, Tracer, UpDownCounter,
};

type Label = (&'static str, LabelValue);

/// The meters of an exporter of one signal.
pub(super) struct Meters {
    metrics: Metrics,
    signal: Signal,
    /// The exporter, and where it sends.
    labels: Vec<Label>,
    sent: Counter,
    enqueue_failed: Counter,
    in_flight: UpDownCounter,
    enqueued: Sizes,
    batches: Sizes,
    tracer: Tracer,
    span_name: Arc<str>,
    scope: Arc<str>,
}

/// How many items and bytes requests have.
struct Sizes {
    items: Histogram,
    bytes: Histogram,
}

impl Sizes {
    fn new(metrics: &Metrics, name: &str, exporter: &Label) -> Self {
        let histogram = |name: &str| metrics.histogram(name, [exporter.clone()]);
        Self { items: histogram(name), bytes: histogram(&format!("{name}_bytes")) }
    }

    fn record(&self, batch: &Batch) {
        if self.items.is_on() {
            self.items.record_size(batch.items());
            self.bytes.record_size(batch.encoded_len());
        }
    }
}

impl Meters {
    /// The meters of an exporter; `destination` says where it sends.
    pub(super) fn new(settings: &Settings, signal: Signal, destination: Vec<Label>) -> Self {
        let Settings { metrics, id, .. } = settings;
        let exporter: Label = ("exporter", id.to_string().into());
        let mut labels = destination;
        labels.push(exporter.clone());
        let items = items_name(signal);
        let data_type = [exporter.clone(), ("data_type", signal.name().into())];
        Self {
            sent: metrics.counter(format!("otelcol_exporter_sent_{items}"), labels.clone()),
            enqueue_failed: metrics
                .counter(format!("otelcol_exporter_enqueue_failed_{items}"), [exporter.clone()]),
            in_flight: metrics.up_down_counter("otelcol_exporter_in_flight_requests", data_type),
            enqueued: Sizes::new(metrics, "otelcol_exporter_enqueue_size", &exporter),
            batches: Sizes::new(metrics, "otelcol_exporter_queue_batch_send_size", &exporter),
            metrics: metrics.clone(),
            tracer: settings.tracer.clone(),
            span_name: format!("exporter/{id}/{}", signal.name()).into(),
            scope: "go.opentelemetry.io/collector/exporter/exporterhelper".into(),
            signal,
            labels,
        }
    }

    /// Shows how full a queue is until the answers are dropped; in the unit that it counts in.
    pub(super) fn observe_queue(
        &self,
        capacity: impl Fn() -> usize + Send + Sync + 'static,
        size: impl Fn() -> usize + Send + Sync + 'static,
    ) -> [Observation; 2] {
        let exporter = self.labels.iter().find(|(name, _)| *name == "exporter").cloned();
        let labels =
            || exporter.clone().into_iter().chain([("data_type", self.signal.name().into())]);
        [
            self.metrics.observe("otelcol_exporter_queue_size", labels(), size),
            self.metrics.observe("otelcol_exporter_queue_capacity", labels(), capacity),
        ]
    }

    /// An export has begun; it has ended when the answer is dropped.
    pub(super) fn begin(&self) -> Held<'_> {
        self.in_flight.hold()
    }

    /// The span of an export.
    pub(super) fn span(&self, parent: Option<SpanContext>) -> Span {
        let mut span = self.tracer.start(&self.span_name, &self.scope, parent);
        if span.is_recording() {
            span.set("data_type", self.signal.name());
            let exporter = self.labels.iter().find(|(name, _)| *name == "exporter");
            if let Some((name, id)) = exporter {
                span.set(name, id.clone());
            }
        }
        span
    }

    /// A batch that was put together is about to be sent.
    pub(super) fn batched(&self, batch: &Batch) {
        self.batches.record(batch);
    }

    /// An export has ended, with all its retries.
    pub(super) fn ended(&self, items: usize, outcome: &Result<(), Refused>) {
        let Err(refused) = outcome else { return self.sent.add(items) };
        self.sent.add(0);
        let mut labels = self.labels.clone();
        if self.metrics.level() == Level::Detailed {
            let kind = refused.code.map_or("_OTHER".to_owned(), |code| format!("{code:?}"));
            labels.push(("error.type", kind.into()));
            labels.push(("error.permanent", refused.permanent.into()));
        }
        // Rare, so that looking it up each time does no harm.
        let name = format!("otelcol_exporter_send_failed_{}", items_name(self.signal));
        self.metrics.counter(name, labels).add(items);
    }

    /// A batch was put into the queue.
    pub(super) fn enqueued(&self, batch: &Batch) {
        self.enqueued.record(batch);
    }

    /// So many items found no place in the queue.
    pub(super) fn enqueue_failed(&self, items: usize) {
        self.enqueue_failed.add(items);
    }
}
