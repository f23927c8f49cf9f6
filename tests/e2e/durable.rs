//! Queues in storage: what was accepted arrives, however the process ends.

use std::fs;
use std::path::PathBuf;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message as _;

use crate::backend::{Backend, Reply};
use crate::client::{self, PATHS, PROTOBUF};
use crate::common::{Running, Sandbox, poll};
use crate::pipeline;
use crate::telemetry;

/// Nothing listens on this port of any test machine.
const NOBODY: &str = "http://127.0.0.1:1";

/// A collector with a queue in a directory, that can be started again and again.
struct Collector {
    sandbox: Sandbox,
}

impl Collector {
    fn new(queue: &str) -> Self {
        let sections = format!(
            "exporters:
  otlp_http:
    endpoint: nowhere
    compression: none
    retry_on_failure: {{initial_interval: 20ms, max_interval: 50ms}}
    sending_queue: {{storage: file_storage, num_consumers: 1{queue}}}
extensions:
  file_storage: {{directory: storage, create_directory: true, timeout: 50ms}}"
        );
        let mut configuration = pipeline::configuration(&sections, "", "otlp_http");
        configuration += "  extensions: [file_storage]\n";
        Self { sandbox: Sandbox::new().file("config.yaml", &configuration) }
    }

    fn start(&self, url: &str) -> Running {
        let set = format!("exporters.otlp_http.endpoint={url}");
        let running = self.sandbox.start(&["--config", "config.yaml", "--set", &set]);
        running.ready();
        running
    }

    fn folder(&self) -> PathBuf {
        self.sandbox.path().join("storage/exporter_otlp_http_metrics.queue")
    }

    fn files(&self, extension: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|one| one == extension)).collect()
    }
}

fn request(number: usize) -> ExportMetricsServiceRequest {
    let number = telemetry::text(&number.to_string());
    telemetry::metrics_of(vec![telemetry::attribute("number", number)])
}

fn post(holt: &Running, number: usize) {
    let body = request(number).encode_to_vec();
    let answer = client::post(&holt.http(), PATHS[1], &[PROTOBUF], &body);
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn requests(numbers: impl IntoIterator<Item = usize>) -> Vec<ExportMetricsServiceRequest> {
    numbers.into_iter().map(request).collect()
}

#[test]
fn what_was_accepted_arrives_after_a_kill() {
    let collector = Collector::new("");
    let mut sent = 0;
    for _ in 0..3 {
        let holt = collector.start(NOBODY);
        for _ in 0..4 {
            post(&holt, sent);
            sent += 1;
        }
        holt.signal("KILL");
        assert_eq!(holt.finish().code, None);
    }
    let backend = Backend::start();
    let holt = collector.start(&backend.url());
    backend.wait_for(sent);
    let finished = holt.terminate();
    assert_eq!(finished.code, Some(0), "{finished}");
    assert!(finished.stderr.contains("Sending what an earlier process has stored"), "{finished}");
    assert_eq!(backend.metrics(), requests(0..sent), "all of it, once, in its order");
    assert!(collector.files("segment").is_empty(), "nothing is left");
}

#[test]
fn what_a_shutdown_leaves_is_sent_by_the_next_process() {
    let collector = Collector::new("");
    let holt = collector.start(NOBODY);
    (0..5).for_each(|number| post(&holt, number));
    let finished = holt.terminate();
    assert_eq!(finished.code, Some(0), "{finished}");
    assert!(
        finished.stderr.contains("What was not sent is stored for the next start"),
        "{finished}"
    );
    assert!(!finished.stderr.contains("Dropping data"), "{finished}");
    let backend = Backend::start();
    let holt = collector.start(&backend.url());
    backend.wait_for(5);
    post(&holt, 5);
    backend.wait_for(6);
    holt.terminate();
    assert_eq!(backend.metrics(), requests(0..6));
}

#[test]
fn what_was_sent_is_not_sent_again() {
    let collector = Collector::new("");
    let backend = Backend::start();
    let holt = collector.start(&backend.url());
    (0..3).for_each(|number| post(&holt, number));
    backend.wait_for(3);
    // Whatever is written about it is in the kernel soon.
    poll(|| collector.files("done").iter().any(|file| file.metadata().unwrap().len() == 36))
        .unwrap();
    holt.signal("KILL");
    holt.finish();
    let holt = collector.start(&backend.url());
    post(&holt, 3);
    backend.wait_for(4);
    holt.terminate();
    assert_eq!(backend.metrics(), requests(0..4));
}

#[test]
fn a_damaged_batch_is_set_aside_and_the_others_arrive() {
    let collector = Collector::new("");
    let holt = collector.start(NOBODY);
    (0..3).for_each(|number| post(&holt, number));
    holt.signal("KILL");
    holt.finish();
    let segment = collector.files("segment").remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&segment, bytes).unwrap();
    let backend = Backend::start();
    let holt = collector.start(&backend.url());
    backend.wait_for(2);
    holt.log_line("damaged");
    let finished = holt.terminate();
    assert_eq!(finished.code, Some(0), "{finished}");
    assert_eq!(backend.metrics(), requests([0, 2]));
    assert_eq!(collector.files("damaged").len(), 1, "{finished}");
}

