//! `holt diff`: what is different between two configurations, and what that does to a sample.

use crate::common::{Finished, Sandbox};

const OLD: &str = "\
receivers:
  otlp: {protocols: {grpc: }}
  kafka: {brokers: [a, b]}
processors:
  batch: {timeout: 200ms}
  filter:
    log_conditions: ['log.body == \"noise\"']
  transform:
    log_statements:
      - set(log.attributes[\"env\"], \"test\")
      - delete_key(log.attributes, \"old\")
  attributes: {actions: [{key: x, action: delete}]}
exporters:
  debug:
  otlp_http: {endpoint: 'http://a:4318', headers: {authorization: sesame}}
service:
  pipelines:
    logs: {receivers: [otlp], processors: [filter, transform, batch], exporters: [debug]}
    logs/kafka: {receivers: [kafka], exporters: [debug]}
    metrics: {receivers: [otlp], exporters: [debug]}
";

const NEW: &str = "\
receivers:
  otlp: {protocols: {grpc: {endpoint: '0.0.0.0:4317'}}}
  kafka: {brokers: [a, c, d]}
processors:
  batch: {timeout: 0.2s, send_batch_size: 100}
  filter:
    log_conditions: ['log.body == \"noise\"', 'log.severity_number < 9']
  transform:
    log_statements:
      - set(log.attributes[\"env\"], \"live\")
      - set(log.attributes[\"team\"], \"shop\")
extensions: {health_check: }
exporters:
  debug:
  otlp_http: {endpoint: 'http://a:4318', headers: {authorization: ali baba}}
service:
  extensions: [health_check]
  telemetry: {logs: {level: debug}}
  pipelines:
    logs: {receivers: [otlp], processors: [transform, filter, batch], exporters: [debug, otlp_http]}
    logs/kafka: {receivers: [kafka], exporters: [debug]}
    traces: {receivers: [otlp], exporters: [debug]}
";

const SAMPLE: &str = r#"{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[
{"timeUnixNano":"1","severityNumber":9,"body":{"stringValue":"a"},"attributes":[{"key":"old","value":{"intValue":"1"}}]},
{"timeUnixNano":"2","severityNumber":5,"body":{"stringValue":"b"}},
{"timeUnixNano":"3","severityNumber":9,"body":{"stringValue":"noise"}},
{"timeUnixNano":"4","severityNumber":17,"body":{"stringValue":"c"}}]}]}]}"#;

fn diff(old: &str, new: &str, arguments: &[&str]) -> Finished {
    let mut all = vec!["diff", "old.yaml", "new.yaml"];
    all.extend(arguments);
    let sandbox = Sandbox::new().file("old.yaml", old).file("new.yaml", new);
    sandbox.file("sample.json", SAMPLE).holt(&all)
}

#[test]
fn differences_are_told_with_their_places() {
    let told = diff(OLD, NEW, &[]);
    assert_eq!(told.code, Some(1), "{told}");
    assert!(!told.stdout.contains("sesame") && !told.stdout.contains("baba"), "{told}");
    insta::assert_snapshot!(told.to_string());
}

#[test]
fn a_sample_shows_what_they_do() {
    for form in ["text", "markdown", "json"] {
        let told = diff(OLD, NEW, &["-i", "sample.json", "--format", form]);
        insta::assert_snapshot!(form, told.to_string());
    }
}

#[test]
fn defaults_comments_and_order_of_keys_are_no_differences() {
    let config = |processors: &str, exporters: &str| {
        format!(
            "receivers: {{nop: }}\nprocessors: {processors}\nexporters: {{nop: , debug: }}\n\
             service: {{pipelines: {{logs: {{receivers: [nop], processors: [transform, batch], exporters: {exporters}}}}}}}\n"
        )
    };
    // Neither is what the clock and the dice say.
    let transform = "transform: {log_statements: ['set(log.time, Now())', \
                     'set(log.attributes[\"id\"], UUID())']}";
    let old = config(&format!("{{batch: , {transform}}}"), "[nop, debug]");
    let batch = "batch: {send_batch_size: 8192, timeout: 0.2s}";
    let new = config(&format!("{{{transform}, {batch}}} # as ever"), "[debug, nop]");
    let told = diff(&old, &new, &["-i", "sample.json"]);
    assert_eq!(told.code, Some(0), "{told}");
    insta::assert_snapshot!(told.to_string());
}

#[test]
fn components_are_followed_to_the_new_names_of_their_types() {
    let config = |name: &str, more: &str| {
        format!(
            "receivers: {{nop: }}\nexporters: {{{name}/a: {{endpoint: 'a:4317'{more}}}}}\n\
             service: {{pipelines: {{logs: {{receivers: [nop], exporters: [{name}/a]}}}}}}\n"
        )
    };
    let told = diff(&config("otlp", ""), &config("otlp_grpc", ", timeout: 1s"), &[]);
    assert_eq!(told.code, Some(1), "{told}");
    insta::assert_snapshot!(told.to_string());
}

#[test]
fn parts_are_compared_over_what_they_are_merged_with() {
    let sandbox = Sandbox::new()
        .file("base.yaml", OLD)
        .file("staging.yaml", "processors: {batch: {timeout: 1s}}\n")
        .file("production.yaml", "processors: {batch: {timeout: 5s}}\n");
    let told = sandbox.holt(&["diff", "staging.yaml", "production.yaml", "--config", "base.yaml"]);
    let expected = "processors\n  batch\n    ~ timeout: 1s → 5s  \
                    (staging.yaml:1:22 → production.yaml:1:22)\n";
    assert_eq!((told.code, told.stdout.as_str()), (Some(1), expected), "{told}");
}

#[test]
fn what_cannot_be_compared_is_said() {
    let told = diff(OLD, "service: 1\n", &[]);
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told}");
    assert!(told.stderr.contains("new.yaml"), "{told}");
    let told = diff(OLD, NEW, &["-i", "nowhere.json"]);
    assert_eq!(told.code, Some(2), "{told}");
}

#[test]
fn processors_of_every_sort_count() {
    let config = |value: &str, order: &str| {
        format!(
            "receivers: {{nop: }}\nexporters: {{nop: }}\n\
             processors:\n  batch:\n  attributes: {{actions: [{{key: team, value: {value}, action: insert}}]}}\n  \
             filter: {{log_conditions: ['log.attributes[\"team\"] == \"shop\"']}}\n\
             service: {{pipelines: {{logs: {{receivers: [nop], processors: {order}, exporters: [nop]}}}}}}\n"
        )
    };
    let run = |old: &str, new: &str| diff(old, new, &["-i", "sample.json"]);
    let order = "[attributes, filter, batch]";
    insta::assert_snapshot!(run(&config("shop", order), &config("cart", order)).to_string());
    // Behind the attributes processor there is something to drop, before it there is not.
    let later = "[filter, attributes, batch]";
    insta::assert_snapshot!(run(&config("shop", order), &config("shop", later)).to_string());
}
