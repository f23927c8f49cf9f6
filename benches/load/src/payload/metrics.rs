//! Service metrics: gauges, sums and histograms, ten points each, six attributes a point, about
//! 309 bytes a point.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint,
    ResourceMetrics, ScopeMetrics, Sum,
};
use prost::Message;

use super::resource::{Container, PER_REQUEST};
use super::{Shape, shares, words};
use crate::random::Random;

/// Points of one metric, unless the request ends before.
const POINTS_PER_METRIC: usize = 10;
/// The bucket bounds that the SDKs use for durations in seconds.
const BOUNDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// One encoded metric request.
pub(super) fn request(shape: &Shape, random: &mut Random) -> Vec<u8> {
    // Whole metrics go to a resource, so that each but the last has its ten points.
    let metrics = shape.items.div_ceil(POINTS_PER_METRIC);
    let mut left = shape.items;
    let mut number = 0;
    let resource_metrics = shares(metrics, PER_REQUEST)
        .map(|metrics| {
            let container = Container::new(random);
            let metrics = (0..metrics)
                .map(|_| {
                    let points = left.min(POINTS_PER_METRIC);
                    left -= points;
                    number += 1;
                    metric(shape, random, &container, number, points)
                })
                .collect();
            ResourceMetrics {
                resource: Some(container.resource(random)),
                scope_metrics: vec![ScopeMetrics {
                    scope: Some(words::scope()),
                    metrics,
                    ..Default::default()
                }],
                ..Default::default()
            }
        })
        .collect();
    ExportMetricsServiceRequest { resource_metrics }.encode_to_vec()
}

fn metric(
    shape: &Shape,
    random: &mut Random,
    container: &Container,
    number: usize,
    points: usize,
) -> Metric {
    let cumulative = AggregationTemporality::Cumulative as i32;
    let noun = random.pick(words::NOUNS);
    let (suffix, unit, data) = match number % 3 {
        0 => {
            let data_points = repeat(points, || histogram_point(shape, random, container));
            let histogram = Histogram { data_points, aggregation_temporality: cumulative };
            ("duration", "s", Data::Histogram(histogram))
        }
        1 => {
            let data_points = repeat(points, || number_point(shape, random, container, false));
            ("in_flight", "{request}", Data::Gauge(Gauge { data_points }))
        }
        _ => {
            let data_points = repeat(points, || number_point(shape, random, container, true));
            let sum = Sum { data_points, aggregation_temporality: cumulative, is_monotonic: true };
            ("requests", "{request}", Data::Sum(sum))
        }
    };
    Metric {
        name: format!("shop.{noun}.{suffix}"),
        description: format!("What the {noun} service measures of its {suffix}"),
        unit: unit.into(),
        data: Some(data),
        ..Default::default()
    }
}

fn repeat<T>(count: usize, mut make: impl FnMut() -> T) -> Vec<T> {
    (0..count).map(|_| make()).collect()
}

fn number_point(
    shape: &Shape,
    random: &mut Random,
    container: &Container,
    whole: bool,
) -> NumberDataPoint {
    let time = words::moment(random);
    let value = match whole {
        true => Value::AsInt(random.below(100_000_000) as i64),
        false => Value::AsDouble(random.between(0.0, 5000.0)),
    };
    NumberDataPoint {
        attributes: attributes(shape, random, container),
        start_time_unix_nano: time.saturating_sub(60_000_000_000),
        time_unix_nano: time,
        value: Some(value),
        ..Default::default()
    }
}

fn histogram_point(
    shape: &Shape,
    random: &mut Random,
    container: &Container,
) -> HistogramDataPoint {
    let time = words::moment(random);
    let bucket_counts: Vec<u64> = (0..=BOUNDS.len()).map(|_| random.below(3000)).collect();
    let count = bucket_counts.iter().sum();
    HistogramDataPoint {
        attributes: attributes(shape, random, container),
        start_time_unix_nano: time.saturating_sub(60_000_000_000),
        time_unix_nano: time,
        count,
        sum: Some(count as f64 * random.between(0.01, 0.8)),
        bucket_counts,
        explicit_bounds: BOUNDS.to_vec(),
        min: Some(random.between(0.0001, 0.005)),
        max: Some(random.between(1.0, 12.0)),
        ..Default::default()
    }
}

/// Six attributes; with those of the container when points are not to be bare.
fn attributes(shape: &Shape, random: &mut Random, container: &Container) -> Vec<KeyValue> {
    let korean = random.chance(shape.korean);
    let mut attributes = vec![
        words::text("http.request.method", random.pick(words::METHODS)),
        words::int("http.response.status_code", words::status_code(random)),
        words::text("http.route", format!("/api/v1/{}", random.pick(words::NOUNS))),
        words::text("url.scheme", random.pick(&["http", "https"])),
        words::text("app.operation", words::name(random, korean)),
        words::text("client.address", words::address(random)),
    ];
    if !shape.bare_points {
        attributes.extend(container.identity());
    }
    attributes
}
