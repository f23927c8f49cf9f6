//! A collector in front of a backend that does not answer: it refuses what it has no memory for, and
//! takes telemetry again once the backend is back.

use crate::backend::Backend;
use crate::client::{self, JSON};
use crate::common::{Running, poll};
use crate::pipeline;

/// The limit of the collectors here.
const LIMIT_MIB: u64 = 160;

fn started(backend: &Backend, check_interval: &str) -> Running {
    let sections = format!(
        "
processors:
  memory_limiter: {{check_interval: {check_interval}, limit_mib: {LIMIT_MIB}, spike_limit_mib: 40}}
exporters:
  otlp_http: {{endpoint: '{}', compression: none, sending_queue: {{queue_size: 1000000}}}}",
        backend.url()
    );
    pipeline::start(&pipeline::configuration(&sections, "memory_limiter", "otlp_http"))
}

/// A request with a log record of 256 KiB.
fn large_request() -> String {
    let text = "x".repeat(256 << 10);
    format!(
        r#"{{"resourceLogs": [{{"scopeLogs": [{{"logRecords": [{{"body": {{"stringValue": "{text}"}}}}]}}]}}]}}"#
    )
}

/// Posts until `count` requests are refused, and tells how many were taken.
fn post_until_refused(address: &str, count: usize) -> usize {
    let request = large_request();
    let (mut taken, mut refused) = (0, 0);
    while refused < count {
        let answer = client::post(address, "/v1/logs", &[JSON], request.as_bytes());
        match answer.status {
            200 => taken += 1,
            503 => refused += 1,
            other => panic!("{other}"),
        }
        assert!(taken < 4000, "a gigabyte was taken");
    }
    taken
}

#[test]
fn a_burst_between_two_checks_does_not_pass_the_limit() {
    let backend = Backend::start();
    backend.hold();
    let holt = started(&backend, "1h");
    holt.ready();
    let address = holt.http();
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let address = address.clone();
            std::thread::spawn(move || post_until_refused(&address, 100))
        })
        .collect();
    let taken: usize = clients.into_iter().map(|client| client.join().unwrap()).sum();
    assert!(taken > 20, "only {taken} requests were taken");
    holt.log_line("Memory usage is above soft limit. Refusing data.");
    #[cfg(target_os = "linux")]
    {
        let peak = holt.peak_memory() >> 20;
        assert!(peak <= LIMIT_MIB * 11 / 10, "{peak} MiB");
    }
}

#[test]
fn what_was_refused_is_taken_once_the_backend_is_back() {
    let backend = Backend::start();
    backend.hold();
    let holt = started(&backend, "100ms");
    holt.ready();
    let address = holt.http();
    let taken = post_until_refused(&address, 1);
    backend.release();
    holt.log_line("Memory usage back within limits. Resuming normal operation.");
    let request = large_request();
    let is_taken =
        poll(|| client::post(&address, "/v1/logs", &[JSON], request.as_bytes()).status == 200);
    assert!(is_taken.is_ok());
    let arrived = || -> usize {
        let requests = backend.logs();
        let resources = requests.iter().flat_map(|request| &request.resource_logs);
        let scopes = resources.flat_map(|resource| &resource.scope_logs);
        scopes.map(|scope| scope.log_records.len()).sum()
    };
    let all = poll(|| arrived() > taken);
    assert!(all.is_ok(), "{} of {}", arrived(), taken + 1);
}
