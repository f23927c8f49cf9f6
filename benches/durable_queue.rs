//! A durable queue written as a log, as Holt's is, and on redb: 64 requests are put, some at a time,
//! and removed again. Figures are per round of 64; every ratio is taken within one run. The files are
//! in the directory for temporary files, so a disk that is to be measured must hold that.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::Arc;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::StreamExt;
use futures_util::stream;
use holt_collector::component::storage::{DurableQueue, Kept, Record};
use holt_collector::extensions::file_storage::log::{Log, LogOptions};
use redb::{Database, TableDefinition};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const REQUESTS: u64 = 64;
const TABLE: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("queue");

/// A round on the log.
fn log_round(runtime: &Runtime, log: &Log, body: &Bytes, together: usize) {
    let put = |_| async {
        let record = Record { items: 100, context: Bytes::new(), body: body.clone() };
        log.put(record).await.map(Kept::keep).unwrap()
    };
    runtime.block_on(async {
        let numbers: Vec<u64> =
            stream::iter(0..REQUESTS).map(put).buffer_unordered(together).collect().await;
        numbers.into_iter().for_each(|number| log.done(number));
        log.flush().await;
    });
}

/// A round on redb, which shares transactions among puts that come together as the log shares writes.
fn redb_round(database: &Database, body: &Bytes, together: usize) {
    let numbers: Vec<u64> = (0..REQUESTS).collect();
    for some in numbers.chunks(together) {
        let transaction = database.begin_write().unwrap();
        let mut table = transaction.open_table(TABLE).unwrap();
        some.iter().for_each(|number| drop(table.insert(*number, body.as_ref()).unwrap()));
        drop(table);
        transaction.commit().unwrap();
    }
    let transaction = database.begin_write().unwrap();
    let mut table = transaction.open_table(TABLE).unwrap();
    numbers.iter().for_each(|number| drop(table.remove(*number).unwrap()));
    drop(table);
    transaction.commit().unwrap();
}

fn rounds(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    for (size, length) in [("2 KiB", 2 << 10), ("64 KiB", 64 << 10)] {
        let body = Bytes::from(vec![b'x'; length]);
        for together in [1, 16] {
            let mut group = criterion.benchmark_group(format!("{size}, {together} at a time"));
            group.sample_size(10).throughput(Throughput::Bytes(REQUESTS * length as u64));
            for fsync in [false, true] {
                let folder = TempDir::new().unwrap();
                let options = Arc::new(LogOptions::default());
                options.set(fsync, 0);
                let log = Log::open(folder.path().to_owned(), options, ()).unwrap().log;
                let name = if fsync { "log, fsync" } else { "log" };
                group.bench_function(name, |bencher| {
                    bencher.iter(|| log_round(&runtime, &log, &body, together));
                });
            }
            let folder = TempDir::new().unwrap();
            let database = Database::create(folder.path().join("queue.redb")).unwrap();
            group.bench_function("redb", |bencher| {
                bencher.iter(|| redb_round(&database, &body, together));
            });
            group.finish();
        }
    }
}

criterion_group!(benches, rounds);
criterion_main!(benches);
