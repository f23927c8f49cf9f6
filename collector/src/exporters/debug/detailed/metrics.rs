//! Metrics, their datapoints and exemplars.

use holt_pdata::AttributesView;
use holt_pdata::messages::{
    ExemplarView, ExponentialHistogramDataPointView, HistogramDataPointView, MetricView,
    MetricsView, NumberDataPointView, SummaryDataPointView,
};
use holt_pdata::view::Messages;

use super::super::bounds::{Bounds, bucket_bounds};
use super::super::number::fixed_form;
use super::super::value::{id_text, time_text};
use super::{BELOW, Lines};

pub(in super::super) fn metrics(request: MetricsView<'_>) -> String {
    let mut out = Lines::default();
    for (index, resource_metrics) in request.resource_metrics().iter().enumerate() {
        out.line(format_args!("ResourceMetrics #{index}"));
        out.resource(resource_metrics.resource(), resource_metrics.schema_url());
        for (index, scope_metrics) in resource_metrics.scope_metrics().iter().enumerate() {
            out.line(format_args!("ScopeMetrics #{index}"));
            out.line(format_args!("ScopeMetrics SchemaURL: {}", scope_metrics.schema_url()));
            out.scope(scope_metrics.scope());
            for (index, metric) in scope_metrics.metrics().iter().enumerate() {
                out.line(format_args!("Metric #{index}"));
                out.metric(metric);
            }
        }
    }
    out.0
}

impl Lines {
    fn metric(&mut self, metric: MetricView<'_>) {
        self.line(format_args!("Descriptor:"));
        self.line(format_args!("{BELOW} Name: {}", metric.name()));
        self.line(format_args!("{BELOW} Description: {}", metric.description()));
        self.line(format_args!("{BELOW} Unit: {}", metric.unit()));
        self.line(format_args!("{BELOW} DataType: {}", data_type(metric)));
        self.attributes("     -> Metadata", metric.metadata());
        if let Some(gauge) = metric.gauge() {
            self.number_points(gauge.data_points());
        } else if let Some(sum) = metric.sum() {
            self.line(format_args!("{BELOW} IsMonotonic: {}", sum.is_monotonic()));
            self.temporality(sum.aggregation_temporality());
            self.number_points(sum.data_points());
        } else if let Some(histogram) = metric.histogram() {
            self.temporality(histogram.aggregation_temporality());
            for (index, point) in histogram.data_points().iter().enumerate() {
                self.histogram_point(index, point);
            }
        } else if let Some(histogram) = metric.exponential_histogram() {
            self.temporality(histogram.aggregation_temporality());
            for (index, point) in histogram.data_points().iter().enumerate() {
                self.exponential_point(index, point);
            }
        } else if let Some(summary) = metric.summary() {
            for (index, point) in summary.data_points().iter().enumerate() {
                self.summary_point(index, point);
            }
        }
    }

    fn temporality(&mut self, number: i32) {
        let name = match number {
            0 => "Unspecified",
            1 => "Delta",
            2 => "Cumulative",
            _ => "",
        };
        self.line(format_args!("{BELOW} AggregationTemporality: {name}"));
    }

    /// What every datapoint begins with.
    fn point(&mut self, title: &str, attributes: AttributesView<'_>, start: u64, time: u64) {
        self.line(format_args!("{title}"));
        self.attributes("Data point attributes", attributes);
        self.line(format_args!("StartTimestamp: {}", time_text(start)));
        self.line(format_args!("Timestamp: {}", time_text(time)));
    }

    fn number(&mut self, indent: &str, int: Option<i64>, double: Option<f64>) {
        match (int, double) {
            (Some(int), _) => self.line(format_args!("{indent}Value: {int}")),
            (None, Some(double)) => {
                self.line(format_args!("{indent}Value: {}", fixed_form(double)));
            }
            (None, None) => {}
        }
    }

    fn number_points(&mut self, points: Messages<'_, NumberDataPointView<'_>>) {
        for (index, point) in points.iter().enumerate() {
            let (start, time) = (point.start_time_unix_nano(), point.time_unix_nano());
            self.point(&format!("NumberDataPoints #{index}"), point.attributes(), start, time);
            self.number("", point.as_int(), point.as_double());
            self.exemplars(point.exemplars());
        }
    }

