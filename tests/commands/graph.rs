//! `holt graph`: what a configuration joins, in every form.

use crate::common::Sandbox;

const CONFIG: &str = "\
receivers:
  otlp:
    protocols: {grpc: }
  kafka/orders: {}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: 400}
  batch:
  batch/unused:
connectors:
  spanmetrics:
exporters:
  debug:
  otlp_grpc/backend: {endpoint: 'backend:4317', tls: {insecure: true}}
extensions:
  health_check:
service:
  extensions: [health_check]
  pipelines:
    traces:
      receivers: [otlp, kafka/orders]
      processors: [memory_limiter, batch]
      exporters: [otlp_grpc/backend, spanmetrics]
    metrics/spans:
      receivers: [spanmetrics]
      exporters: [otlp_grpc/backend, debug]
    logs:
      receivers: [otlp]
      processors: [batch, redaction]
      exporters: [debug]
";

fn draw(config: &str, arguments: &[&str]) -> String {
    let mut all = vec!["graph", "config.yaml"];
    all.extend(arguments);
    Sandbox::new().file("config.yaml", config).holt(&all).to_string()
}

#[test]
fn every_form_shows_the_same() {
    for form in ["ascii", "dot", "mermaid", "svg", "json"] {
        insta::assert_snapshot!(form, draw(CONFIG, &["--format", form]));
    }
}

#[test]
fn findings_stand_at_what_they_are_about() {
    for form in ["ascii", "dot", "mermaid", "json"] {
        let drawn = draw(CONFIG, &["--lint", "--format", form]);
        insta::assert_snapshot!(format!("lint {form}"), drawn);
    }
    let svg = draw(CONFIG, &["--lint", "--format", "svg"]);
    assert!(svg.contains("class=\"processor error\""), "{svg}");
}

#[test]
fn circles_and_letters_of_xml_are_drawn() {
    let config = "\
connectors: {forward/a: , forward/b: }
service:
  pipelines:
    traces/1: {receivers: [forward/a], exporters: [forward/b]}
    traces/2: {receivers: [forward/b], exporters: [forward/a, 'otlp/a&\"b']}
";
    insta::assert_snapshot!(draw(config, &[]));
    let svg = draw(config, &["--format", "svg"]);
    assert!(svg.contains("otlp/a&amp;&quot;b"), "{svg}");
    assert_eq!(svg.matches("<path ").count(), 5, "{svg}");
}

#[test]
fn configurations_of_the_field_are_drawn() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seed");
    let text = std::fs::read_to_string(folder.join("04-main-collector.crd.yaml")).unwrap();
    insta::assert_snapshot!(draw(&text, &[]));
}

#[test]
fn what_cannot_be_read_is_said() {
    insta::assert_snapshot!(draw("service: {pipelines: {traces: 1}}\n", &[]));
    assert_eq!(Sandbox::new().holt(&["graph", "nowhere.yaml"]).code, Some(1));
}
