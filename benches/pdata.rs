//! The telemetry model against prost, on requests of 1000 spans of about 616 bytes.
//!
//! Figures are per request; divide by 1000 for a span. Every ratio is taken within one run.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "fixtures/spans.rs"]
mod spans;

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use holt_pdata::{Batch, Signal};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use spans::Text;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SPANS: usize = 1000;

fn decode(criterion: &mut Criterion) {
    for (name, style) in [("ascii", Text::Ascii), ("korean", Text::Korean)] {
        let bytes = Bytes::from(spans::request(SPANS, style).encode_to_vec());
        let mut group = criterion.benchmark_group(format!("traces/{name}"));
        group.throughput(Throughput::Elements(SPANS as u64));
        group.bench_function("batch_decode", |bencher| {
            bencher.iter(|| Batch::decode(Signal::Traces, black_box(bytes.clone())).unwrap().items());
        });
        group.bench_function("prost_decode", |bencher| {
            bencher.iter(|| ExportTraceServiceRequest::decode(black_box(bytes.clone())).unwrap());
        });
        group.bench_function("prost_decode_encode", |bencher| {
            bencher.iter(|| {
                let request =
                    ExportTraceServiceRequest::decode(black_box(bytes.clone())).unwrap();
                request.encode_to_vec()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, decode);
criterion_main!(benches);
