//! The engines alone: five programs on records that are open, every engine on the same ones.
//!
//! The programs are `fixtures/ottl/*.ottl`. A round takes a program over 1000 distinct records; what
//! it changes is put back outside the timer. Figures are per round; divide by 1000 for a record. They
//! are times on the processor, so that a busy machine disturbs them less.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "fixtures/events.rs"]
mod events;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bumpalo::Bump;
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Editor, Level, Open, Signal, Verdict, edit};
use holt_runtime::compiler::lower::lower;
use holt_runtime::functions::Dialect;
use holt_runtime::host::FixedHost;
use holt_runtime::jit::Compiled;
use holt_runtime::program::{Group, SourceText, compile};
use holt_runtime::{Engine, Program};
use prost::Message;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RECORDS: usize = 1000;

/// The time that this thread has spent on a processor.
#[cfg(unix)]
fn spent() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The time of day, where there is nothing better.
#[cfg(not(unix))]
fn spent() -> Duration {
    std::time::UNIX_EPOCH.elapsed().unwrap()
}

/// The programs, by name.
fn programs() -> Vec<(String, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/fixtures/ottl");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let program = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        let statements = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        (name, statements.map(str::to_owned).collect())
    };
    files.into_iter().map(program).collect()
}

fn compiled(statements: &[String], engine: Engine) -> Program {
    let mut sources = SourceMap::default();
    let mut text = |text: &String| {
        let source = sources.add("bench", text);
        SourceText::new(text, Verbatim { source, offset: 0 })
    };
    let group =
        Group { statements: statements.iter().map(&mut text).collect(), ..Group::default() };
    compile(Signal::Logs, &[group], Dialect::TRANSFORM, engine).unwrap().program
}

/// Takes a copy of every open record, its attributes listed.
#[derive(Default)]
struct Collect<'a>(Vec<Open<'a>>);

impl<'a> Editor<'a> for Collect<'a> {
    type Error = std::convert::Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        black_box(open.record.attributes().count());
        self.0.push(open.clone());
        Ok(Verdict::Keep)
    }
}

fn engines(criterion: &mut Criterion) {
    let bytes = Bytes::from(events::request(RECORDS).encode_to_vec());
    let batch = Batch::decode(Signal::Logs, bytes).unwrap();
    let host = FixedHost::default();
    let mut open = Collect::default();
    edit(&batch, Level::Record, &mut open).unwrap();
    for (name, statements) in programs() {
        let mut group = criterion.benchmark_group(format!("engines/{name}"));
        group.throughput(Throughput::Elements(RECORDS as u64));
        for engine in Engine::ALL {
            let program = compiled(&statements, engine);
            group.bench_function(format!("{engine:?}").to_lowercase(), |bencher| {
                bencher.iter_custom(|rounds| {
                    let mut total = Duration::ZERO;
                    for _ in 0..rounds {
                        let mut records = open.0.clone();
                        let arena = Bump::new();
                        let mut session = program.session(&arena, &host).unwrap();
                        let start = spent();
                        for record in &mut records {
                            black_box(session.run(record));
                        }
                        total += spent() - start;
                        assert_eq!(session.finish(), None);
                    }
                    total
                });
            });
        }
        group.finish();
    }
}

/// From text to code, and from code to compiled code.
fn compilers(criterion: &mut Criterion) {
    for (name, statements) in programs() {
        let mut group = criterion.benchmark_group(format!("compile/{name}"));
        group.bench_function("code", |bencher| {
            bencher.iter(|| compiled(black_box(&statements), Engine::Vm));
        });
        let program = compiled(&statements, Engine::Vm);
        let groups: Vec<_> = program.trees().cloned().collect();
        let code = Arc::new(lower(&groups).unwrap());
        group.bench_function("compiled", |bencher| {
            bencher.iter(|| Compiled::new(black_box(&code)).unwrap());
        });
        group.finish();
    }
}

criterion_group!(benches, engines, compilers);
criterion_main!(benches);
