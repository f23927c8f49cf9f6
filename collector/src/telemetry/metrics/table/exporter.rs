//! Metrics of exporters.

use super::{BYTE_BOUNDS, Definition, ITEM_BOUNDS};
use crate::config::service::Level;

pub(super) const ROWS: &[Definition] = &[
    sent(Definition::counter(
        "otelcol_exporter_sent_spans",
        "{span}",
        "Number of spans successfully sent to destination. [Alpha]",
    )),
    sent(Definition::counter(
        "otelcol_exporter_sent_metric_points",
        "{datapoint}",
        "Number of metric points successfully sent to destination. [Alpha]",
    )),
    sent(Definition::counter(
        "otelcol_exporter_sent_log_records",
        "{record}",
        "Number of log record successfully sent to destination. [Alpha]",
    )),
    sent(Definition::counter(
        "otelcol_exporter_sent_profile_samples",
        "{sample}",
        "Number of profile samples successfully sent to destination. [Development]",
    )),
    failed(Definition::counter(
        "otelcol_exporter_send_failed_spans",
        "{span}",
        "Number of spans in failed attempts to send to destination. At detailed telemetry level, includes attributes: error.type (semantic convention), error.permanent. [Alpha]",
    )),
    failed(Definition::counter(
        "otelcol_exporter_send_failed_metric_points",
        "{datapoint}",
        "Number of metric points in failed attempts to send to destination. At detailed telemetry level, includes attributes: error.type (semantic convention), error.permanent. [Alpha]",
    )),
    failed(Definition::counter(
        "otelcol_exporter_send_failed_log_records",
        "{record}",
        "Number of log records in failed attempts to send to destination. At detailed telemetry level, includes attributes: error.type (semantic convention), error.permanent. [Alpha]",
    )),
    failed(Definition::counter(
        "otelcol_exporter_send_failed_profile_samples",
        "{sample}",
        "Number of profile samples in failed attempts to send to destination. At detailed telemetry level, includes attributes: error.type (semantic convention), error.permanent. [Development]",
    )),
    one(Definition::counter(
        "otelcol_exporter_enqueue_failed_spans",
        "{span}",
        "Number of spans failed to be added to the sending queue. [Alpha]",
    )),
    one(Definition::counter(
        "otelcol_exporter_enqueue_failed_metric_points",
        "{datapoint}",
        "Number of metric points failed to be added to the sending queue. [Alpha]",
    )),
    one(Definition::counter(
        "otelcol_exporter_enqueue_failed_log_records",
        "{record}",
        "Number of log records failed to be added to the sending queue. [Alpha]",
    )),
    one(Definition::counter(
        "otelcol_exporter_enqueue_failed_profile_samples",
        "{sample}",
        "Number of profile samples failed to be added to the sending queue. [Development]",
    )),
    queue(Definition::gauge(
        "otelcol_exporter_queue_size",
        "{batch}",
        "Current size of the retry queue (in batches). [Alpha]",
    )),
    queue(Definition::gauge(
        "otelcol_exporter_queue_capacity",
        "{batch}",
        "Fixed capacity of the retry queue (in batches). [Alpha]",
    )),
    queue(Definition::up_down_counter(
        "otelcol_exporter_in_flight_requests",
        "{request}",
        "Number of export requests currently in-flight (including retry backoff). [Development]",
    )),
    one(Definition::histogram(
        "otelcol_exporter_queue_batch_send_size",
        "{unit}",
        "Number of units in the batch. Only recorded when batching is enabled. \
         Only available on detailed level. [Development]",
        ITEM_BOUNDS,
    ))
    .at(Level::Detailed),
    one(Definition::histogram(
        "otelcol_exporter_queue_batch_send_size_bytes",
        "By",
        "Number of bytes in batch that was sent. Only recorded when batching is enabled. \
         Only available on detailed level. [Development]",
        BYTE_BOUNDS,
    ))
    .at(Level::Detailed),
    one(Definition::histogram(
        "otelcol_exporter_enqueue_size",
        "{unit}",
        "Number of units in the request added to the sending queue. \
         Only available on detailed level. [Development]",
        ITEM_BOUNDS,
    ))
    .at(Level::Detailed),
    one(Definition::histogram(
        "otelcol_exporter_enqueue_size_bytes",
        "By",
        "Number of bytes in the request added to the sending queue. \
         Only available on detailed level. [Development]",
        BYTE_BOUNDS,
    ))
    .at(Level::Detailed),
    ours(Definition::counter(
        "otelcol_exporter_rejected_spans",
        "{span}",
        "Number of spans that the destination rejected in a partial success.",
    )),
    ours(Definition::counter(
        "otelcol_exporter_rejected_metric_points",
        "{datapoint}",
        "Number of metric points that the destination rejected in a partial success.",
    )),
    ours(Definition::counter(
        "otelcol_exporter_rejected_log_records",
        "{record}",
        "Number of log records that the destination rejected in a partial success.",
    )),
    ours(Definition::counter(
        "otelcol_exporter_rejected_profile_samples",
        "{sample}",
        "Number of profile samples that the destination rejected in a partial success.",
    )),
    dropped(Definition::counter(
        "holt_exporter_dropped_spans",
        "{span}",
        "Number of spans that were accepted and given up, by the reason.",
    )),
    dropped(Definition::counter(
        "holt_exporter_dropped_metric_points",
        "{datapoint}",
        "Number of metric points that were accepted and given up, by the reason.",
    )),
    dropped(Definition::counter(
        "holt_exporter_dropped_log_records",
        "{record}",
        "Number of log records that were accepted and given up, by the reason.",
    )),
    dropped(Definition::counter(
        "holt_exporter_dropped_profile_samples",
        "{sample}",
        "Number of profile samples that were accepted and given up, by the reason.",
    )),
    ours(Definition::counter(
        "holt_exporter_damaged_batches",
        "{batch}",
        "Number of stored batches that could not be read when the queue was opened.",
    )),
];

const SCOPE: &str = "go.opentelemetry.io/collector/exporter/exporterhelper";

/// The exporter alone.
const fn one(definition: Definition) -> Definition {
    definition.with_labels(&["exporter"]).of_scope(SCOPE)
}

/// The exporter of one signal.
const fn queue(definition: Definition) -> Definition {
    definition.with_labels(&["exporter", "data_type"]).of_scope(SCOPE)
}

const fn sent(definition: Definition) -> Definition {
    definition
        .with_labels(&["exporter", "server.address", "server.port", "url.path"])
        .of_scope(SCOPE)
}

const fn failed(definition: Definition) -> Definition {
    definition
        .with_labels(&[
            "exporter",
            "server.address",
            "server.port",
            "url.path",
            "error.type",
            "error.permanent",
        ])
        .of_scope(SCOPE)
}

/// What was accepted and not sent.
const fn dropped(definition: Definition) -> Definition {
    definition.with_labels(&["exporter", "reason"]).of_scope("holt/exporter")
}

/// One that the Go collector has not.
const fn ours(definition: Definition) -> Definition {
    definition.with_labels(&["exporter"]).of_scope("holt/exporter")
}