    fn totals(&mut self, count: u64, sum: Option<f64>, min: Option<f64>, max: Option<f64>) {
        self.line(format_args!("Count: {count}"));
        for (name, value) in [("Sum", sum), ("Min", min), ("Max", max)] {
            if let Some(value) = value {
                self.line(format_args!("{name}: {}", fixed_form(value)));
            }
        }
    }

    fn histogram_point(&mut self, index: usize, point: HistogramDataPointView<'_>) {
        let (start, time) = (point.start_time_unix_nano(), point.time_unix_nano());
        self.point(&format!("HistogramDataPoints #{index}"), point.attributes(), start, time);
        self.totals(point.count(), point.sum(), point.min(), point.max());
        for (index, bound) in point.explicit_bounds().iter().enumerate() {
            self.line(format_args!("ExplicitBounds #{index}: {}", fixed_form(bound)));
        }
        for (index, count) in point.bucket_counts().iter().enumerate() {
            self.line(format_args!("Buckets #{index}, Count: {count}"));
        }
        self.exemplars(point.exemplars());
    }

    fn exponential_point(&mut self, index: usize, point: ExponentialHistogramDataPointView<'_>) {
        let (start, time) = (point.start_time_unix_nano(), point.time_unix_nano());
        let title = format!("ExponentialHistogramDataPoints #{index}");
        self.point(&title, point.attributes(), start, time);
        self.totals(point.count(), point.sum(), point.min(), point.max());
        for Bounds { lower, upper, count } in
            bucket_bounds(point.scale(), point.negative()).into_iter().rev()
        {
            let (from, to) = (fixed_form(-upper), fixed_form(-lower));
            self.line(format_args!("Bucket [{from}, {to}), Count: {count}"));
        }
        if point.zero_count() != 0 {
            self.line(format_args!("Bucket [0, 0], Count: {}", point.zero_count()));
        }
        for Bounds { lower, upper, count } in bucket_bounds(point.scale(), point.positive()) {
            let (from, to) = (fixed_form(lower), fixed_form(upper));
            self.line(format_args!("Bucket ({from}, {to}], Count: {count}"));
        }
        self.exemplars(point.exemplars());
    }

    fn summary_point(&mut self, index: usize, point: SummaryDataPointView<'_>) {
        let (start, time) = (point.start_time_unix_nano(), point.time_unix_nano());
        self.point(&format!("SummaryDataPoints #{index}"), point.attributes(), start, time);
        self.totals(point.count(), Some(point.sum()), None, None);
        for (index, value) in point.quantile_values().iter().enumerate() {
            let (quantile, value) = (fixed_form(value.quantile()), fixed_form(value.value()));
            self.line(format_args!("QuantileValue #{index}: Quantile {quantile}, Value {value}"));
        }
    }

    fn exemplars(&mut self, exemplars: Messages<'_, ExemplarView<'_>>) {
        for (index, exemplar) in exemplars.iter().enumerate() {
            if index == 0 {
                self.line(format_args!("Exemplars:"));
            }
            self.line(format_args!("Exemplar #{index}"));
            self.line(format_args!("{BELOW} Trace ID: {}", id_text(exemplar.trace_id())));
            self.line(format_args!("{BELOW} Span ID: {}", id_text(exemplar.span_id())));
            self.line(format_args!("{BELOW} Timestamp: {}", time_text(exemplar.time_unix_nano())));
            self.number("     -> ", exemplar.as_int(), exemplar.as_double());
            self.attributes("     -> FilteredAttributes", exemplar.filtered_attributes());
        }
    }
}

fn data_type(metric: MetricView<'_>) -> &'static str {
    if metric.gauge().is_some() {
        "Gauge"
    } else if metric.sum().is_some() {
        "Sum"
    } else if metric.histogram().is_some() {
        "Histogram"
    } else if metric.exponential_histogram().is_some() {
        "ExponentialHistogram"
    } else if metric.summary().is_some() {
        "Summary"
    } else {
        "Empty"
    }
}
