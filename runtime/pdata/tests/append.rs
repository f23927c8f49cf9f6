//! Records that an editor adds, and datapoints that it looks back on.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A panic is how a test fails.

use bytes::Bytes;
use holt_pdata::messages::numbers::{METRIC, NUMBER_DATA_POINT as POINT, SCOPE_METRICS};
use holt_pdata::{Batch, Editor, Level, NoRoom, Open, Repairs, Signal, ValueView, Verdict, edit};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics,
};
use prost::Message;

/// An editor made of a closure.
struct Each<F>(F);

impl<'a, F: FnMut(&mut Open<'a>) -> Result<Verdict, NoRoom>> Editor<'a> for Each<F> {
    type Error = NoRoom;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, NoRoom> {
        (self.0)(open)
    }

    fn looks_back(&self) -> bool {
        true
    }
}

fn gauge(name: &str, values: &[i64]) -> Metric {
    let point = |value: &i64| NumberDataPoint {
        time_unix_nano: 1,
        value: Some(Value::AsInt(*value)),
        ..NumberDataPoint::default()
    };
    let data_points = values.iter().map(point).collect();
    Metric {
        name: name.to_owned(),
        data: Some(Data::Gauge(Gauge { data_points })),
        ..Metric::default()
    }
}

fn request(scopes: Vec<Vec<Metric>>) -> ExportMetricsServiceRequest {
    let scope_metrics = scopes
        .into_iter()
        .map(|metrics| ScopeMetrics {
            metrics,
            schema_url: "https://example.org".to_owned(),
            ..ScopeMetrics::default()
        })
        .collect();
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics { scope_metrics, ..ResourceMetrics::default() }],
    }
}

fn batch(request: &ExportMetricsServiceRequest) -> Batch {
    Batch::decode(Signal::Metrics, Bytes::from(request.encode_to_vec())).unwrap()
}

fn run<'a>(
    batch: &'a Batch,
    level: Level,
    f: impl FnMut(&mut Open<'a>) -> Result<Verdict, NoRoom>,
) -> Result<Batch, NoRoom> {
    edit(batch, level, &mut Each(f))
}

/// What was written needs no repair, is in order, and holds as many items as it says.
fn decoded(batch: &Batch) -> ExportMetricsServiceRequest {
    let again = Batch::decode(batch.signal(), batch.bytes().clone()).unwrap();
    assert_eq!(again.repairs(), Repairs::default());
    assert_eq!(again.items(), batch.items());
    let request = ExportMetricsServiceRequest::decode(batch.bytes().clone()).unwrap();
    assert_eq!(batch.bytes(), &request.encode_to_vec());
    request
}

#[test]
fn added_metrics_stand_behind_those_of_their_scope_and_are_seen() {
    let one = gauge("one", &[1]).encode_to_vec();
    let two = gauge("two", &[2, 3]).encode_to_vec();
    let input =
        batch(&request(vec![vec![gauge("a", &[7])], vec![gauge("b", &[8]), gauge("c", &[])]]));
    let mut seen = Vec::new();
    let output = run(&input, Level::Record, |open| {
        let name = open.record.text(METRIC::name);
        seen.push((name.to_owned(), open.scope_index));
        match name {
            "a" => open.append(&one)?,
            "one" => {
                open.record.set_text(METRIC::unit, "s");
                open.append(&two)?;
            }
            "b" => open.scope_envelope.set_text(SCOPE_METRICS::schema_url, "other"),
            "c" => open.append(&two)?,
            _ => {}
        }
        Ok(Verdict::Keep)
    });
    let names: Vec<_> = seen.iter().map(|(name, scope)| (name.as_str(), *scope)).collect();
    assert_eq!(names, [("a", 1), ("one", 1), ("two", 1), ("b", 2), ("c", 2), ("two", 2)]);
    let edited = Metric { unit: "s".to_owned(), ..gauge("one", &[1]) };
    let two = gauge("two", &[2, 3]);
    let mut expected = request(vec![
        vec![gauge("a", &[7]), edited, two.clone()],
        vec![gauge("b", &[8]), gauge("c", &[]), two],
    ]);
    expected.resource_metrics[0].scope_metrics[1].schema_url = "other".to_owned();
    assert_eq!(decoded(&output.unwrap()), expected);
}

