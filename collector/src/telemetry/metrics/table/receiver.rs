//! Metrics of receivers.

use super::Definition;

pub(super) const ROWS: &[Definition] = &[
    of(Definition::counter(
        "otelcol_receiver_accepted_spans",
        "{span}",
        "Number of spans successfully pushed into the pipeline. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_accepted_metric_points",
        "{datapoint}",
        "Number of metric points successfully pushed into the pipeline. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_accepted_log_records",
        "{record}",
        "Number of log records successfully pushed into the pipeline. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_accepted_profile_samples",
        "{sample}",
        "Number of profile samples successfully pushed into the pipeline. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_refused_spans",
        "{span}",
        "Number of spans that could not be pushed into the pipeline. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_refused_metric_points",
        "{datapoint}",
        "Number of metric points that could not be pushed into the pipeline. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_refused_log_records",
        "{record}",
        "Number of log records that could not be pushed into the pipeline. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_refused_profile_samples",
        "{sample}",
        "Number of profile samples that could not be pushed into the pipeline. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_failed_spans",
        "{span}",
        "The number of spans that failed to be processed by the receiver due to internal errors. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_failed_metric_points",
        "{datapoint}",
        "The number of metric points that failed to be processed by the receiver due to internal errors. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_failed_log_records",
        "{record}",
        "The number of log records that failed to be processed by the receiver due to internal errors. [Alpha]",
    )),
    of(Definition::counter(
        "otelcol_receiver_failed_profile_samples",
        "{sample}",
        "The number of profile samples that failed to be processed by the receiver due to internal errors. [Alpha]",
    )),
];

const fn of(definition: Definition) -> Definition {
    definition
        .with_labels(&["receiver", "transport"])
        .of_scope("go.opentelemetry.io/collector/receiver/receiverhelper")
}
