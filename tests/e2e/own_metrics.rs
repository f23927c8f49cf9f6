//! What a collector shows of itself to Prometheus, against what the Go collector showed after the
//! same requests (tests/conformance/telemetry).

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use crate::client::{self, JSON, PATHS};
use crate::common::{PATIENCE, Running, Sandbox};
use crate::telemetry;

const READER: &str = "pull: {exporter: {prometheus: {host: 127.0.0.1, port: 0}}}";
const WITH_ALL_NAMES: &str = "pull: {exporter: {prometheus: {host: 127.0.0.1, port: 0, \
                              without_scope_info: false, without_units: false, \
                              without_type_suffix: false, \
                              with_resource_constant_labels: {included: [service.name]}}}}";

fn golden(name: &str) -> String {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/telemetry");
    std::fs::read_to_string(directory.join(name)).unwrap()
}

fn started(level: &str, reader: &str) -> Running {
    let configuration = golden("configuration.yaml")
        .replace("LEVEL", level)
        .replace("READER", &format!("{{{reader}}}"));
    let sandbox = Sandbox::new().own_metrics().file("config.yaml", &configuration);
    let holt = sandbox.start(&["--config", "config.yaml"]);
    holt.ready();
    holt
}

fn scrape(holt: &Running, accept: &str) -> String {
    let page = holt.endpoint("Serving metrics for Prometheus");
    let answer = client::http("GET", &page, "/metrics", &[("Accept", accept)], b"");
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.message.body.to_vec()).unwrap()
}

/// Lines that are to be the same; values that depend on the machine are left out.
fn comparable(page: &str) -> BTreeSet<String> {
    let lines = page.lines().filter(|line| !line.contains("otelcol_process_"));
    // Compared on their own.
    let network = ["http_server_", "http_client_", "rpc_client_"];
    let lines = lines.filter(|line| !network.iter().any(|name| line.contains(name)));
    // What the reference has not.
    let lines = lines.filter(|line| !line.contains("holt_exporter_"));
    let lines = lines.filter(|line| !line.contains("_bucket{"));
    lines
        .map(|line| {
            let line = line.replace("\"reference\"", "\"holt\"");
            let unlike = ["internal_duration_sum", "target_info{", "size_bytes_sum"];
            match unlike.iter().any(|name| line.contains(name)) {
                true => without_values(&line),
                false => line,
            }
        })
        .collect()
}

/// The names of a series and its labels.
fn without_values(line: &str) -> String {
    line.split('"')
        .step_by(2)
        .collect::<Vec<_>>()
        .join("\"\"")
        .rsplit_once(' ')
        .unwrap()
        .0
        .to_owned()
}

fn compare(level: &str, reader: &str, accept: &str, expected: &str) {
    let holt = started(level, reader);
    for (path, file) in PATHS.iter().zip(["traces.json", "metrics.json", "logs.json"]) {
        client::post(&holt.http(), path, &[JSON], golden(file).as_bytes());
    }
    let expected = comparable(&golden(expected));
    let start = Instant::now();
    loop {
        let page = comparable(&scrape(&holt, accept));
        if page == expected {
            return;
        }
        assert!(
            start.elapsed() < PATIENCE / 4,
            "missing: {:#?}\ntoo much: {:#?}",
            expected.difference(&page).collect::<Vec<_>>(),
            page.difference(&expected).collect::<Vec<_>>()
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn the_basic_page_is_that_of_the_reference() {
    compare("Basic", READER, "", "basic.txt");
}

#[test]
fn the_usual_page_is_that_of_the_reference() {
    compare("normal", READER, "", "normal.txt");
}

#[test]
fn the_detailed_page_is_that_of_the_reference() {
    compare("DETAILED", READER, "", "detailed.txt");
}

#[test]
fn a_page_with_all_names_is_that_of_the_reference() {
    let accept = "text/plain;version=1.0.0;escaping=allow-utf-8";
    compare("normal", WITH_ALL_NAMES, accept, "suffixed.txt");
}

#[test]
fn the_first_page_is_that_of_the_reference() {
    let holt = started("normal", READER);
    assert_eq!(comparable(&scrape(&holt, "")), comparable(&golden("start.txt")));
    let page = scrape(&holt, "");
    for name in ["otelcol_process_uptime", "otelcol_process_cpu_seconds"] {
        assert!(page.contains(&format!("# TYPE {name} counter")), "{page}");
    }
    let answer =
        client::http("GET", &holt.endpoint("Serving metrics for Prometheus"), "/", &[], b"");
    assert_eq!((answer.status, &*answer.message.body), (404, &b"404 page not found\n"[..]));
}

#[test]
fn requests_and_calls_are_told_of_as_the_reference_does() {
    let next = "
receivers: {otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0'}, http: {endpoint: '127.0.0.1:0'}}}}
exporters: {nop: {}}
service: {pipelines: {logs: {receivers: [otlp], exporters: [nop]}}}
";
    let place = Sandbox::new().file("config.yaml", next);
    let next = place.start(&["--config", "config.yaml"]);
    let queue = "sending_queue: {enabled: false}";
    let configuration = format!(
        "
receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}, http: {{endpoint: '127.0.0.1:0'}}}}}}}}
extensions: {{zpages: {{endpoint: '127.0.0.1:0'}}, health_check: {{endpoint: '127.0.0.1:0'}}}}
exporters:
  otlp_grpc: {{endpoint: '{}', tls: {{insecure: true}}, {queue}}}
  otlp_http: {{endpoint: 'http://{}', {queue}}}
