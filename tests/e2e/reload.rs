//! Another configuration for a running collector: by SIGHUP, and by a change of the file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::backend::Backend;
use crate::client::{self, PATHS, PROTOBUF};
use crate::common::{Running, Sandbox, poll};
use crate::pipeline;
use crate::telemetry;

const RELOADED: &str = "Configuration reloaded.";
const KEPT: &str = "Going on with the old one.";

fn forwarding_to(backend: &Backend) -> String {
    let exporter = format!(
        "exporters:\n  otlp_http: {{endpoint: '{}', compression: none, \
         sending_queue: {{enabled: false}}, retry_on_failure: {{enabled: false}}}}",
        backend.url()
    );
    pipeline::configuration(&exporter, "", "otlp_http")
}

/// A collector whose configuration can be written again.
fn start(configuration: &str, arguments: &[&str]) -> (Sandbox, Running) {
    let sandbox = Sandbox::new().file("config.yaml", configuration);
    let holt = sandbox.start(&[&["--config", "config.yaml"], arguments].concat());
    holt.ready();
    (sandbox, holt)
}

fn send(address: &str) -> u16 {
    client::post(address, PATHS[0], &[PROTOBUF], &telemetry::encoded()[0]).status
}

/// Waits until the log has `count` lines with `text`.
fn wait_for(holt: &Running, text: &str, count: usize) {
    poll(|| holt.log().matches(text).count() >= count)
        .unwrap_or_else(|()| panic!("{}", holt.log()));
}

#[test]
fn a_signal_makes_it_take_over_what_changed_and_keep_the_rest() {
    let (before, after) = (Backend::start(), Backend::start());
    let (sandbox, holt) = start(&forwarding_to(&before), &[]);
    let address = holt.http();
    assert_eq!(send(&address), 200);
    let sandbox = sandbox.file("config.yaml", &forwarding_to(&after));
    holt.signal("HUP");
    let line = holt.log_line(RELOADED);
    // The receiver goes on; an exporter for each signal takes the place of another.
    assert!(line.contains("\"kept\": 1, \"started\": 3, \"stopped\": 3"), "{line}");
    assert_eq!(send(&address), 200);
    assert_eq!((before.requests().len(), after.requests().len()), (1, 1));
    drop(sandbox);
    assert_eq!(holt.terminate().code, Some(0));
}

#[test]
fn a_configuration_that_cannot_run_changes_nothing() {
    let backend = Backend::start();
    let good = forwarding_to(&backend);
    let (mut sandbox, holt) = start(&good, &[]);
    let address = holt.http();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let in_use = format!("extensions: {{health_check: {{endpoint: '{}'}}}}\n", {
        taken.local_addr().unwrap()
    });
    let broken = [
        // No YAML, a wrong value, nothing to connect, a socket in use.
        "receivers: [".to_owned(),
        good.replace("compression: none", "compression: much"),
        good.replace("exporters: [otlp_http]", "exporters: []"),
        format!("{in_use}{good}  extensions: [health_check]\n"),
    ];
    for (index, broken) in broken.iter().enumerate() {
        sandbox = sandbox.file("config.yaml", broken);
        holt.signal("HUP");
        wait_for(&holt, KEPT, index + 1);
        assert_eq!(send(&address), 200);
    }
    assert!(!holt.log().contains(RELOADED));
    assert_eq!(backend.requests().len(), broken.len());
    // It recovers.
    let sandbox = sandbox.file("config.yaml", &good);
    holt.signal("HUP");
    let line = holt.log_line(RELOADED);
    assert!(line.contains("\"kept\": 4, \"started\": 0, \"stopped\": 0"), "{line}");
    drop(sandbox);
    assert_eq!(holt.terminate().code, Some(0));
}

#[test]
fn a_watched_file_is_read_again_when_its_text_changes() {
    let (before, after) = (Backend::start(), Backend::start());
    let (sandbox, holt) = start(&forwarding_to(&before), &["--watch-config"]);
    let address = holt.http();
    let sandbox = sandbox.file("config.yaml", &forwarding_to(&after));
    holt.log_line(RELOADED);
    assert_eq!(send(&address), 200);
    assert_eq!((before.requests().len(), after.requests().len()), (0, 1));
    drop(sandbox);
    assert_eq!(holt.terminate().code, Some(0));
}

#[test]
fn no_request_is_lost_or_refused_while_it_reloads() {
    let backends = [Backend::start(), Backend::start()];
    let (mut sandbox, holt) = start(&forwarding_to(&backends[0]), &[]);
    let address = holt.http();
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let (address, stop) = (address.clone(), stop.clone());
            thread::spawn(move || {
                let mut sent = 0;
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(send(&address), 200);
                    sent += 1;
                }
                sent
            })
        })
        .collect();
    for round in 1..=10 {
        sandbox = sandbox.file("config.yaml", &forwarding_to(&backends[round % 2]));
        holt.signal("HUP");
        wait_for(&holt, RELOADED, round);
    }
    stop.store(true, Ordering::Relaxed);
    let sent: usize = clients.into_iter().map(|client| client.join().unwrap()).sum();
    let arrived: usize = backends.iter().map(|backend| backend.requests().len()).sum();
    assert_eq!(sent, arrived);
    drop(sandbox);
    assert_eq!(holt.terminate().code, Some(0));
}
