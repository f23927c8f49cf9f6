//! Spans, who keeps them, and their parents.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::sampler::Sampler;
use super::{Bucket, SpanContext, Tracer};
use crate::config::service::{self, Ratio};

const PARENT: &str = "00-0102030405060708090a0b0c0d0e0f10-1112131415161718-01";

fn headers(name: &'static str, value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(http::HeaderName::from_static(name), value.parse().unwrap())])
}

#[test]
fn a_tracer_that_is_off_makes_nothing() {
    let tracer = Tracer::default();
    let span = tracer.start(&Arc::from("a"), &Arc::from("tests"), None);
    assert!(span.context().is_none() && !span.is_recording() && tracer.recent().is_none());
}

#[test]
fn spans_are_counted_while_they_last_and_kept_afterwards() {
    let tracer = Tracer::keeping();
    let name: Arc<str> = Arc::from("receiver/otlp/TraceDataReceived");
    let mut span = tracer.start(&name, &Arc::from("tests"), None);
    span.set("transport", "http");
    assert_eq!(tracer.recent().unwrap().summary()[0].active, 1);
    let child = tracer.start(&Arc::from("child"), &Arc::from("tests"), span.context());
    assert_eq!(child.context().unwrap().trace_id, span.context().unwrap().trace_id);
    drop(child);
    span.fail("refused");
    drop(span);
    let recent = tracer.recent().unwrap();
    let summary = recent.summary();
    assert_eq!((summary[1].active, summary[1].errors), (0, 1));
    let kept = recent.errors(&name);
    assert_eq!(kept[0].error.as_deref(), Some("refused"));
    assert_eq!(summary[0].by_latency.iter().sum::<usize>(), 1);
}

#[test]
fn the_span_of_another_process_is_read_from_headers() {
    let tracer = Tracer::keeping();
    let remote = tracer.remote(&headers("traceparent", PARENT)).unwrap();
    assert!(remote.is_sampled && remote.is_remote);
    assert_eq!((remote.trace_id[0], remote.span_id[7]), (1, 0x18));
    for wrong in ["", "00-01-02-01", "ff-0102030405060708090a0b0c0d0e0f10-1112131415161718-01"] {
        assert_eq!(tracer.remote(&headers("traceparent", wrong)), None, "{wrong}");
    }
}

#[test]
fn a_share_of_the_traces_is_kept() {
    let settings = service::Sampler {
        trace_id_ratio_based: Some(Ratio { ratio: Some(0.25) }),
        ..service::Sampler::default()
    };
    let sampler = Sampler::new(Some(&settings));
    let id = |first: u8| {
        let mut id = [0; 16];
        id[8] = first;
        id
    };
    let kept = (0..=255).filter(|first| sampler.keeps(&id(*first), None)).count();
    assert_eq!(kept, 64);
    let parent = |is_sampled| SpanContext {
        trace_id: [1; 16],
        span_id: [1; 8],
        is_sampled,
        is_remote: true,
    };
    let usual = Sampler::new(None);
    assert!(usual.keeps(&[1; 16], Some(&parent(true))));
    assert!(!usual.keeps(&[1; 16], Some(&parent(false))));
}

#[test]
fn buckets_are_powers_of_ten() {
    assert_eq!(Bucket::NAMES.len(), Bucket::COUNT);
    let tracer = Tracer::keeping();
    drop(tracer.start(&Arc::from("a"), &Arc::from("tests"), None));
    let recent = tracer.recent().unwrap();
    let total: usize =
        (0..Bucket::COUNT).map(|one| recent.by_latency("a", Bucket(one)).len()).sum();
    assert_eq!(total, 1);
    assert!(
        recent
            .by_latency("a", Bucket(8))
            .iter()
            .all(|span| span.duration > Duration::from_secs(100))
    );
}
