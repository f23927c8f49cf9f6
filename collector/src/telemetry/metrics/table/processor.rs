//! Metrics of processors.

use super::{BYTE_BOUNDS, DEFAULT_BOUNDS, Definition, ITEM_BOUNDS};
use crate::config::service::Level;

pub(super) const ROWS: &[Definition] = &[
    any(Definition::counter(
        "otelcol_processor_incoming_items",
        "{item}",
        "Number of items passed to the processor. [Alpha]",
    )),
    any(Definition::counter(
        "otelcol_processor_outgoing_items",
        "{item}",
        "Number of items emitted from the processor. [Alpha]",
    )),
    any(Definition::histogram(
        "otelcol_processor_internal_duration",
        "s",
        "Duration of time taken to process a batch of telemetry data through the processor. [Alpha]",
        DEFAULT_BOUNDS,
    )
    .with_fraction())
    .at(Level::Detailed),
    batch(Definition::histogram(
        "otelcol_processor_batch_batch_send_size",
        "{unit}",
        "Number of units in the batch [Development]",
        ITEM_BOUNDS,
    )),
    batch(Definition::histogram(
        "otelcol_processor_batch_batch_send_size_bytes",
        "By",
        "Number of bytes in batch that was sent. Only available on detailed level. [Development]",
        BYTE_BOUNDS,
    ))
    .at(Level::Detailed),
    batch(Definition::counter(
        "otelcol_processor_batch_batch_size_trigger_send",
        "{time}",
        "Number of times the batch was sent due to a size trigger [Development]",
    )),
    batch(Definition::counter(
        "otelcol_processor_batch_timeout_trigger_send",
        "{time}",
        "Number of times the batch was sent due to a timeout trigger [Development]",
    )),
    batch(Definition::up_down_counter(
        "otelcol_processor_batch_metadata_cardinality",
        "{combination}",
        "Number of distinct metadata value combinations being processed [Development]",
    )),
    Definition::counter(
        "holt_processor_dropped_items",
        "{item}",
        "Number of items that the processor gave up.",
    )
    .with_labels(&["processor"])
    .of_scope("holt/processor"),
    limiter(Definition::counter(
        "otelcol_processor_memory_limiter_accepted_spans",
        "{span}",
        "Number of spans successfully pushed into the next component in the pipeline. [Alpha]",
    )),
    limiter(Definition::counter(
        "otelcol_processor_memory_limiter_accepted_metric_points",
        "{datapoint}",
        "Number of metric points successfully pushed into the next component in the pipeline. [Alpha]",
    )),
    limiter(Definition::counter(
        "otelcol_processor_memory_limiter_accepted_log_records",
        "{record}",
        "Number of log records successfully pushed into the next component in the pipeline. [Alpha]",
    )),
    limiter(Definition::counter(
        "otelcol_processor_memory_limiter_refused_spans",
        "{span}",
        "Number of spans that were rejected by the next component in the pipeline. [Alpha]",
    )),
    limiter(Definition::counter(
        "otelcol_processor_memory_limiter_refused_metric_points",
        "{datapoint}",
        "Number of metric points that were rejected by the next component in the pipeline. [Alpha]",
    )),
    limiter(Definition::counter(
        "otelcol_processor_memory_limiter_refused_log_records",
        "{record}",
        "Number of log records that were rejected by the next component in the pipeline. [Alpha]",
    )),
    filter(Definition::counter(
        "otelcol_processor_filter_datapoints.filtered",
        "1",
        "Number of metric data points dropped by the filter processor [Development]",
    )),
    filter(Definition::counter(
        "otelcol_processor_filter_logs.filtered",
        "1",
        "Number of logs dropped by the filter processor [Development]",
    )),
    filter(Definition::counter(
        "otelcol_processor_filter_profiles.filtered",
        "1",
        "Number of profiles dropped by the filter processor [Development]",
    )),
    filter(Definition::counter(
        "otelcol_processor_filter_spans.filtered",
        "1",
        "Number of spans dropped by the filter processor [Development]",
    )),
];

const fn any(definition: Definition) -> Definition {
    definition
        .with_labels(&["processor", "otel.signal"])
        .of_scope("go.opentelemetry.io/collector/processor/processorhelper")
}

const fn batch(definition: Definition) -> Definition {
    definition
        .with_labels(&["processor"])
        .at(Level::Normal)
        .of_scope("go.opentelemetry.io/collector/processor/batchprocessor")
}

const fn limiter(definition: Definition) -> Definition {
    definition
        .with_labels(&["processor"])
        .of_scope("go.opentelemetry.io/collector/processor/memorylimiterprocessor")
}

const fn filter(definition: Definition) -> Definition {
    definition.with_labels(&["filter"]).of_scope(
        "github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor",
    )
}
