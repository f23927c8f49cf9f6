//! Joining and cutting batches.

#![allow(clippy::unwrap_used)] // A panic is how a test fails.

use bytes::Bytes;
use holt_pdata::{Batch, Builder, Limit, Signal, ValueView};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

#[path = "../../../benches/fixtures/spans.rs"]
mod spans;

fn traces(count: usize) -> Batch {
    let bytes = spans::request(count, spans::Text::Ascii).encode_to_vec();
    Batch::decode(Signal::Traces, Bytes::from(bytes)).unwrap()
}

/// All spans in order, each with its resource.
fn flat(batches: &[Batch]) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for batch in batches {
        let request = ExportTraceServiceRequest::decode(batch.bytes().clone()).unwrap();
        for resource in request.resource_spans {
            let name = format!("{:?}", resource.resource);
            for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                out.push((name.clone(), span.encode_to_vec()));
            }
        }
    }
    out
}

#[test]
fn joined_batches_hold_all_items_in_order() {
    let (one, two) = (traces(8), traces(40));
    let joined = Batch::concat(&[one.clone(), two.clone()]).unwrap();
    assert_eq!(joined.items(), 48);
    assert_eq!(flat(&[joined]), flat(&[one, two]));
}

#[test]
fn what_cannot_be_joined_is_refused() {
    assert!(Batch::concat(&[]).is_none());
    assert!(Batch::concat(&[traces(4), Batch::empty(Signal::Logs)]).is_none());
    assert!(
        Batch::concat(&[Batch::empty(Signal::Profiles), Batch::empty(Signal::Profiles)]).is_none()
    );
}

#[test]
fn parts_by_items_are_full_and_lose_nothing() {
    let batch = traces(40);
    for most in [1, 3, 7, 10, 39] {
        let parts = batch.split(Limit::Items(most));
        let sizes: Vec<_> = parts.iter().map(Batch::items).collect();
        assert!(sizes.iter().rev().skip(1).all(|size| *size == most), "{sizes:?}");
        assert_eq!(flat(&parts), flat(std::slice::from_ref(&batch)));
    }
    assert_eq!(batch.split(Limit::Items(40)).len(), 1);
}

#[test]
fn parts_by_bytes_stay_within_the_limit() {
    let batch = traces(40);
    let parts = batch.split(Limit::Bytes(4000));
    assert!(parts.len() > 6);
    assert!(parts.iter().all(|part| part.encoded_len() <= 4000));
    assert_eq!(flat(&parts), flat(std::slice::from_ref(&batch)));
    // An item beyond the limit is a part of its own.
    assert_eq!(batch.split(Limit::Bytes(1)).len(), 40);
}

#[test]
fn metrics_are_cut_between_datapoints_and_keep_their_envelopes() {
    use holt_pdata::messages::numbers::{METRIC, NUMBER_DATA_POINT as POINT, SUM};
    let batch = Builder::batch(Signal::Metrics, |request| {
        request.message(1, |resource| {
            resource.message(1, |resource| resource.attribute(1, "host", ValueView::Str("a")));
            resource.message(2, |scope| {
                scope.message(2, |metric| {
                    metric.text(METRIC::name, "requests");
                    metric.message(METRIC::sum, |sum| {
                        for value in 0..5u64 {
                            sum.message(SUM::data_points, |point| {
                                point.present_fixed64(POINT::as_int, value);
                            });
                        }
                        sum.varint(SUM::aggregation_temporality, 2);
                        sum.varint(SUM::is_monotonic, 1);
                    });
                });
                scope.message(2, |metric| metric.text(METRIC::name, "empty"));
            });
        });
    });
    assert_eq!(batch.items(), 5);
    let parts = batch.split(Limit::Items(2));
    assert_eq!(parts.iter().map(Batch::items).collect::<Vec<_>>(), [2, 2, 1]);
    let mut names = Vec::new();
    for part in &parts {
        let view = holt_pdata::messages::MetricsView::new(part.bytes());
        let resource = view.resource_metrics().iter().next().unwrap();
        assert!(matches!(resource.resource().attributes().get("host"), Some(ValueView::Str("a"))));
        for metric in resource.scope_metrics().iter().flat_map(|scope| scope.metrics().iter()) {
            names.push(metric.name().to_owned());
            if let Some(sum) = metric.sum() {
                assert!(sum.is_monotonic() && sum.aggregation_temporality() == 2);
            }
        }
    }
    assert_eq!(names, ["requests", "requests", "requests", "empty"]);
}

#[test]
fn compacting_frees_a_large_buffer() {
    let batch = traces(4).with_allocation(1 << 20);
    assert_eq!(batch.retained(), 1 << 20);
    assert_eq!(batch.clone().compact().retained(), batch.encoded_len());
    let full = traces(4);
    assert_eq!(full.clone().compact().bytes().as_ptr(), full.bytes().as_ptr());
}
