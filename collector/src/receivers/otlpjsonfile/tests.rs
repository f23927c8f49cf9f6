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
async fn one_that_takes_the_place_of_another_goes_on_where_it_has_ended() {
    let directory = tempfile::tempdir().expect("a directory");
    let (path, other) = (directory.path().join("a.jsonl"), directory.path().join("b.jsonl"));
    append(&path, 1);
    append(&other, 7);
    let next = Arc::new(Recorder::default());
    let host = Host::default();
    let start = async || {
        let include = directory.path().join("*.jsonl");
        let yaml = format!("{{include: ['{}'], poll_interval: 5ms}}", include.display());
        let mut outputs = Outputs::default();
        outputs.set(Signal::Traces, next.clone());
        let (settings, _hub) = settings(Kind::Receiver, "otlpjsonfile");
        let receiver = configure(&yaml).expect("valid").create(settings, outputs).expect("created");
        receiver.start(&host).await.expect("started");
        receiver
    };
    let first = start().await;
    append(&path, 2);
    eventually(|| next.sizes() == [2]).await;
    let second = start().await;
    append(&path, 3);
    eventually(|| next.sizes() == [2, 3]).await;
    first.stop(Instant::now() + std::time::Duration::from_secs(10)).await;
    drop(first);
    append(&directory.path().join("later.jsonl"), 4);
    eventually(|| next.sizes() == [2, 3, 4]).await;
    append(&other, 5);
    eventually(|| next.sizes() == [2, 3, 4, 5]).await;
    second.stop(Instant::now() + std::time::Duration::from_secs(10)).await;
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

/// What arrives of the lines of a file, of a signal.
async fn read(signal: Signal, text: &str, more: &str) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a \"b\".jsonl");
    std::fs::write(&path, format!("{text}\n")).expect("written");
    let yaml = format!(
        "{{include: ['{}/*'], poll_interval: 5ms, start_at: beginning, {more}}}",
        directory.path().display()
    );
    let next = Arc::new(Recorder::default());
    let mut outputs = Outputs::default();
    outputs.set(signal, next.clone());
    let (settings, _hub) = settings(Kind::Receiver, "otlpjsonfile");
    let receiver = configure(&yaml).expect("valid").create(settings, outputs).expect("created");
    receiver.start(&Host::default()).await.expect("started");
    eventually(|| next.offers() > 0).await;
    receiver.stop(Instant::now()).await;
    next.batches().iter().map(|one| String::from_utf8(json::encode(one)).expect("text")).collect()
}

#[tokio::test]
async fn telemetry_is_named_after_its_file() {
    let named = r#"{"key":"log.file.name","value":{"stringValue":"a \"b\".jsonl"}}"#;
    let span = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"s"}]}]}]}"#;
    let log = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":1}]}]}]}"#;
    let metric =
        r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{}}]}]}]}"#;
    for (signal, text, place) in [
        (Signal::Traces, span, "attributes"),
        (Signal::Logs, log, "attributes"),
        (Signal::Metrics, metric, "metadata"),
    ] {
        let found = read(signal, text, "").await.concat();
        assert!(found.contains(&format!(r#""{place}":[{named}]"#)), "{found}");
        let found = read(signal, text, "include_file_name: false").await.concat();
        assert!(!found.contains("log.file"), "{found}");
    }
    let found = read(Signal::Logs, log, "include_file_path: true").await.concat();
    assert!(found.contains("log.file.path"), "{found}");
}

#[tokio::test]
async fn files_of_the_go_collector_and_profiles_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance");
    let text = std::fs::read_to_string(folder.join("file/json.jsonl")).expect("a file");
    for (signal, word) in [(Signal::Traces, "resourceSpans"), (Signal::Logs, "resourceLogs")] {
        let found = read(signal, text.trim_end(), "include_file_name: false").await;
        let written = text.lines().find(|line| line.contains(word)).expect("a line");
        let batch = json::decode(signal, written.as_bytes()).expect("a request");
        assert_eq!(found, [String::from_utf8(json::encode(&batch)).expect("text")]);
    }
    let profiles = std::fs::read(folder.join("count/inputs/profiles.json")).expect("a file");
    let batch = json::decode(Signal::Profiles, &profiles).expect("profiles");
    let line = String::from_utf8(json::encode(&batch)).expect("text");
    assert_eq!(read(Signal::Profiles, &line, "").await, [line]);
}

#[test]
fn keys_of_the_reference_are_known() {
    let accepted =
        "{include: [a], max_concurrent_files: 5, encoding: UTF-8, delete_after_read: false}";
    assert!(configure(accepted).is_some());
    for more in ["max_log_size: 1MiB", "delete_after_read: true", "encoding: utf-16"] {
        assert!(configure(&format!("{{include: [a], {more}}}")).is_none(), "{more}");
    }
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
