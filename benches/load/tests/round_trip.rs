//! Generator, baseline, sink and capture against each other over loopback.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::sync::Arc;
use std::time::Duration;

use bytes::Buf;
use holt_load::baseline::{self, Edit};
use holt_load::capture::Capture;
use holt_load::client::Target;
use holt_load::compare::{self, Contender};
use holt_load::generate::{self, Plan, Until};
use holt_load::http2::Http2;
use holt_load::payload::Shape;
use holt_load::server::{Handler, Meta, Refusal, Server};
use holt_load::signal::{Protocol, Signal};
use holt_load::sink::Sink;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

const ANY: &str = "127.0.0.1:0";
const BOTH: [Protocol; 2] = [Protocol::Grpc, Protocol::Http];

fn plan(endpoint: impl ToString, protocol: Protocol, signal: Signal, requests: u64) -> Plan {
    Plan {
        shape: Shape { signal, items: 23, korean: 0.2, bare_points: true, seed: 11 },
        target: Target {
            endpoint: endpoint.to_string(),
            protocol,
            gzip: false,
            http2: Http2::default(),
            connect_timeout: Duration::from_secs(10),
        },
        connections: 2,
        concurrency: 3,
        rate: None,
        warmup: Duration::ZERO,
        until: Until::Requests(requests),
        settle: Duration::ZERO,
        pid: None,
    }
}

fn options(sink: &Sink) -> baseline::Options {
    baseline::Options {
        grpc: Some(ANY.into()),
        http: Some(ANY.into()),
        to: sink.servers[0].address().to_string(),
        connections: 2,
        gzip: false,
        edit: None,
        http2: Http2::default(),
    }
}

#[tokio::test]
async fn every_item_goes_through_the_baseline_on_both_transports() {
    let sink = Sink::start(&[ANY], Http2::default()).await.unwrap();
    let baseline = baseline::start(&options(&sink)).await.unwrap();
    for signal in Signal::ALL {
        for (done, protocol) in BOTH.into_iter().enumerate() {
            let address = match protocol {
                Protocol::Grpc => baseline.grpc.unwrap(),
                Protocol::Http => baseline.http.unwrap(),
            };
            let report = generate::run(&plan(address, protocol, signal, 20)).await.unwrap();
            assert_eq!(report.items_accepted, 460, "{report}");
            assert!(report.complete());
            let received = sink.counts.of(signal);
            assert_eq!(received.items, 460 * (done as u64 + 1), "{}", sink.counts.summary());
            assert_eq!(received.requests, 20 * (done as u64 + 1));
        }
    }
    assert_eq!(sink.counts.refused(), 0);
}

#[tokio::test]
async fn compression_and_the_edit_lose_nothing() {
    let sink = Sink::start(&[ANY], Http2::default()).await.unwrap();
    let edit = Edit {
        key: "k".into(),
        value: "v".into(),
        where_key: "http.response.status_code".into(),
        at_least: 0,
    };
    let options = baseline::Options { gzip: true, edit: Some(edit), ..options(&sink) };
    let baseline = baseline::start(&options).await.unwrap();
    let addresses = [baseline.grpc.unwrap(), baseline.http.unwrap()];
    let mut sent = 0;
    for (protocol, address) in BOTH.into_iter().zip(addresses) {
        let mut plan = plan(address, protocol, Signal::Traces, 5);
        plan.target.gzip = true;
        let report = generate::run(&plan).await.unwrap();
        assert!(report.complete(), "{report}");
        sent += (0..5).map(|number| plan.shape.request(number).len() as u64).sum::<u64>();
    }
    let received = sink.counts.of(Signal::Traces);
    assert_eq!(received.items, 230);
    // Each span got `k` = `v`: two bytes of tag and length, five for the key and value texts'
    // frames, and what longer lengths of its parents take.
    let grown = received.bytes - sent;
    assert!((230 * 10..230 * 12).contains(&grown), "{grown} bytes for 230 attributes");
}

#[tokio::test]
async fn the_warm_up_is_not_counted_and_the_rate_is_kept() {
    let sink = Sink::start(&[ANY], Http2::default()).await.unwrap();
    let mut plan = plan(sink.servers[0].address(), Protocol::Grpc, Signal::Logs, 4);
    plan.warmup = Duration::from_millis(50);
    // 4 requests of 23 items: the last is due after three intervals of 23 ms.
    plan.rate = Some(1000.0);
    plan.pid = Some(std::process::id());
    let report = generate::run(&plan).await.unwrap();
    assert_eq!(report.items_accepted, 92);
    assert!(sink.counts.of(Signal::Logs).items > 92);
    assert!(report.seconds >= 0.069, "{report}");
    let process = report.process.as_ref().unwrap();
    assert!(process.peak_resident_bytes >= process.resident_bytes);
    assert!(report.cpu_seconds_per_million.is_some());
    let json: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
    assert_eq!(json["items_accepted"], 92);
}

