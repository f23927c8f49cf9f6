//! Handles, levels and series.

use super::{Metrics, Reading, table};
use crate::config::de::from_node;
use crate::config::service::Level;
use crate::testing::node;

const RECEIVED: &str = "otelcol_receiver_accepted_spans";
const SIZE: &str = "otelcol_processor_batch_batch_send_size";
const QUEUE: &str = "otelcol_exporter_queue_size";

fn readings(metrics: &Metrics) -> Vec<(&'static str, Reading)> {
    let families = metrics.read().into_iter();
    families
        .flat_map(|family| {
            let name = family.definition.name;
            family.series.into_iter().map(move |series| (name, series.reading))
        })
        .collect()
}

#[test]
fn names_are_declared_once() {
    let mut seen = std::collections::HashSet::new();
    for definition in table::all() {
        assert!(seen.insert(definition.name), "{}", definition.name);
        assert!(!definition.description.is_empty() && !definition.scope.is_empty());
    }
}

#[test]
fn the_same_name_and_labels_are_one_series() {
    let metrics = Metrics::default();
    metrics.counter(RECEIVED, [("receiver", "a"), ("transport", "http")]).add(2);
    metrics.counter(RECEIVED, [("transport", "http"), ("receiver", "a")]).add(3);
    metrics.counter(RECEIVED, [("receiver", "b"), ("transport", "http")]).add(4);
    let expected = [(RECEIVED, Reading::Int(5)), (RECEIVED, Reading::Int(4))];
    assert_eq!(readings(&metrics), expected);
    assert_eq!(metrics.total(RECEIVED), 9);
}

#[test]
fn a_series_is_shown_once_something_is_recorded() {
    let metrics = Metrics::default();
    let counter = metrics.counter(RECEIVED, [("receiver", "a")]);
    assert_eq!(readings(&metrics), []);
    counter.add(0);
    assert_eq!(readings(&metrics), [(RECEIVED, Reading::Int(0))]);
}

#[test]
fn a_level_keeps_what_it_names() {
    let metrics = Metrics::new(Level::Basic);
    let histogram = metrics.histogram(SIZE, [("processor", "batch")]);
    assert!(!histogram.is_on());
    histogram.record_size(5);
    metrics.counter(RECEIVED, [("receiver", "a")]).add(1);
    assert_eq!(readings(&metrics), [(RECEIVED, Reading::Int(1))]);
    let off = Metrics::new(Level::None);
    off.counter(RECEIVED, [("receiver", "a")]).add(1);
    assert_eq!(readings(&off), []);
}

#[test]
fn values_fall_into_the_bucket_whose_limit_they_do_not_exceed() {
    let metrics = Metrics::default();
    let histogram = metrics.histogram(SIZE, [("processor", "batch")]);
    for size in [10, 11, 200_000] {
        histogram.record_size(size);
    }
    let [(_, Reading::Distribution(read))] = &readings(&metrics)[..] else { panic!("one series") };
    assert_eq!((read.counts[0], read.counts[1], *read.counts.last().unwrap()), (1, 1, 1));
    assert_eq!((read.count(), read.sum, read.min, read.max), (3, 200_021.0, 10.0, 200_000.0));
}

#[test]
fn an_observed_series_lasts_as_long_as_its_observation() {
    let metrics = Metrics::default();
    let labels = || [("exporter", "otlp"), ("data_type", "traces")];
    let first = metrics.observe(QUEUE, labels(), || 1usize);
    assert_eq!(readings(&metrics), [(QUEUE, Reading::Int(1))]);
    let second = metrics.observe(QUEUE, labels(), || 2usize);
    drop(first);
    assert_eq!(readings(&metrics), [(QUEUE, Reading::Int(2))]);
    drop(second);
    assert_eq!(readings(&metrics), []);
}

#[test]
fn what_goes_up_comes_down() {
    let metrics = Metrics::default();
    let name = "otelcol_exporter_in_flight_requests";
    let flying = metrics.up_down_counter(name, [("exporter", "otlp")]);
    let held = flying.hold();
    assert_eq!(readings(&metrics), [(name, Reading::Int(1))]);
    drop(held);
    assert_eq!(readings(&metrics), [(name, Reading::Int(0))]);
}

#[test]
fn views_change_metrics() {
    let yaml = "{level: detailed, views: [\
        {selector: {instrument_name: otelcol_receiver_acc*}, stream: {name: taken, attribute_keys: \
         {included: [receiver]}}}, \
        {selector: {instrument_type: histogram}, stream: {aggregation: {explicit_bucket_histogram: \
         {boundaries: [1, 2]}}}}, \
        {selector: {unit: '{batch}'}, stream: {aggregation: {drop: {}}}}]}";
    let settings = from_node(&node(yaml), "metrics").unwrap();
    let metrics = Metrics::configured(&settings);
    for transport in ["grpc", "http"] {
        metrics.counter(RECEIVED, [("receiver", "a"), ("transport", transport)]).add(1);
    }
    metrics.histogram(SIZE, [("processor", "batch")]).record_size(2);
    metrics.gauge(QUEUE, [("exporter", "otlp")]).set(1);
    let read = readings(&metrics);
    let [(SIZE, Reading::Distribution(sizes)), ("taken", taken)] = &read[..] else {
        panic!("{read:?}");
    };
    assert_eq!(
        (sizes.bounds, &sizes.counts[..], taken),
        (&[1.0, 2.0][..], &[0, 1, 0][..], &Reading::Int(2))
    );
}