#[test]
fn an_added_metric_keeps_the_scope_when_all_others_go() {
    let new = gauge("new", &[1]).encode_to_vec();
    let input = batch(&request(vec![vec![gauge("a", &[7]), gauge("b", &[8])]]));
    let output = run(&input, Level::Record, |open| {
        if open.record.text(METRIC::name) == "new" {
            return Ok(Verdict::Keep);
        }
        if open.record.text(METRIC::name) == "a" {
            open.append(&new)?;
        }
        Ok(Verdict::Drop)
    });
    assert_eq!(decoded(&output.unwrap()), request(vec![vec![gauge("new", &[1])]]));
}

#[test]
fn datapoints_of_added_metrics_are_walked() {
    let new = gauge("new", &[1, 2]).encode_to_vec();
    let input = batch(&request(vec![vec![gauge("a", &[7])]]));
    let output = run(&input, Level::DataPoint, |open| {
        let added = open.record.text(METRIC::name) == "new";
        if added {
            open.record.set_text(METRIC::description, "d");
        } else {
            open.append(&new)?;
        }
        open.child.set_fixed64(POINT::time_unix_nano, 5);
        Ok(if added && open.child.field(POINT::as_int).unwrap().scalar == 1 {
            Verdict::Drop
        } else {
            Verdict::Keep
        })
    });
    let mut expected = request(vec![vec![gauge("a", &[7]), gauge("new", &[2])]]);
    for metric in &mut expected.resource_metrics[0].scope_metrics[0].metrics {
        let Some(Data::Gauge(gauge)) = &mut metric.data else { unreachable!() };
        gauge.data_points[0].time_unix_nano = 5;
    }
    expected.resource_metrics[0].scope_metrics[0].metrics[1].description = "d".to_owned();
    assert_eq!(decoded(&output.unwrap()), expected);
}

#[test]
fn adding_without_end_ends() {
    let new = gauge("new", &[1; 500]).encode_to_vec();
    let input = batch(&request(vec![vec![gauge("a", &[7])]]));
    let mut added = 0;
    let result = run(&input, Level::Record, |open| {
        added += 1;
        open.append(&new).map(|()| Verdict::Keep)
    });
    assert_eq!(result.unwrap_err(), NoRoom);
    assert_eq!(added, 1 + (16 << 20) / (new.len() + 2));
    // A scope that is not walked record by record takes none.
    let result = run(&input, Level::Scope, |open| open.append(&new).map(|()| Verdict::Keep));
    assert_eq!(result.unwrap_err(), NoRoom);
}

#[test]
fn a_datapoint_sees_the_edits_of_those_before_it() {
    let input = batch(&request(vec![vec![gauge("a", &[1, 2, 3, 4])]]));
    let mut seen = Vec::new();
    run(&input, Level::DataPoint, |open| {
        open.child.set_attribute("k", ValueView::Bool(true));
        let points = Gauge::decode(&*open.all_points()).unwrap().data_points;
        let value = |point: &NumberDataPoint| match point.value {
            Some(Value::AsInt(value)) => (value, point.attributes.len()),
            _ => (0, 0),
        };
        seen.push(points.iter().map(value).collect::<Vec<_>>());
        let dropped = open.child.field(POINT::as_int).unwrap().scalar == 2;
        Ok(if dropped { Verdict::Drop } else { Verdict::Keep })
    })
    .unwrap();
    assert_eq!(
        seen,
        [
            vec![(1, 1), (2, 0), (3, 0), (4, 0)],
            vec![(1, 1), (2, 1), (3, 0), (4, 0)],
            vec![(1, 1), (3, 1), (4, 0)],
            vec![(1, 1), (3, 1), (4, 1)],
        ]
    );
}