/// Refuses every second request.
#[derive(Default)]
struct Moody(std::sync::atomic::AtomicU64);

impl Handler for Moody {
    async fn handle(&self, _: Meta, _: impl Buf + Send) -> Result<(), Refusal> {
        match self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 2 {
            0 => Ok(()),
            _ => Err(Refusal::new(14, "queue is full")),
        }
    }
}

#[tokio::test]
async fn refusals_are_counted_and_named() {
    for (protocol, reason) in [
        (Protocol::Grpc, "gRPC 14 queue is full"),
        (Protocol::Http, "HTTP 503 Service Unavailable"),
    ] {
        let server =
            Server::start(ANY, Http2::default(), Arc::new(Moody::default())).await.unwrap();
        let plan = plan(server.address(), protocol, Signal::Metrics, 10);
        let report = generate::run(&plan).await.unwrap();
        assert_eq!((report.items_accepted, report.items_refused), (115, 115), "{report}");
        assert_eq!(report.reasons.get(reason), Some(&5), "{report}");
        assert!(!report.complete());
    }
}

#[tokio::test]
async fn captured_files_are_the_requests() {
    let directory = tempfile::tempdir().unwrap();
    let capture = Arc::new(Capture::new(directory.path(), "sdk").unwrap());
    let server = Server::start(ANY, Http2::default(), capture).await.unwrap();
    let mut plan = plan(server.address(), Protocol::Grpc, Signal::Traces, 2);
    plan.target.gzip = true;
    plan.connections = 1;
    plan.concurrency = 1;
    assert!(generate::run(&plan).await.unwrap().complete());
    for number in 1..=2 {
        let file = directory.path().join(format!("sdk-traces-{number}.binpb"));
        let bytes = std::fs::read(file).unwrap();
        assert_eq!(bytes, plan.shape.request(number - 1));
        ExportTraceServiceRequest::decode(bytes.as_slice()).unwrap();
    }
    let index = std::fs::read_to_string(directory.path().join("sdk.requests.jsonl")).unwrap();
    let first: serde_json::Value = serde_json::from_str(index.lines().next().unwrap()).unwrap();
    assert_eq!(first["file"], "sdk-traces-1.binpb");
    assert_eq!(first["content_type"], "application/grpc");
    assert_eq!(first["compression"], "gzip");
}

#[tokio::test]
async fn a_process_that_is_not_there_stops_the_run_before_the_load() {
    let sink = Sink::start(&[ANY], Http2::default()).await.unwrap();
    let mut plan = plan(sink.servers[0].address(), Protocol::Grpc, Signal::Logs, 4);
    plan.pid = Some(u32::MAX);
    let error = generate::run(&plan).await.unwrap_err();
    assert!(error.to_string().contains("/proc/4294967295/stat"), "{error}");
    assert_eq!(sink.counts.of(Signal::Logs).requests, 0);
}

/// A loopback address that was free a moment ago.
fn free_address() -> String {
    std::net::TcpListener::bind(ANY).unwrap().local_addr().unwrap().to_string()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_comparison_measures_each_command_and_delivers_everything() {
    let (listen, sink) = (free_address(), free_address());
    let contender = |name: &str, extra: &[&str]| {
        let program = env!("CARGO_BIN_EXE_holt-load");
        let common = [program, "baseline", "--listen", &listen, "--to", &sink];
        let command = common.iter().chain(extra).map(|word| (*word).to_owned()).collect();
        Contender { name: name.into(), command, listen: listen.clone() }
    };
    let options = compare::Options {
        contenders: vec![contender("baseline", &[]), contender("editing", &["--set", "k=v"])],
        sink: sink.clone(),
        signals: vec![Signal::Traces, Signal::Logs],
        protocol: Protocol::Grpc,
        gzip: false,
        shape: Shape {
            signal: Signal::Traces,
            items: 100,
            korean: 0.0,
            bare_points: true,
            seed: 1,
        },
        connections: 2,
        concurrency: 1,
        rate: None,
        warmup: Duration::from_millis(50),
        duration: Duration::from_millis(200),
        rounds: 1,
        logs: None,
        http2: Http2::default(),
    };
    let table = compare::run(&options, |_| {}).await.unwrap();
    let summaries = table.summaries();
    assert_eq!(summaries.len(), 4);
    for summary in summaries {
        assert!(summary.accepted > 0, "{table}");
        assert_eq!(summary.sent, summary.delivered, "{table}");
        assert!(summary.peak_resident_bytes > 0, "{table}");
    }
}
