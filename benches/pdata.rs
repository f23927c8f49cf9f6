//! The telemetry model against prost, on requests of 1000 spans of about 616 bytes.
//!
//! Figures are per request; divide by 1000 for a span. Every ratio is taken within one run.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "fixtures/spans.rs"]
mod spans;

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use holt_pdata::{Batch, Editor, Level, Open, Signal, ValueView, Verdict, edit};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
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
            bencher
                .iter(|| Batch::decode(Signal::Traces, black_box(bytes.clone())).unwrap().items());
        });
        group.bench_function("prost_decode", |bencher| {
            bencher.iter(|| ExportTraceServiceRequest::decode(black_box(bytes.clone())).unwrap());
        });
        group.bench_function("prost_decode_encode", |bencher| {
            bencher.iter(|| {
                let request = ExportTraceServiceRequest::decode(black_box(bytes.clone())).unwrap();
                request.encode_to_vec()
            });
        });
        group.finish();
    }
}

/// `set(attributes["k"], "v") where attributes["http.response.status_code"] >= 500`, by hand.
struct SetWhere;

impl<'a> Editor<'a> for SetWhere {
    type Error = std::convert::Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        let status = open.record.attribute("http.response.status_code");
        if matches!(status, Some(ValueView::Int(500..))) {
            open.record.set_attribute("k", ValueView::Str("v"));
        }
        Ok(Verdict::Keep)
    }
}

fn set_where_prost(request: &mut ExportTraceServiceRequest) {
    for span in request
        .resource_spans
        .iter_mut()
        .flat_map(|resource| &mut resource.scope_spans)
        .flat_map(|scope| &mut scope.spans)
    {
        let failed = span
            .attributes
            .iter()
            .find(|attribute| attribute.key == "http.response.status_code")
            .and_then(|attribute| attribute.value.as_ref())
            .is_some_and(|value| matches!(value.value, Some(any_value::Value::IntValue(500..))));
        if !failed {
            continue;
        }
        let value = Some(AnyValue { value: Some(any_value::Value::StringValue("v".into())) });
        match span.attributes.iter_mut().find(|attribute| attribute.key == "k") {
            Some(attribute) => attribute.value = value,
            None => {
                span.attributes.push(KeyValue { key: "k".into(), value, ..Default::default() });
            }
        }
    }
}

fn find_and_set(criterion: &mut Criterion) {
    for (name, style) in [("ascii", Text::Ascii), ("korean", Text::Korean)] {
        let bytes = Bytes::from(spans::request(SPANS, style).encode_to_vec());
        let batch = Batch::decode(Signal::Traces, bytes.clone()).unwrap();
        let mut group = criterion.benchmark_group(format!("traces/{name}/set_where"));
        group.throughput(Throughput::Elements(SPANS as u64));
        group.bench_function("decoded_batch", |bencher| {
            bencher.iter(|| edit(black_box(&batch), Level::Record, &mut SetWhere).unwrap());
        });
        group.bench_function("bytes", |bencher| {
            bencher.iter(|| {
                let batch = Batch::decode(Signal::Traces, black_box(bytes.clone())).unwrap();
                edit(&batch, Level::Record, &mut SetWhere).unwrap()
            });
        });
        group.bench_function("prost", |bencher| {
            bencher.iter(|| {
                let mut request =
                    ExportTraceServiceRequest::decode(black_box(bytes.clone())).unwrap();
                set_where_prost(&mut request);
                request.encode_to_vec()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, decode, find_and_set);
criterion_main!(benches);
