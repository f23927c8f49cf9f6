//! What the three export requests have in common, for code that handles them alike.

use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use prost::Message;

use crate::signal::Signal;

/// An export request of one signal.
pub(super) trait ExportRequest: Message + Default + Send + Sync + 'static {
    /// The answer to it.
    type Response: Message + Default + Send + Sync + 'static;
    /// Its signal.
    const SIGNAL: Signal;

    /// Calls `visit` with the attributes of each span, log record or datapoint.
    fn visit_attributes(&mut self, visit: &mut dyn FnMut(&mut Vec<KeyValue>));
}

impl ExportRequest for ExportTraceServiceRequest {
    type Response = ExportTraceServiceResponse;
    const SIGNAL: Signal = Signal::Traces;

    fn visit_attributes(&mut self, visit: &mut dyn FnMut(&mut Vec<KeyValue>)) {
        let scopes = self.resource_spans.iter_mut().flat_map(|resource| &mut resource.scope_spans);
        for span in scopes.flat_map(|scope| &mut scope.spans) {
            visit(&mut span.attributes);
        }
    }
}

impl ExportRequest for ExportLogsServiceRequest {
    type Response = ExportLogsServiceResponse;
    const SIGNAL: Signal = Signal::Logs;

    fn visit_attributes(&mut self, visit: &mut dyn FnMut(&mut Vec<KeyValue>)) {
        let scopes = self.resource_logs.iter_mut().flat_map(|resource| &mut resource.scope_logs);
        for record in scopes.flat_map(|scope| &mut scope.log_records) {
            visit(&mut record.attributes);
        }
    }
}

impl ExportRequest for ExportMetricsServiceRequest {
    type Response = ExportMetricsServiceResponse;
    const SIGNAL: Signal = Signal::Metrics;

    fn visit_attributes(&mut self, visit: &mut dyn FnMut(&mut Vec<KeyValue>)) {
        let scopes =
            self.resource_metrics.iter_mut().flat_map(|resource| &mut resource.scope_metrics);
        let metrics = scopes.flat_map(|scope| &mut scope.metrics);
        for data in metrics.filter_map(|metric| metric.data.as_mut()) {
            match data {
                Data::Gauge(gauge) => {
                    gauge.data_points.iter_mut().for_each(|point| visit(&mut point.attributes));
                }
                Data::Sum(sum) => {
                    sum.data_points.iter_mut().for_each(|point| visit(&mut point.attributes));
                }
                Data::Histogram(histogram) => {
                    histogram.data_points.iter_mut().for_each(|point| visit(&mut point.attributes));
                }
                Data::ExponentialHistogram(histogram) => {
                    histogram.data_points.iter_mut().for_each(|point| visit(&mut point.attributes));
                }
                Data::Summary(summary) => {
                    summary.data_points.iter_mut().for_each(|point| visit(&mut point.attributes));
                }
            }
        }
    }
}
