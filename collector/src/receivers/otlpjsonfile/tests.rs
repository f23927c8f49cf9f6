//! What of files arrives, while they are written to, renamed and begun anew.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use holt_pdata::{Signal, json};
use tokio::time::Instant;

use super::{Factory, Progress, decoded, encoded};
use crate::component::{Component, Host, Kind, Outputs, ReceiverConfig, ReceiverFactory, Refused};
use crate::config::ids::ComponentId;
use crate::testing::{Recorder, eventually, node, section, settings, spans};

fn configure(yaml: &str) -> Option<Box<dyn ReceiverConfig>> {
    let node = node(yaml);
    let id = ComponentId::of_type("otlpjsonfile").expect("id");
    Factory::default().parse(section(&id, &node), &mut Vec::new())
}

async fn started(directory: &Path, more: &str, next: &Arc<Recorder>) -> Arc<dyn Component> {
    let include = directory.join("*.jsonl");
    let yaml = format!("{{include: ['{}'], poll_interval: 5ms, {more}}}", include.display());
    let mut outputs = Outputs::default();
    outputs.set(Signal::Traces, next.clone());
    let (settings, _hub) = settings(Kind::Receiver, "otlpjsonfile");
    let receiver = configure(&yaml).expect("valid").create(settings, outputs).expect("created");
    receiver.start(&Host::default()).await.expect("started");
    receiver
}

fn append(path: &Path, count: usize) {
    let mut line = json::encode(&spans(count));
    line.push(b'\n');
    let file = std::fs::File::options().append(true).create(true).open(path);
    file.expect("a file").write_all(&line).expect("written");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    for yaml in [
        "{}",
        "{include: ['a***']}",
        "{include: [a], start_at: middle}",
        "{include: [a], poll_interval: 0s}",
        "{include: [a], compression: zstd}",
    ] {
        assert!(configure(yaml).is_none(), "{yaml}");
    }
    assert!(configure("{include: [a], compression: gzip, replay_file: true}").is_some());
}

#[tokio::test]
async fn new_lines_are_read_as_they_come_and_renamed_files_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a.jsonl");
    append(&path, 1);
    let next = Recorder::refusing([Refused::retryable("busy")]);
    let receiver = started(directory.path(), "start_at: beginning", &next).await;
    eventually(|| next.sizes() == [1]).await;
    append(&path, 2);
    eventually(|| next.sizes() == [1, 2]).await;
    std::fs::rename(&path, directory.path().join("b.jsonl")).expect("renamed");
    append(&path, 3);
    eventually(|| next.sizes() == [1, 2, 3]).await;
    receiver.stop(Instant::now() + std::time::Duration::from_secs(10)).await;
    assert_eq!(next.sizes(), [1, 2, 3]);
}

#[tokio::test]
async fn what_is_there_at_the_start_may_be_left_out() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a.jsonl");
    append(&path, 1);
    let next = Arc::new(Recorder::default());
    let receiver = started(directory.path(), "start_at: end", &next).await;
    append(&directory.path().join("later.jsonl"), 5);
    eventually(|| next.sizes() == [5]).await;
    append(&path, 2);
    eventually(|| next.sizes() == [5, 2]).await;
    receiver.stop(Instant::now()).await;
}

#[tokio::test]
async fn a_last_line_needs_no_end_and_a_broken_one_hides_no_other() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a.jsonl");
    let line = String::from_utf8(json::encode(&spans(4))).expect("text");
    std::fs::write(&path, format!("no JSON\n\r\n{line}")).expect("written");
    let next = Arc::new(Recorder::default());
    let more = "start_at: beginning, force_flush_period: 1ms";
    let receiver = started(directory.path(), more, &next).await;
    eventually(|| next.sizes() == [4]).await;
    receiver.stop(Instant::now()).await;
}

#[tokio::test]
async fn compressed_files_are_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = std::fs::File::create(directory.path().join("a.jsonl")).expect("a file");
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    encoder.write_all(&json::encode(&spans(4))).expect("written");
    encoder.write_all(b"\n").expect("written");
    encoder.finish().expect("finished");
    let next = Arc::new(Recorder::default());
    let more = "start_at: beginning, compression: gzip";
    let receiver = started(directory.path(), more, &next).await;
    eventually(|| next.sizes() == [4]).await;
    receiver.stop(Instant::now()).await;
}

#[test]
fn progress_is_stored_and_read() {
    let progress = vec![
        Progress { fingerprint: b"{\"a\n".to_vec(), offset: 7 },
        Progress { fingerprint: vec![0, 255], offset: 0 },
    ];
    assert_eq!(decoded(&encoded(&progress)), progress);
    assert_eq!(decoded(b"nonsense\n5 YQ==\n").len(), 1);
}
