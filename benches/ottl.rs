//! OTTL programs over decoded batches: the virtual machine, the reference evaluator, and the same
//! edit written by hand.
//!
//! Figures are per request of 1000 items; divide by 1000 for one. Every ratio is taken within one run.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "fixtures/points.rs"]
mod points;
#[path = "fixtures/spans.rs"]
mod spans;

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Editor, Level, Open, Signal, ValueView, Verdict, edit};
use holt_runtime::compiler::hir::builder;
use holt_runtime::functions::Dialect;
use holt_runtime::host::FixedHost;
use holt_runtime::paths::context;
use holt_runtime::program::{Group, SourceText, compile};
use holt_runtime::{Engine, Program};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ITEMS: usize = 1000;

const SEED: [&str; 3] = [
    r#"set(attributes["namespace"], resource.attributes["k8s.namespace.name"])"#,
    r#"set(attributes["container"], resource.attributes["k8s.container.name"])"#,
    r#"set(attributes["pod"], resource.attributes["k8s.pod.name"])"#,
];

fn program(signal: Signal, context: &str, statements: &[&str], engine: Engine) -> Program {
    let mut sources = SourceMap::default();
    let mut text = |text: &str| {
        let source = sources.add("bench", text);
        SourceText::new(text, Verbatim { source, offset: 0 })
    };
    let group = Group {
        context: Some(text(context)),
        statements: statements.iter().map(|statement| text(statement)).collect(),
        ..Group::default()
    };
    compile(signal, &[group], Dialect::TRANSFORM, engine).unwrap().program
}

/// What the attributes processor makes of `insert cluster_name`.
fn insert(engine: Engine) -> Program {
    let context = context("datapoint").unwrap();
    let target = builder::path(context, "datapoint", "attributes").unwrap();
    let args =
        vec![builder::text("cluster_name"), builder::text("insert"), builder::text("cluster-a")];
    let action = builder::edit("put_entry", target, args).unwrap();
    let statement = builder::statement("insert cluster_name", None, action);
    Program::new(Signal::Metrics, vec![builder::group(context, vec![statement])], engine)
}

/// The seed's three statements, by hand.
struct SeedByHand;

impl<'a> Editor<'a> for SeedByHand {
    type Error = std::convert::Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        for (key, from) in [
            ("namespace", "k8s.namespace.name"),
            ("container", "k8s.container.name"),
            ("pod", "k8s.pod.name"),
        ] {
            let value = open.resource.attribute(from).unwrap_or_default();
            open.child.set_attribute(key, value);
        }
        Ok(Verdict::Keep)
    }
}

/// Sees every datapoint and changes none.
struct Nothing;

impl<'a> Editor<'a> for Nothing {
    type Error = std::convert::Infallible;

    fn edit(&mut self, _: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        Ok(Verdict::Keep)
    }
}

/// `set(attributes["k"], "v") where attributes["http.response.status_code"] >= 500`, by hand.
struct SetWhereByHand;

impl<'a> Editor<'a> for SetWhereByHand {
    type Error = std::convert::Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        let status = open.record.attribute("http.response.status_code");
        if matches!(status, Some(ValueView::Int(500..))) {
            open.record.set_attribute("k", ValueView::Str("v"));
        }
        Ok(Verdict::Keep)
    }
}

fn metrics(criterion: &mut Criterion) {
    let bytes = Bytes::from(points::request(ITEMS).encode_to_vec());
    let batch = Batch::decode(Signal::Metrics, bytes.clone()).unwrap();
    let host = FixedHost::default();
    let mut group = criterion.benchmark_group("ottl/metrics/seed");
    group.throughput(Throughput::Elements(batch.items() as u64));
    group.bench_function("walk_only", |bencher| {
        bencher.iter(|| edit(black_box(&batch), Level::DataPoint, &mut Nothing).unwrap());
    });
    group.bench_function("by_hand", |bencher| {
        bencher.iter(|| edit(black_box(&batch), Level::DataPoint, &mut SeedByHand).unwrap());
    });
    for (name, engine) in [("vm", Engine::Vm), ("reference", Engine::Reference)] {
        let program = program(Signal::Metrics, "datapoint", &SEED, engine);
        group.bench_function(name, |bencher| {
            bencher.iter(|| program.run(black_box(&batch), &host).unwrap());
        });
    }
    let (transform, insert) =
        (program(Signal::Metrics, "datapoint", &SEED, Engine::Vm), insert(Engine::Vm));
    group.bench_function("vm_and_insert", |bencher| {
        bencher.iter(|| {
            let batch = transform.run(black_box(&batch), &host).unwrap();
            insert.run(&batch, &host).unwrap()
        });
    });
    let joined = Program::join(&[&transform, &insert]).unwrap();
    group.bench_function("vm_joined_with_insert", |bencher| {
        bencher.iter(|| joined.run(black_box(&batch), &host).unwrap());
    });
    group.bench_function("batch_decode", |bencher| {
        bencher.iter(|| Batch::decode(Signal::Metrics, black_box(bytes.clone())).unwrap());
    });
    group.bench_function("prost_decode_encode", |bencher| {
        bencher.iter(|| {
            ExportMetricsServiceRequest::decode(black_box(bytes.clone())).unwrap().encode_to_vec()
        });
    });
    group.finish();
}

fn traces(criterion: &mut Criterion) {
    let bytes = Bytes::from(spans::request(ITEMS, spans::Text::Ascii).encode_to_vec());
    let batch = Batch::decode(Signal::Traces, bytes).unwrap();
    let host = FixedHost::default();
    let statement =
        r#"set(attributes["k"], "v") where attributes["http.response.status_code"] >= 500"#;
    let mut group = criterion.benchmark_group("ottl/traces/set_where");
    group.throughput(Throughput::Elements(batch.items() as u64));
    group.bench_function("by_hand", |bencher| {
        bencher.iter(|| edit(black_box(&batch), Level::Record, &mut SetWhereByHand).unwrap());
    });
    for (name, engine) in [("vm", Engine::Vm), ("reference", Engine::Reference)] {
        let program = program(Signal::Traces, "span", &[statement], engine);
        group.bench_function(name, |bencher| {
            bencher.iter(|| program.run(black_box(&batch), &host).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, metrics, traces);
criterion_main!(benches);
