//! The cases that suit splicing least, against prost's decode, edit, encode.
//!
//! Every field of every span edited, spans with 64 attributes of which all are replaced, log bodies
//! nested five levels deep, and five edits one after the other that each rewrite the whole batch.
//! Each figure of ours includes `Batch::decode`; none may exceed prost's.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "fixtures/spans.rs"]
mod spans;

use std::convert::Infallible;
use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use holt_pdata::messages::numbers::{LOG_RECORD, SPAN};
use holt_pdata::{Batch, Editor, Level, Open, Signal, ValueView, Verdict, edit};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, KeyValueList, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ITEMS: usize = 1000;

/// An editor made of a function.
struct Each<F>(F);

impl<'a, F: FnMut(&mut Open<'a>)> Editor<'a> for Each<F> {
    type Error = Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Infallible> {
        (self.0)(open);
        Ok(Verdict::Keep)
    }
}

fn text(value: &str) -> AnyValue {
    AnyValue { value: Some(any_value::Value::StringValue(value.into())) }
}

fn entry(key: &str, value: AnyValue) -> KeyValue {
    KeyValue { key: key.into(), value: Some(value), ..Default::default() }
}

/// Compares an edit of ours with the same edit on prost's types.
fn compare<M: Message + Default>(
    criterion: &mut Criterion,
    name: &str,
    signal: Signal,
    bytes: Bytes,
    ours: impl Fn(Batch) -> Batch,
    prosts: impl Fn(&mut M),
) {
    let mut group = criterion.benchmark_group(format!("worst/{name}"));
    group.throughput(Throughput::Elements(ITEMS as u64));
    group.bench_function("holt", |bencher| {
        bencher.iter(|| ours(Batch::decode(signal, black_box(bytes.clone())).unwrap()));
    });
    group.bench_function("prost", |bencher| {
        bencher.iter(|| {
            let mut request = M::decode(black_box(bytes.clone())).unwrap();
            prosts(&mut request);
            request.encode_to_vec()
        });
    });
    group.finish();
}

fn each_span(request: &mut ExportTraceServiceRequest, change: impl FnMut(&mut Span)) {
    request
        .resource_spans
        .iter_mut()
        .flat_map(|resource| &mut resource.scope_spans)
        .flat_map(|scope| &mut scope.spans)
        .for_each(change);
}

fn every_field(criterion: &mut Criterion) {
    let bytes = Bytes::from(spans::request(ITEMS, spans::Text::Ascii).encode_to_vec());
    let ours = |batch: Batch| {
        let change = |open: &mut Open<'_>| {
            let record = &mut open.record;
            record.set_bytes(SPAN::trace_id, &[7; 16]);
            record.set_bytes(SPAN::span_id, &[8; 8]);
            record.set_text(SPAN::trace_state, "a=b");
            record.set_bytes(SPAN::parent_span_id, &[9; 8]);
            record.set_text(SPAN::name, "renamed");
            record.set_varint(SPAN::kind, 1);
            record.set_fixed64(SPAN::start_time_unix_nano, 1);
            record.set_fixed64(SPAN::end_time_unix_nano, 2);
            record.set_varint(SPAN::dropped_attributes_count, 3);
            record.set_varint(SPAN::dropped_events_count, 4);
            record.set_varint(SPAN::dropped_links_count, 5);
            record.clear(SPAN::status);
            record.set_fixed32(SPAN::flags, 6);
            record.retain_attributes(|_, _| false);
            record.set_attribute("only", ValueView::Str("one"));
        };
        edit(&batch, Level::Record, &mut Each(change)).unwrap()
    };
    compare(criterion, "every_field", Signal::Traces, bytes, ours, |request| {
        each_span(request, |span| {
            span.trace_id = vec![7; 16];
            span.span_id = vec![8; 8];
            span.trace_state = "a=b".into();
            span.parent_span_id = vec![9; 8];
            span.name = "renamed".into();
            span.kind = 1;
            span.start_time_unix_nano = 1;
            span.end_time_unix_nano = 2;
            span.dropped_attributes_count = 3;
            span.dropped_events_count = 4;
            span.dropped_links_count = 5;
            span.status = None;
            span.flags = 6;
            span.attributes = vec![entry("only", text("one"))];
        });
    });
}

