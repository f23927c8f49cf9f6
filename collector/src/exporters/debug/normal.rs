//! Verbosity `normal`: a line for each resource, scope, span, datapoint and log record. Batches
//! come in, text comes out.

use std::fmt::Write as _;

use holt_pdata::messages::{
    ExponentialHistogramDataPointView, HistogramDataPointView, LogsView, MetricView, MetricsView,
    NumberDataPointView, ResourceView, ScopeView, SummaryDataPointView, TracesView,
};

use super::bounds::{Bounds, bucket_bounds};
use super::number::{fixed_form, short_form};
use super::value::{attributes_text, id_text, value_text};

pub(super) fn traces(request: TracesView<'_>) -> String {
    let mut out = String::new();
    for (index, resource_spans) in request.resource_spans().iter().enumerate() {
        let line = resource_line(resource_spans.resource(), resource_spans.schema_url());
        let _ = writeln!(out, "ResourceTraces #{index}{line}");
        for (index, scope_spans) in resource_spans.scope_spans().iter().enumerate() {
            let line = scope_line(scope_spans.scope(), scope_spans.schema_url());
            let _ = writeln!(out, "ScopeTraces #{index}{line}");
            for span in scope_spans.spans().iter() {
                let ids = [id_text(span.trace_id()), id_text(span.span_id())].join(" ");
                let attributes = after_space(attributes_text(span.attributes(), " "));
                let _ = writeln!(out, "{} {ids}{attributes}", span.name());
            }
        }
    }
    out
}

pub(super) fn logs(request: LogsView<'_>) -> String {
    let mut out = String::new();
    for (index, resource_logs) in request.resource_logs().iter().enumerate() {
        let line = resource_line(resource_logs.resource(), resource_logs.schema_url());
        let _ = writeln!(out, "ResourceLog #{index}{line}");
        for (index, scope_logs) in resource_logs.scope_logs().iter().enumerate() {
            let line = scope_line(scope_logs.scope(), scope_logs.schema_url());
            let _ = writeln!(out, "ScopeLog #{index}{line}");
            for record in scope_logs.log_records().iter() {
                let body = value_text(record.body().get());
                let _ = writeln!(out, "{body} {}", attributes_text(record.attributes(), " "));
            }
        }
    }
    out
}

pub(super) fn metrics(request: MetricsView<'_>) -> String {
    let mut out = String::new();
    for (index, resource_metrics) in request.resource_metrics().iter().enumerate() {
        let line = resource_line(resource_metrics.resource(), resource_metrics.schema_url());
        let _ = writeln!(out, "ResourceMetrics #{index}{line}");
        for (index, scope_metrics) in resource_metrics.scope_metrics().iter().enumerate() {
            let line = scope_line(scope_metrics.scope(), scope_metrics.schema_url());
            let _ = writeln!(out, "ScopeMetrics #{index}{line}");
            for metric in scope_metrics.metrics().iter() {
                for (attributes, values) in datapoints(metric) {
                    let _ = writeln!(out, "{}{{{attributes}}} {values}", metric.name());
                }
            }
        }
    }
    out
}

fn resource_line(resource: ResourceView<'_>, schema_url: &str) -> String {
    let schema = match schema_url {
        "" => String::new(),
        url => format!(" [{url}]"),
    };
    format!("{schema}{}", after_space(attributes_text(resource.attributes(), " ")))
}

fn scope_line(scope: ScopeView<'_>, schema_url: &str) -> String {
    let version = match scope.version() {
        "" => String::new(),
        version => format!("@{version}"),
    };
    let name = after_space(format!("{}{version}", scope.name()));
    // The same form as for a resource, behind the name.
    let schema = match schema_url {
        "" => String::new(),
        url => format!(" [{url}]"),
    };
    format!("{name}{schema}{}", after_space(attributes_text(scope.attributes(), " ")))
}

fn after_space(text: String) -> String {
    if text.is_empty() { text } else { format!(" {text}") }
}

/// Attributes and values of each datapoint.
fn datapoints(metric: MetricView<'_>) -> Vec<(String, String)> {
    let number = |point: NumberDataPointView<'_>| {
        (attributes_text(point.attributes(), ","), number_values(point))
    };
    if let Some(gauge) = metric.gauge() {
        gauge.data_points().iter().map(number).collect()
    } else if let Some(sum) = metric.sum() {
        sum.data_points().iter().map(number).collect()
    } else if let Some(histogram) = metric.histogram() {
        let points = histogram.data_points().iter();
        points.map(|p| (attributes_text(p.attributes(), ","), histogram_values(p))).collect()
    } else if let Some(histogram) = metric.exponential_histogram() {
        let points = histogram.data_points().iter();
        points.map(|p| (attributes_text(p.attributes(), ","), exponential_values(p))).collect()
    } else if let Some(summary) = metric.summary() {
        let points = summary.data_points().iter();
        points.map(|p| (attributes_text(p.attributes(), ","), summary_values(p))).collect()
    } else {
        Vec::new()
    }
}

fn number_values(point: NumberDataPointView<'_>) -> String {
    match (point.as_int(), point.as_double()) {
        (Some(int), _) => int.to_string(),
        (None, Some(double)) => short_form(double),
        (None, None) => String::new(),
    }
}

/// `count=3 sum=1.5 min=0 max=1`: what both kinds of histogram begin with.
fn totals(count: u64, sum: Option<f64>, min: Option<f64>, max: Option<f64>) -> String {
    let mut out = format!("count={count}");
    for (name, value) in [("sum", sum), ("min", min), ("max", max)] {
        if let Some(value) = value {
            let _ = write!(out, " {name}={}", short_form(value));
        }
    }
    out
}

fn histogram_values(point: HistogramDataPointView<'_>) -> String {
    let mut out = totals(point.count(), point.sum(), point.min(), point.max());
    let mut bounds = point.explicit_bounds().iter();
    for count in point.bucket_counts().iter() {
        let _ = match bounds.next() {
            Some(bound) => write!(out, " le{}={count}", short_form(bound)),
            None => write!(out, " {count}"),
        };
    }
    out
}

fn exponential_values(point: ExponentialHistogramDataPointView<'_>) -> String {
    let mut out = totals(point.count(), point.sum(), point.min(), point.max());
    let mut negative = bucket_bounds(point.scale(), point.negative());
    negative.reverse();
    for Bounds { lower, count, .. } in negative {
        let _ = write!(out, " le{}={count}", short_form(-lower));
    }
    if point.zero_count() != 0 {
        let _ = write!(out, " zero={}", point.zero_count());
    }
    for Bounds { upper, count, .. } in bucket_bounds(point.scale(), point.positive()) {
        let _ = write!(out, " le{}={count}", short_form(upper));
    }
    out
}

fn summary_values(point: SummaryDataPointView<'_>) -> String {
    let mut out = format!("count={} sum={}", point.count(), fixed_form(point.sum()));
    for value in point.quantile_values().iter() {
        let (quantile, value) = (short_form(value.quantile()), short_form(value.value()));
        let _ = write!(out, " q{quantile}={value}");
    }
    out
}
