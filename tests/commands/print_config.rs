//! `holt print-config`: defaults filled in, secrets hidden unless asked for.

use crate::common::Sandbox;

const WITH_SECRETS: &str = "\
receivers:
  otlp:
    protocols:
      grpc:
        max_recv_msg_size_mib: ${env:LIMIT}
processors:
  transform:
    log_statements:
      - set(log.attributes[\"price\"], \"$$1\")
exporters:
  otlp_http/backend:
    endpoint: https://backend.example
    headers:
      authorization: Bearer ${env:TOKEN}
    timeout: 90s
service:
  pipelines:
    logs/orders:
      receivers: [otlp]
      processors: [transform]
      exporters: [otlp_http/backend]
";

fn print(arguments: &[&str]) -> String {
    let sandbox = Sandbox::new()
        .file("config.yaml", WITH_SECRETS)
        .variable("LIMIT", "64")
        .variable("TOKEN", "sesame");
    let mut all = vec!["print-config", "--config", "config.yaml"];
    all.extend(arguments);
    sandbox.holt(&all).to_string()
}

#[test]
fn defaults_are_filled_in_and_secrets_hidden() {
    let printed = print(&[]);
    assert!(!printed.contains("sesame"), "{printed}");
    insta::assert_snapshot!(printed);
}

#[test]
fn json_says_the_same() {
    let printed = print(&["--format", "json"]);
    let (_, json) = printed.split_once("--- stdout\n").unwrap();
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let exporter = &value["exporters"]["otlp_http/backend"];
    // The reference writes nanoseconds here.
    assert_eq!(exporter["timeout"], 90_000_000_000_u64);
    assert_eq!(exporter["headers"]["authorization"], "[REDACTED]");
    assert_eq!(value["receivers"]["otlp"]["protocols"]["grpc"]["max_recv_msg_size_mib"], 64);
    insta::assert_snapshot!(json);
}

#[test]
fn secrets_are_shown_on_request() {
    let shown = print(&["--mode", "unredacted"]);
    assert!(shown.contains("Bearer sesame"), "{shown}");
    let hidden = print(&["--mode", "redacted"]);
    assert_eq!(
        shown.replace("Bearer sesame", "'[REDACTED]'").lines().count(),
        hidden.lines().count()
    );
}

#[test]
fn the_old_name_works() {
    let sandbox = Sandbox::new().file("config.yaml", WITH_SECRETS).variable("LIMIT", "64");
    let old = sandbox.holt(&["print-initial-config", "--config", "config.yaml"]);
    assert_eq!(old, sandbox.holt(&["print-config", "--config", "config.yaml"]));
}

#[test]
fn what_is_printed_is_a_valid_configuration() {
    let printed = print(&["--mode", "unredacted"]);
    let (_, yaml) = printed.split_once("--- stdout\n").unwrap();
    // A single dollar would be expanded when it is read again.
    let sandbox = Sandbox::new().file("again.yaml", &yaml.replace('$', "$$"));
    let again = sandbox.holt(&["validate", "--config", "again.yaml"]);
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), ""), "{again}");
}

#[test]
fn a_bad_configuration_is_refused() {
    insta::assert_snapshot!(print(&["--set", "exporters.otlp_http/backend.encoding=xml"]));
}
