//! The main job: collectors of several clusters mark their metrics and send them to a central one.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use prost::Message;

use crate::backend::Backend;
use crate::client::{self, METHODS, PATHS, PROTOBUF};
use crate::common::Running;
use crate::pipeline;
use crate::telemetry;

/// The processors of `tests/seed/05-workload-collector.crd.yaml`.
fn workload(cluster: &str, central: &Running) -> Running {
    let sections = format!(
        "processors:
  transform:
    metric_statements:
      - context: datapoint
        statements:
        - set(attributes[\"namespace\"], resource.attributes[\"k8s.namespace.name\"])
        - set(attributes[\"container\"], resource.attributes[\"k8s.container.name\"])
        - set(attributes[\"pod\"], resource.attributes[\"k8s.pod.name\"])
  attributes/clustername:
    actions:
    - key: cluster_name
      value: {cluster}
      action: insert
exporters:
  debug: {{}}
  otlp: {{endpoint: 'http://{}', tls: {{insecure: true}}}}",
        central.grpc()
    );
    let processors = "transform, attributes/clustername";
    let text = pipeline::configuration(&sections, processors, "debug, otlp");
    pipeline::start(&text)
}

/// Datapoints of a pod.
fn sent(cluster: &str, number: usize) -> ExportMetricsServiceRequest {
    let attributes = [
        ("k8s.namespace.name", format!("shop-{cluster}")),
        ("k8s.container.name", format!("app-{number}")),
        ("k8s.pod.name", format!("pod-{cluster}-{number}")),
    ];
    telemetry::metrics_of(
        attributes.map(|(key, value)| telemetry::attribute(key, telemetry::text(&value))).into(),
    )
}

/// The attributes of every datapoint.
fn datapoints(metric: &Metric) -> Vec<&[KeyValue]> {
    fn all<'m, T>(
        points: &'m [T],
        attributes: impl Fn(&'m T) -> &'m Vec<KeyValue>,
    ) -> Vec<&'m [KeyValue]> {
        points.iter().map(|point| attributes(point).as_slice()).collect()
    }
    match metric.data.as_ref().unwrap() {
        Data::Gauge(data) => all(&data.data_points, |point| &point.attributes),
        Data::Sum(data) => all(&data.data_points, |point| &point.attributes),
        Data::Histogram(data) => all(&data.data_points, |point| &point.attributes),
        Data::ExponentialHistogram(data) => all(&data.data_points, |point| &point.attributes),
        Data::Summary(data) => all(&data.data_points, |point| &point.attributes),
    }
}

fn text_of<'a>(attributes: &'a [KeyValue], key: &str) -> &'a str {
    let mut found = attributes.iter().filter(|attribute| attribute.key == key);
    let first = found.next().unwrap_or_else(|| panic!("no {key} in {attributes:?}"));
    assert!(found.next().is_none(), "{key} twice in {attributes:?}");
    match first.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text,
        other => panic!("{key} is {other:?}"),
    }
}

#[test]
fn every_datapoint_arrives_with_cluster_namespace_container_and_pod() {
    const REQUESTS: usize = 20;
    let backend = Backend::start();
    let central = pipeline::forwarding_to(&backend.url());
    let workloads = ["sk", "qms"].map(|cluster| (cluster, workload(cluster, &central)));
    for (cluster, holt) in &workloads {
        for number in 0..REQUESTS {
            let body = sent(cluster, number).encode_to_vec();
            if number % 2 == 0 {
                let answer = client::post(&holt.http(), PATHS[1], &[PROTOBUF], &body);
                assert_eq!(answer.status, 200, "{answer:?}");
            } else {
                assert_eq!(client::grpc(&holt.grpc(), METHODS[1], None, &body).code, 0);
            }
        }
    }
    for (_, holt) in workloads {
        let finished = holt.terminate();
        assert_eq!(finished.code, Some(0), "{finished}");
    }
    let mut arrived = Vec::new();
    for request in backend.metrics() {
        for resource in &request.resource_metrics {
            let of_resource = &resource.resource.as_ref().unwrap().attributes;
            for metric in resource.scope_metrics.iter().flat_map(|scope| &scope.metrics) {
                for attributes in datapoints(metric) {
                    let value = |key| text_of(attributes, key).to_owned();
                    let of_resource = |key| text_of(of_resource, key).to_owned();
                    let cluster = value("cluster_name");
                    assert_eq!(value("namespace"), format!("shop-{cluster}"));
                    assert_eq!(value("container"), of_resource("k8s.container.name"));
                    assert_eq!(value("pod"), of_resource("k8s.pod.name"));
                    assert!(attributes.iter().any(|attribute| attribute.key == "id"));
                    arrived.push((cluster, value("pod")));
                }
            }
        }
    }
    assert_eq!(arrived.len(), 2 * REQUESTS * telemetry::DATAPOINTS);
    arrived.sort();
    arrived.dedup();
    assert_eq!(arrived.len(), 2 * REQUESTS, "pods are not mixed up");
}
