//! Other settings of `service::telemetry` for a running collector.

use serde_json::Value;

use crate::backend::Backend;
use crate::client::{self, JSON};
use crate::common::{Running, Sandbox, poll};

const SPANS: &str =
    r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "a"}, {"name": "b"}]}]}]}"#;
const PAGE: &str = "Serving metrics for Prometheus";

fn configuration(telemetry: &str) -> String {
    format!(
        "
receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}}}
exporters: {{debug: {{verbosity: basic}}}}
service:
  telemetry: {telemetry}
  pipelines:
    traces: {{receivers: [otlp], exporters: [debug]}}
"
    )
}

fn page(settings: &str) -> String {
    format!(
        "{{metrics: {{readers: [{{pull: {{exporter: {{prometheus: {{host: 127.0.0.1, {settings}}}}}}}}}]}}}}"
    )
}

fn started(telemetry: &str) -> (Sandbox, Running) {
    let sandbox = Sandbox::new().own_metrics().file("config.yaml", &configuration(telemetry));
    let holt = sandbox.start(&["--config", "config.yaml"]);
    holt.ready();
    (sandbox, holt)
}

fn reload(sandbox: Sandbox, holt: &Running, telemetry: &str) -> Sandbox {
    let sandbox = sandbox.file("config.yaml", &configuration(telemetry));
    holt.signal("HUP");
    sandbox
}

fn send(holt: &Running) {
    assert_eq!(client::post(&holt.http(), "/v1/traces", &[JSON], SPANS.as_bytes()).status, 200);
}

fn scrape(address: &str) -> String {
    let answer = client::http("GET", address, "/metrics", &[], b"");
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.message.body.to_vec()).unwrap()
}

#[test]
fn the_log_changes_its_form_level_and_resource() {
    let (sandbox, holt) = started("{metrics: {level: none}}");
    let line = holt.log_line("Everything is ready.");
    assert!(line.contains("\tinfo\t"), "{line}");
    let id = instance(&line[line.find('{').unwrap()..]);
    let telemetry = "{metrics: {level: none}, resource: {team: payments}, \
                     logs: {encoding: json, initial_fields: {region: eu}}}";
    let sandbox = reload(sandbox, &holt, telemetry);
    let line = holt.log_line("Configuration reloaded.");
    let fields: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
    assert_eq!(
        (&fields["region"], &fields["resource"]["team"]),
        (&"eu".into(), &"payments".into())
    );
    // The process is the same.
    assert_eq!(instance(&line), id);
    // The file shows when it is done, for no line of that level does.
    let telemetry =
        "{metrics: {level: none}, logs: {level: error, output_paths: [stderr, all.log]}}";
    let sandbox = reload(sandbox, &holt, telemetry);
    poll(|| sandbox.path().join("all.log").exists()).unwrap();
    let _sandbox = reload(sandbox, &holt, "{logs: {level: loud}}");
    holt.log_line("Going on with the old one.");
    assert_eq!(holt.log().matches("Configuration reloaded.").count(), 1, "{}", holt.log());
    assert_eq!(holt.log().matches("Received signal from OS").count(), 2);
}

/// The id of the process in the fields of a line.
fn instance(fields: &str) -> String {
    let fields: Value = serde_json::from_str(fields).unwrap();
    fields["resource"]["service.instance.id"].as_str().unwrap().to_owned()
}

#[test]
fn a_page_moves_and_its_totals_go_on() {
    let (sandbox, holt) = started(&page("port: 0"));
    let before = holt.endpoint(PAGE);
    send(&holt);
    assert!(scrape(&before).contains("otelcol_receiver_accepted_spans{"));
    let port = before.rsplit_once(':').unwrap().1;
    // The same address with another form of the page.
    let sandbox = reload(
        sandbox,
        &holt,
        &page(&format!("port: {port}, without_type_suffix: false, without_units: false")),
    );
    holt.log_line("Configuration reloaded.");
    send(&holt);
    let text = scrape(&before);
    let total =
        text.lines().find(|line| line.starts_with("otelcol_receiver_accepted_spans_total{"));
    assert!(total.unwrap_or_else(|| panic!("{text}")).ends_with(" 4"), "{text}");
    drop(sandbox);
    assert_eq!(holt.terminate().code, Some(0));
}

#[test]
fn an_address_in_use_changes_nothing() {
    let (sandbox, holt) = started(&page("port: 0"));
    let before = holt.endpoint(PAGE);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let telemetry = page(&format!("port: {}", taken.local_addr().unwrap().port()));
    let telemetry = telemetry.replacen('{', "{logs: {encoding: json}, ", 1);
    let sandbox = reload(sandbox, &holt, &telemetry);
    holt.log_line("Going on with the old one.");
    // The page of port 0 comes back where the system puts it.
    let after = holt.log().lines().filter(|line| line.contains(PAGE)).count();
    assert_eq!(after, 2, "{}", holt.log());
    let line = holt.log().lines().last().unwrap().to_owned();
    assert!(serde_json::from_str::<Value>(&line).is_err(), "{line}");
    drop((sandbox, before));
    assert_eq!(holt.terminate().code, Some(0));
}

#[test]
fn spans_are_sent_from_the_reload_on() {
    let backend = Backend::start();
    let (sandbox, holt) = started("{metrics: {level: none}}");
    send(&holt);
    let telemetry = format!(
        "{{metrics: {{level: none}}, traces: {{processors: [{{simple: {{exporter: {{otlp: \
         {{protocol: http/protobuf, endpoint: '{}'}}}}}}}}]}}}}",
        backend.url()
    );
    let _sandbox = reload(sandbox, &holt, &telemetry);
    // Components go on as they are.
    let line = holt.log_line("Configuration reloaded.");
    assert!(line.contains("\"started\": 0, \"stopped\": 0"), "{line}");
    send(&holt);
    poll(|| backend.traces().len() >= 2).expect("a receive and an export");
}

#[test]
fn what_is_counted_is_told_to_stay() {
    let (sandbox, holt) = started("{metrics: {level: none}}");
    let _sandbox = reload(sandbox, &holt, &page("port: 0"));
    let line = holt.log_line("take effect when the process is started again");
    assert!(line.contains("service::telemetry::metrics::level"), "{line}");
    holt.log_line("Configuration reloaded.");
}