fn many_keys(criterion: &mut Criterion) {
    let keys: Vec<String> = (0..64).map(|index| format!("attribute.number.{index}")).collect();
    let attributes: Vec<_> =
        keys.iter().map(|key| entry(key, text("a value of some length"))).collect();
    let span = Span { name: "wide".into(), attributes, ..Default::default() };
    let scope = ScopeSpans { spans: vec![span; ITEMS], ..Default::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..Default::default() };
    let request = ExportTraceServiceRequest { resource_spans: vec![resource] };
    let ours = |batch: Batch| {
        let change = |open: &mut Open<'_>| {
            for (index, key) in KEYS.iter().enumerate() {
                open.record.set_attribute(key, ValueView::Int(index as i64));
            }
        };
        edit(&batch, Level::Record, &mut Each(change)).unwrap()
    };
    compare(
        criterion,
        "64_keys",
        Signal::Traces,
        request.encode_to_vec().into(),
        ours,
        |request| {
            each_span(request, |span| {
                for (index, key) in keys.iter().enumerate() {
                    let value =
                        Some(AnyValue { value: Some(any_value::Value::IntValue(index as i64)) });
                    if let Some(found) = span.attributes.iter_mut().find(|entry| entry.key == *key)
                    {
                        found.value = value;
                    }
                }
            });
        },
    );
}

/// The same keys with the lifetime that editors want.
static KEYS: std::sync::LazyLock<Vec<String>> =
    std::sync::LazyLock::new(|| (0..64).map(|index| format!("attribute.number.{index}")).collect());

fn deep_bodies(criterion: &mut Criterion) {
    let mut body = text("leaf");
    for _ in 0..5 {
        let values = vec![entry("inner", body), entry("beside", text("something"))];
        let list = KeyValueList { values };
        body = AnyValue { value: Some(any_value::Value::KvlistValue(list)) };
    }
    let record = LogRecord { body: Some(body), severity_number: 9, ..Default::default() };
    let scope = ScopeLogs { log_records: vec![record; ITEMS], ..Default::default() };
    let resource = ResourceLogs { scope_logs: vec![scope], ..Default::default() };
    let request = ExportLogsServiceRequest { resource_logs: vec![resource] };
    let ours = |batch: Batch| {
        let change = |open: &mut Open<'_>| {
            let body = open.record.field(LOG_RECORD::body).map(|field| field.bytes);
            let mut value = ValueView::decode(body.unwrap_or_default());
            while let ValueView::Map(map) = value {
                value = map.get("inner").unwrap_or_default();
            }
            open.record.set_attribute("leaf", value);
        };
        edit(&batch, Level::Record, &mut Each(change)).unwrap()
    };
    compare(
        criterion,
        "deep_bodies",
        Signal::Logs,
        request.encode_to_vec().into(),
        ours,
        |request: &mut ExportLogsServiceRequest| {
            for record in &mut request.resource_logs[0].scope_logs[0].log_records {
                let mut value = record.body.as_ref();
                while let Some(AnyValue { value: Some(any_value::Value::KvlistValue(list)) }) =
                    value
                {
                    value = list.values[0].value.as_ref();
                }
                let leaf = value.cloned().unwrap();
                record.attributes.push(entry("leaf", leaf));
            }
        },
    );
}

fn five_passes(criterion: &mut Criterion) {
    let bytes = Bytes::from(spans::request(ITEMS, spans::Text::Ascii).encode_to_vec());
    let names = ["one", "two", "three", "four", "five"];
    let ours = |mut batch: Batch| {
        for name in names {
            let change =
                |open: &mut Open<'_>| open.record.set_attribute(name, ValueView::Str("value"));
            batch = edit(&batch, Level::Record, &mut Each(change)).unwrap();
        }
        batch
    };
    compare(criterion, "five_passes", Signal::Traces, bytes, ours, |request| {
        for name in names {
            each_span(request, |span| {
                let found = span.attributes.iter_mut().find(|entry| entry.key == name);
                match found {
                    Some(found) => found.value = Some(text("value")),
                    None => span.attributes.push(entry(name, text("value"))),
                }
            });
        }
    });
}

criterion_group!(benches, every_field, many_keys, deep_bodies, five_passes);
criterion_main!(benches);