#[test]
fn a_full_storage_pushes_back_and_recovers() {
    let collector = Collector::new(", queue_size: 2");
    let backend = Backend::answering(Reply::status(503));
    let holt = collector.start(&backend.url());
    post(&holt, 0);
    post(&holt, 1);
    let body = request(2).encode_to_vec();
    let full = client::post(&holt.http(), PATHS[1], &[PROTOBUF], &body);
    assert_eq!(full.status, 503, "{full:?}");
    let health = Backend::start();
    let finished = holt.terminate();
    assert!(finished.stderr.contains("sending queue is full"), "{finished}");
    let holt = collector.start(&health.url());
    health.wait_for(2);
    post(&holt, 2);
    health.wait_for(3);
    holt.terminate();
    assert_eq!(health.metrics(), requests(0..3));
}

#[test]
#[cfg(unix)]
fn a_full_disk_pushes_back_until_there_is_room() {
    let collector = Collector::new("");
    let backend = Backend::answering(Reply::status(503));
    let set = format!("exporters.otlp_http.endpoint={}", backend.url());
    // No file may grow beyond some kilobytes, which looks like a disk that is full.
    let limited = "trap '' XFSZ; ulimit -f 16";
    let holt = collector.sandbox.start_after(limited, &["--config", "config.yaml", "--set", &set]);
    holt.ready();
    let mut accepted = 0;
    let refused = loop {
        let body = request(accepted).encode_to_vec();
        let answer = client::post(&holt.http(), PATHS[1], &[PROTOBUF], &body);
        if answer.status != 200 {
            break answer;
        }
        accepted += 1;
        assert!(accepted < 1000, "files grow without end");
    };
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(accepted > 1, "{refused:?}");
    backend.answer_always(Reply::status(200));
    let body = request(accepted).encode_to_vec();
    let again = || client::post(&holt.http(), PATHS[1], &[PROTOBUF], &body).status == 200;
    poll(again).expect("there is room again");
    let expected = requests(0..=accepted);
    let all_came = || {
        let came = backend.metrics();
        expected.iter().all(|request| came.contains(request))
    };
    poll(all_came).unwrap_or_else(|()| panic!("{}", holt.log()));
    let finished = holt.terminate();
    assert!(finished.stderr.contains("cannot store in"), "{finished}");
}

#[test]
#[cfg(unix)]
fn what_waits_goes_to_the_exporter_of_the_next_configuration() {
    for storage in ["", "storage: file_storage, "] {
        let collector = Collector::new("");
        let configuration = |url: &str| {
            let text = fs::read_to_string(collector.sandbox.path().join("config.yaml")).unwrap();
            let text = text.replace("storage: file_storage, ", storage);
            text.replace("endpoint: nowhere", &format!("endpoint: '{url}'"))
        };
        let backend = Backend::start();
        let (before, after) = (configuration(NOBODY), configuration(&backend.url()));
        let path = collector.sandbox.path().join("changing.yaml");
        fs::write(&path, before).unwrap();
        let holt = collector.sandbox.start(&["--config", "changing.yaml"]);
        holt.ready();
        (0..4).for_each(|number| post(&holt, number));
        fs::write(&path, after).unwrap();
        holt.signal("HUP");
        backend.wait_for(4);
        post(&holt, 4);
        backend.wait_for(5);
        let finished = holt.terminate();
        assert!(!finished.stderr.contains("Dropping"), "{finished}");
        let came = backend.metrics();
        assert!(requests(0..5).iter().all(|request| came.contains(request)), "{came:?}");
        assert_eq!(came.len(), 5, "each of them once");
    }
}

#[test]
fn one_process_uses_a_directory() {
    let collector = Collector::new("");
    let _first = collector.start(NOBODY);
    let set = format!("exporters.otlp_http.endpoint={NOBODY}");
    let second = collector.sandbox.holt(&["--config", "config.yaml", "--set", &set]);
    assert_eq!(second.code, Some(1), "{second}");
    let said = second.stderr.lines().find(|line| line.starts_with("Error: "));
    assert!(
        said.is_some_and(|line| line.contains("another process uses the directory")),
        "{second}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_directory_that_cannot_be_written_ends_the_start() {
    let collector = Collector::new("");
    let sets = [
        "exporters.otlp_http.endpoint=http://127.0.0.1:1",
        "extensions.file_storage.directory=/proc",
    ];
    let [endpoint, directory] = sets;
    let finished =
        collector.sandbox.holt(&["--config", "config.yaml", "--set", endpoint, "--set", directory]);
    assert_eq!(finished.code, Some(1), "{finished}");
    let said = finished.stderr.lines().find(|line| line.starts_with("Error: "));
    assert!(
        said.is_some_and(|line| line.contains("cannot write in the directory /proc")),
        "{finished}"
    );
}