service:
  extensions: [zpages, health_check]
  telemetry: {{metrics: {{level: detailed, readers: [{{{READER}}}]}}}}
  pipelines: {{logs: {{receivers: [otlp], exporters: [otlp_grpc, otlp_http]}}}}
",
        next.grpc(),
        next.http()
    );
    let sandbox = Sandbox::new().own_metrics().file("config.yaml", &configuration);
    let holt = sandbox.start(&["--config", "config.yaml"]);
    holt.ready();
    let http = holt.http();
    let record = br#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"severityNumber": 9}]}]}]}"#;
    assert_eq!(client::post(&http, "/v1/logs", &[JSON], record).status, 200);
    assert_eq!(client::http("GET", &http, "/nope", &[], b"").status, 404);
    assert_eq!(client::post(&http, "/v1/logs", &[JSON], br#"{"resou"#).status, 400);
    let method = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
    client::grpc(&holt.grpc(), method, None, &telemetry::encoded()[2]);
    // Pages are told of, probes are not.
    let pages = holt.endpoint("Starting zPages extension");
    assert_eq!(client::http("GET", &pages, "/debug/servicez", &[], b"").status, 200);
    let probes = holt.endpoint("Starting health_check extension");
    assert_eq!(client::http("GET", &probes, "/", &[], b"").status, 200);
    let page = scrape(&holt, "");
    let lines = page.lines().map(|line| {
        let Some((start, rest)) = line.split_once("server_port=\"") else { return line.to_owned() };
        format!(
            "{start}server_port=\"PORT{}",
            rest.trim_start_matches(|one: char| one.is_ascii_digit())
        )
    });
    let lines: BTreeSet<String> = lines.collect();
    let expected = golden("network.txt");
    let missing: Vec<&str> = expected.lines().filter(|line| !lines.contains(*line)).collect();
    let ours = lines.iter().filter(|line| line.starts_with("http_") || line.starts_with("rpc_"));
    let ours: Vec<&String> = ours.filter(|line| !line.contains("_bucket")).collect();
    assert!(missing.is_empty(), "missing: {missing:#?}\n{ours:#?}");
    let counts = ours.iter().filter(|line| line.contains("_count{")).count();
    assert_eq!(counts, expected.lines().filter(|line| line.contains("_count{")).count());
}

#[test]
fn an_address_in_use_keeps_the_collector_from_starting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let configuration = golden("configuration.yaml")
        .replace("LEVEL", "normal")
        .replace("READER", &format!("{{{}}}", READER.replace("port: 0", &format!("port: {port}"))));
    let sandbox = Sandbox::new().own_metrics().file("config.yaml", &configuration);
    let ended = sandbox.holt(&["--config", "config.yaml"]);
    assert_eq!(ended.code, Some(1));
    let message = format!(
        "failed to create meter provider: binding address 127.0.0.1:{port} for Prometheus \
         exporter: listen tcp 127.0.0.1:{port}: "
    );
    assert!(ended.stderr.contains(&message), "{}", ended.stderr);
}
