//! `holt fmt`: what changes in a file, what never does, and how it is told.

use crate::common::{Finished, Sandbox};

/// Every way to write a text in YAML, with blanks that are wrong.
const SAMPLE: &str = "\
# Statements of all styles.
receivers:   {otlp: {protocols: {grpc: {}}}}
processors:
  transform:   # keep   this
    error_mode:   ignore
    log_statements:
      - set( log.attributes[ \"한국\" ],1 )   where log.body==nil   # plain
      - 'set(log.attributes[\"it''s\"],\"a  b\")'
      - \"set(log.attributes[\\\"😀\\\"],\\\"x\\\")\"
      - |
        set(log.attributes[\"a\"],
            1 )
      - >-
        set(log.attributes[\"b\"],1)
        where   log.body != nil
      - set(log.attributes[\"c\"],
          2)
      - replace_pattern(log.body,\"(a)\",\"$${1}\")
      - set(log.attributes[\"v\"],${env:VALUE})
      - set(log.attributes[\"m\"], {\"a\":1,\"b\":2})
      - \"set(log.attributes[\\\"m\\\"],{\\\"a\\\":1})\"
  filter:
    logs: {log_record: ['attributes[\"a\"]==1', \"IsMatch(body,\\\"x\\\")\"]}
    traces:
      span: [ 'name==\"a\"' ,'kind  == SPAN_KIND_SERVER' ]
exporters: {debug: {}}
service: {pipelines: {logs: {receivers: [otlp], processors: [transform, filter], exporters: [debug]}}}
";

/// What it should look like.
const FORMATTED: &str = "\
# Statements of all styles.
receivers:   {otlp: {protocols: {grpc: {}}}}
processors:
  transform:   # keep   this
    error_mode:   ignore
    log_statements:
      - set(log.attributes[\"한국\"], 1) where log.body == nil   # plain
      - 'set(log.attributes[\"it''s\"], \"a  b\")'
      - \"set(log.attributes[\\\"😀\\\"], \\\"x\\\")\"
      - |
        set(log.attributes[\"a\"],
            1)
      - >-
        set(log.attributes[\"b\"], 1)
        where log.body != nil
      - set(log.attributes[\"c\"],
          2)
      - replace_pattern(log.body, \"(a)\", \"$${1}\")
      - set(log.attributes[\"v\"],${env:VALUE})
      - set(log.attributes[\"m\"], {\"a\":1, \"b\":2})
      - \"set(log.attributes[\\\"m\\\"], {\\\"a\\\": 1})\"
  filter:
    logs: {log_record: ['attributes[\"a\"] == 1', \"IsMatch(body, \\\"x\\\")\"]}
    traces:
      span: [ 'name == \"a\"' ,'kind == SPAN_KIND_SERVER' ]
exporters: {debug: {}}
service: {pipelines: {logs: {receivers: [otlp], processors: [transform, filter], exporters: [debug]}}}
";

fn format(text: &str, arguments: &[&str]) -> (Finished, String) {
    let sandbox = Sandbox::new().file("gateway.yaml", text);
    let all: Vec<&str> = ["fmt"].iter().chain(arguments).copied().collect();
    let finished = sandbox.holt(&all);
    let after = std::fs::read_to_string(sandbox.path().join("gateway.yaml")).unwrap();
    (finished, after)
}

#[test]
fn blanks_change_in_every_style_and_nothing_else_does() {
    let (finished, after) = format(SAMPLE, &[]);
    assert_eq!(after, FORMATTED);
    insta::assert_snapshot!(finished.to_string());
    let (finished, again) = format(&after, &[]);
    assert_eq!(again, FORMATTED);
    insta::assert_snapshot!(finished.to_string());
}

#[test]
fn checking_and_showing_write_nothing() {
    for flag in ["--check", "--diff"] {
        let (finished, after) = format(SAMPLE, &[flag, "gateway.yaml"]);
        assert_eq!((finished.code, &*after), (Some(1), SAMPLE));
        insta::assert_snapshot!(format!("fmt {flag}"), finished.to_string());
        let (finished, _) = format(FORMATTED, &[flag, "gateway.yaml"]);
        assert_eq!(finished.code, Some(0), "{finished}");
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let finished = Sandbox::new().input(SAMPLE.as_bytes()).holt(&["fmt", "-"]);
    assert_eq!(finished.stdout, FORMATTED);
    assert_eq!((finished.code, &*finished.stderr), (Some(0), ""));
    let broken = SAMPLE.replace("log.body==nil", "log.body=nil");
    let finished = Sandbox::new().input(broken.as_bytes()).holt(&["fmt", "-"]);
    assert_eq!(finished.code, Some(1));
    assert!(finished.stdout.contains("'name == \"a\"'"), "{finished}");
    assert!(finished.stdout.contains("log.body=nil"), "{finished}");
    insta::assert_snapshot!(finished.stderr);
}

#[test]
fn configurations_inside_manifests_are_formatted() {
    let indented =
        |text: &str, by: &str| text.lines().map(|line| format!("{by}{line}\n")).collect::<String>();
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  relay: |\n";
    let old = "apiVersion: opentelemetry.io/v1alpha1\nkind: OpenTelemetryCollector\n\
               metadata: {name: b}\nspec:\n  config: |\n";
    let new = "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\n\
               metadata: {name: c}\nspec:\n  config:\n";
    let all = |text: &str| {
        [map, old, new].map(|head| format!("{head}{}", indented(text, "    "))).join("---\n")
    };
    let (finished, after) = format(&all(SAMPLE), &[]);
    assert_eq!(after, all(FORMATTED), "{finished}");
    // A text inside a text: both levels of escapes stay.
    let nested = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  relay: \"processors:\
                  \\n  transform:\\n    log_statements:\\n    - 'set(log.body,\\\"x\\\")'\\n\"\n";
    let (finished, after) = format(nested, &[]);
    assert_eq!(after, nested.replace("log.body,", "log.body, "), "{finished}");
}

#[test]
fn anchors_are_formatted_once_and_comments_hold_off() {
    let text = "\
processors:
  transform/a:
    log_statements: [&one 'set(log.body,1)', *one]
  transform/b:
    log_statements:
      - *one
      - set( log.body, 2) # holt: ignore[T505] as the neighbours have it
";
    let (finished, after) = format(text, &[]);
    assert_eq!(after, text.replace("(log.body,1)", "(log.body, 1)"), "{finished}");
}

#[test]
fn what_cannot_be_read_is_told() {
    let sandbox = Sandbox::new()
        .file("other.yaml", "a:  1\n")
        .file("template.yaml", "{{- if .Values }}\na: b: c\n")
        .file("bad.yaml", "receivers: [\nservice:\n");
    let finished = sandbox.holt(&["fmt"]);
    assert_eq!(finished.code, Some(1));
    insta::assert_snapshot!(finished.to_string());
    let finished = sandbox.holt(&["fmt", "missing.yaml"]);
    assert_eq!(finished.code, Some(2), "{finished}");
}

/// The migrations of `log_statements`, and of conditions of the older form.
const GROUPS: &str = "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  transform/one:
    log_statements:
      - context: log
        statements:
          # The first.
          - set(attributes[\"a\"],body) where resource.attributes[\"b\"] == nil
          - |
            set(severity_text,
                Concat([attributes[\"x\"]], \"\"))

    trace_statements:
    - statements:
      - set(span.name, \"a\")
      context: span
    metric_statements:
      - context: resource
        statements:
          - set(attributes[\"a\"], ${env:VALUE})
  transform/several:
    log_statements:
      - context: resource
        statements: [set(attributes[\"a\"]\\, 1)]
      - context: log
        statements:
          - set(log.attributes[\"b\"], 1)
  transform/kept:
    error_mode: propagate
    log_statements:
      - context: log # not to be lost
        statements:
          - set(log.attributes[\"b\"], 1)
    trace_statements:
      - context: span
        error_mode: ignore
        statements:
          - set(span.attributes[\"b\"], 1)
    metric_statements:
      - context: datapoint
        statements:
          - set(metric.name, \"b\")
  filter:
    log_conditions:
      - context: log
        conditions:
          - attributes[\"a\"] == 1
          - severity_number < SEVERITY_NUMBER_INFO
    traces:
      span:
        - name == \"a\"
exporters: {debug: {}}
service:
  pipelines:
    logs:
      receivers: [otlp]
      processors: [transform/one, transform/several, transform/kept, filter]
      exporters: [debug]
";

#[test]
fn paths_get_their_context_and_groups_become_lists() {
    let text = GROUPS.replace("[set(attributes[\"a\"]\\, 1)]", "['set(attributes[\"a\"], 1)']");
    let (finished, prefixed) = format(&text, &["--prefix-paths"]);
    assert_eq!(finished.code, Some(0), "{finished}");
    insta::assert_snapshot!("fmt --prefix-paths", prefixed);
    let (_, flat) = format(&text, &["--flatten"]);
    insta::assert_snapshot!("fmt --flatten", flat);
    let (_, both) = format(&text, &["--prefix-paths", "--flatten"]);
    insta::assert_snapshot!("fmt --prefix-paths --flatten", both);
    let (_, again) = format(&both, &["--prefix-paths", "--flatten"]);
    assert_eq!(again, both);
}

#[test]
fn a_text_of_two_contexts_gets_neither() {
    let text = "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  transform:
    log_statements:
      - {context: log, statements: [&one 'set(attributes[\"a\"], 1)']}
    trace_statements:
      - {context: span, statements: [*one]}
exporters: {debug: {}}
service: {pipelines: {logs: {receivers: [otlp], processors: [transform], exporters: [debug]}}}
";
    let (finished, after) = format(text, &["--prefix-paths", "--flatten"]);
    assert_eq!(after, text, "{finished}");
}
