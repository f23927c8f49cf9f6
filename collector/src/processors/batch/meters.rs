//! What a batch processor counts.

use holt_pdata::Batch;

use crate::component::Settings;
use crate::telemetry::{Counter, Histogram, UpDownCounter};

/// Why a batch was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    /// It was large enough.
    Size,
    /// It had waited long enough, or the processor stops.
    Timeout,
}

/// The meters of a batch processor; all its shards, pipelines and signals share them.
#[derive(Clone)]
pub(super) struct Meters {
    /// Items given up.
    pub(super) dropped: Counter,
    /// Shards there are.
    pub(super) cardinality: UpDownCounter,
    items: Histogram,
    bytes: Histogram,
    by_size: Counter,
    by_timeout: Counter,
}

impl Meters {
    pub(super) fn new(settings: &Settings) -> Self {
        let metrics = &settings.metrics;
        let labels = || [("processor", settings.id.to_string())];
        let size = "otelcol_processor_batch_batch_send_size";
        Self {
            dropped: metrics.counter("holt_processor_dropped_items", labels()),
            cardinality: metrics
                .up_down_counter("otelcol_processor_batch_metadata_cardinality", labels()),
            items: metrics.histogram(size, labels()),
            bytes: metrics.histogram(format!("{size}_bytes"), labels()),
            by_size: metrics.counter("otelcol_processor_batch_batch_size_trigger_send", labels()),
            by_timeout: metrics.counter("otelcol_processor_batch_timeout_trigger_send", labels()),
        }
    }

    /// A batch was sent.
    pub(super) fn sent(&self, batch: &Batch, trigger: Trigger) {
        match trigger {
            Trigger::Size => self.by_size.add(1),
            Trigger::Timeout => self.by_timeout.add(1),
        }
        self.items.record_size(batch.items());
        if self.bytes.is_on() {
            self.bytes.record_size(batch.encoded_len());
        }
    }
}
