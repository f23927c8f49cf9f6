//! Short runs of the scenarios against the real binary, and against a collector that cheats, which
//! must be found out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A panic is how a test fails.

mod binary;
mod cheat;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use holt_soak::collector::config::{Exporter, Queue};
use holt_soak::report::{Report, Row};
use holt_soak::scenario::{Context, abuse, backend, kill, reload};
use tempfile::TempDir;

/// A context in a directory of its own.
fn context() -> (Context, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let context = Context {
        binary: binary::holt(),
        directory: directory.path().to_owned(),
        say: Arc::new(|_| ()),
    };
    (context, directory)
}

fn assert_kept(report: &Report) {
    assert_eq!(report.failures().count(), 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_kills_lose_nothing_that_was_acknowledged() {
    let (context, _directory) = context();
    let queues = vec![Queue::None, Queue::Memory, Queue::Durable(PathBuf::new())];
    let options = kill::Options { cycles: 3, queues, exporter: Exporter::Otlp };
    let report = kill::run(&context, &options).await.unwrap();
    assert_kept(&report);
    for row in &report.rows {
        assert!(row.number("delivered") > 0, "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_behind_exporters_drops_only_what_the_backend_refuses_for_good() {
    let (context, _directory) = context();
    let options = backend::Options {
        well: Duration::from_millis(300),
        trouble: Duration::from_millis(300),
        down: Duration::from_millis(300),
        exporters: vec![Exporter::Otlp, Exporter::OtlpHttp],
        only: None,
        jobs: 8,
    };
    let report = backend::run(&context, &options).await.unwrap();
    assert_kept(&report);
    let dropped = |backend: &str| {
        let mut rows = report.rows.iter();
        let row = rows.find(|row| row.get("backend").unwrap() == backend).unwrap();
        row.number("not delivered")
    };
    assert!(dropped("INVALID_ARGUMENT") > 0 && dropped("400") > 0, "{report}");
    assert_eq!(dropped("503 with Retry-After"), 0);
    // A certificate that has ended is not accepted, even from a backend that is known.
    let is_expired = |row: &&Row| row.get("backend").unwrap() == "certificate expires";
    let mut expired = report.rows.iter().filter(is_expired);
    assert!(expired.all(|row| row.number("held at height") > 0), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reloads_are_not_noticed() {
    let (context, _directory) = context();
    let report = reload::run(&context, &reload::Options { reloads: 6 }).await.unwrap();
    assert_kept(&report);
    assert!(report.rows.iter().all(|row| row.number("acknowledged") > 0), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_mean_no_good_are_survived() {
    let (context, _directory) = context();
    let attack = Duration::from_millis(300);
    for only in ["slow-loris", "HTTP/2", "header flood"] {
        let options = abuse::Options { attack, only: Some(only.to_owned()) };
        let report = abuse::run(&context, &options).await.unwrap();
        assert_kept(&report);
        assert!(report.rows.len() > 1, "{report}");
    }
}
