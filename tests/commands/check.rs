//! `holt check`: findings, forms of reports, fixes, and what silences findings.

use crate::common::{Finished, Sandbox};

/// A listener on every address, a processor that nobody uses, and a statement that never matches.
const SAMPLE: &str = "\
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
processors:
  transform/levels:
    log_statements:
      - set(log.severity_text, \"오류\") where log.severity_number == \"ERROR\"
  batch:
exporters:
  debug:
service:
  pipelines:
    logs:
      receivers: [otlp]
      processors: [transform/levels]
      exporters: [debug]
";

/// All forms of reports.
pub(crate) const FORMS: [&str; 10] = [
    "full",
    "concise",
    "json",
    "json-lines",
    "github",
    "gitlab",
    "sarif",
    "junit",
    "checkstyle",
    "rdjson",
];

fn check(text: &str, arguments: &[&str]) -> Finished {
    let sandbox = Sandbox::new().file("gateway.yaml", text);
    let all: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
    sandbox.holt(&all)
}

#[test]
fn every_form_says_the_same() {
    for form in FORMS {
        let finished = check(SAMPLE, &["gateway.yaml", "--output-format", form]);
        insta::assert_snapshot!(form, finished.to_string());
    }
}

#[test]
fn configurations_of_the_field_are_checked() {
    for name in [
        "01-simplest.crd.yaml",
        "02-three-signals.yaml",
        "03-workload-grafana-stack.crd.yaml",
        "04-main-collector.crd.yaml",
        "05-workload-collector.crd.yaml",
    ] {
        let path = format!("{}/tests/seed/{name}", env!("CARGO_MANIFEST_DIR"));
        let sandbox = Sandbox::new().file(name, &std::fs::read_to_string(path).unwrap());
        let finished = sandbox.holt(&["check", name, "--output-format", "concise"]);
        insta::assert_snapshot!(format!("seed {name}"), finished.to_string());
    }
}

#[test]
fn codes_and_weights_choose_findings() {
    let lines = |arguments: &[&str]| {
        let mut all = vec!["gateway.yaml", "--output-format=concise"];
        all.extend(arguments);
        let finished = check(SAMPLE, &all);
        let codes: Vec<String> = finished
            .stdout
            .lines()
            .filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned()))
            .collect();
        (codes.join(" "), finished.code)
    };
    let all = "S301 T203 P102 P111";
    assert_eq!(lines(&[]), (all.to_owned(), Some(1)));
    assert_eq!(lines(&["--select=T,s3"]), ("S301 T203".to_owned(), Some(1)));
    assert_eq!(lines(&["--ignore=P,T203"]), ("S301".to_owned(), Some(1)));
    assert_eq!(lines(&["--severity=error"]), (String::new(), Some(0)));
    assert_eq!(lines(&["--severity=error", "--deny-warnings"]), (String::new(), Some(1)));
    assert_eq!(lines(&["--exit-zero"]), (all.to_owned(), Some(0)));
    insta::assert_snapshot!("statistics", check(SAMPLE, &["gateway.yaml", "--statistics"]).stdout);
}

#[test]
fn fixes_are_shown_and_applied() {
    insta::assert_snapshot!(
        check(SAMPLE, &["gateway.yaml", "--diff", "--unsafe-fixes"]).to_string()
    );
    let sandbox = Sandbox::new().file("gateway.yaml", SAMPLE);
    let finished = sandbox.holt(&["check", "gateway.yaml", "--fix", "--unsafe-fixes"]);
    assert!(finished.stderr.contains("1 mended"), "{finished}");
    let text = std::fs::read_to_string(sandbox.path().join("gateway.yaml")).unwrap();
    assert_eq!(text, SAMPLE.replace("0.0.0.0:4317", "localhost:4317"));
    // Without unsafe ones there is nothing to do.
    let finished = sandbox.holt(&["check", "gateway.yaml", "--fix"]);
    assert!(finished.stderr.contains("0 mended"), "{finished}");
}

#[test]
fn comments_silence_and_are_reported_when_they_do_not() {
    let text = SAMPLE
        .replace("0.0.0.0:4317", "0.0.0.0:4317 # holt: ignore[S301] behind a network policy")
        .replace("  batch:", "  # holt: ignore[P102]\n  batch:")
        .replace("  debug:", "  debug: # holt: ignore[N403] long gone");
    let finished = check(&text, &["gateway.yaml", "--output-format=concise"]);
    insta::assert_snapshot!(finished.to_string());
    let sandbox = Sandbox::new().file("gateway.yaml", &text);
    sandbox.holt(&["check", "gateway.yaml", "--fix"]);
    let fixed = std::fs::read_to_string(sandbox.path().join("gateway.yaml")).unwrap();
    assert!(!fixed.contains("N403") && fixed.contains("ignore[S301]"), "{fixed}");
}

#[test]
fn a_baseline_leaves_only_what_is_new() {
    let sandbox = Sandbox::new().file("gateway.yaml", SAMPLE);
    let flags = ["check", "gateway.yaml", "--baseline", "known.json"];
    let written = sandbox.holt(&[&flags[..], &["--write-baseline"]].concat());
    assert_eq!(written.code, Some(0), "{written}");
    let unchanged = sandbox.holt(&flags);
    assert_eq!(unchanged.code, Some(0), "{unchanged}");
    // Lines above do not matter, a new mistake does.
    let moved = format!("# A comment.\n{SAMPLE}").replace("  debug:", "  debug:\n  nop:");
    std::fs::write(sandbox.path().join("gateway.yaml"), moved).unwrap();
    let new = sandbox.holt(&[&flags[..], &["--output-format=concise"]].concat());
    insta::assert_snapshot!(new.to_string());
}

#[test]
fn directories_streams_and_standard_input() {
    let stream = "\
apiVersion: v1
kind: Service
metadata: {name: other}
---
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: {name: one}
spec:
  config:
    receivers: {nop: {}}
    exporters: {nop: {}, debug: {}}
    service: {pipelines: {traces: {receivers: [nop], exporters: [nop]}}}
---
apiVersion: opentelemetry.io/v1alpha1
kind: OpenTelemetryCollector
metadata: {name: two}
spec:
  config: |
    receivers: {nop: {}, otlp: {protocols: {grpc: {}}}}
    exporters: {nop: {}}
    service: {pipelines: {traces: {receivers: [nop], exporters: [nop]}}}
";
    let sandbox = Sandbox::new()
        .directory("a")
        .file("a/stream.yaml", stream)
        .file("a/values.yaml", "image: {tag: 1}\n")
        .file("a/template.yaml", "{{ if .Values.x }}\na: [\n")
        .file("a/.hidden.yaml", SAMPLE)
        .file("gateway.yml", SAMPLE)
        .file(
            ".holt.toml",
            "[check]\nignore = [\"P111\"]\n[check.per-file]\n\"a/\" = [\"P102\"]\n",
        );
    let concise = ["check", "--output-format=concise"];
    insta::assert_snapshot!("a directory", sandbox.holt(&concise).to_string());
    let isolated = [&concise[..], &["--isolated", "a"]].concat();
    insta::assert_snapshot!("isolated", sandbox.holt(&isolated).to_string());
    let named = [&concise[..], &["a/values.yaml"]].concat();
    insta::assert_snapshot!("no configuration", sandbox.holt(&named).to_string());
    let merged = [&concise[..], &["--config", "gateway.yml", "--set", "exporters.debug.a=1"]];
    insta::assert_snapshot!("merged", sandbox.holt(&merged.concat()).to_string());
}

#[test]
fn what_cannot_be_checked_is_said() {
    let unreadable = check(SAMPLE, &["missing.yaml"]);
    assert_eq!(unreadable.code, Some(2), "{unreadable}");
    assert!(unreadable.stderr.contains("cannot read missing.yaml"), "{unreadable}");
    let both = check(SAMPLE, &["gateway.yaml", "--config", "gateway.yaml"]);
    assert_eq!(both.code, Some(2), "{both}");
    let settings = Sandbox::new().file(".holt.toml", "[check]\nignored = 1\n");
    let finished = settings.holt(&["check"]);
    assert_eq!(finished.code, Some(2), "{finished}");
    assert!(finished.stderr.contains("unknown field `ignored`"), "{finished}");
}

#[test]
fn another_release_and_another_distribution_are_asked() {
    let text = "\
receivers:
  otlp: {protocols: {grpc: {}}}
  file_log: {include: [/var/log/a.log]}
processors:
  transform:
    log_statements:
      - set(log.attributes[\"a\"], \"b\")
  tail_sampling: {policies: [{name: all, type: always_sample}]}
exporters: {otlp: {endpoint: \"gateway:4317\"}}
service:
  pipelines:
    logs: {receivers: [otlp, file_log], processors: [transform], exporters: [otlp]}
    traces: {receivers: [otlp], processors: [tail_sampling], exporters: [otlp]}
";
    let report = |flags: &[&str]| {
        let mut all = vec!["gateway.yaml", "--output-format=concise", "--select=C,D"];
        all.extend(flags);
        check(text, &all).stdout
    };
    insta::assert_snapshot!("today", report(&[]));
    insta::assert_snapshot!("an older release", report(&["--target-version", "v0.140"]));
    insta::assert_snapshot!("a distribution", report(&["--distribution", "core"]));
    insta::assert_snapshot!(
        "both",
        report(&["--distribution=contrib", "--target-version=0.140.1"])
    );
    let wrong = check(text, &["gateway.yaml", "--target-version", "latest"]);
    assert_eq!(wrong.code, Some(2), "{wrong}");
    let sandbox = Sandbox::new()
        .file("gateway.yaml", text)
        .file(".holt.toml", "[check]\ntarget-version = \"v0.140\"\ndistribution = \"contrib\"\n");
    let finished = sandbox.holt(&["check", "--output-format=concise", "--select=C,D"]);
    insta::assert_snapshot!("both", finished.stdout);
}

#[test]
fn conditions_that_never_hold_on_a_sample_are_found() {
    let text = "\
receivers: {otlp: {protocols: {grpc: {}}}}
processors:
  transform:
    error_mode: ignore
    log_statements:
      - context: log
        statements:
          - set(attributes[\"a\"], 1) where body == \"hello\"
          - set(attributes[\"a\"], 2) where body == \"Hello\"
      - context: log
        statements:
          - 'set(log.attributes[\"b\"], 1) where log.attributes[\"a\"] == 3'
exporters: {debug: {}}
service:
  pipelines:
    logs: {receivers: [otlp], processors: [transform], exporters: [debug]}
";
    let logs = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[
        {"body":{"stringValue":"hello"}},{"body":{"stringValue":"bye"}}]}]}]}"#;
    let sandbox = Sandbox::new().file("gateway.yaml", text).file("logs.json", logs);
    let flags = ["check", "gateway.yaml", "--select=T313", "--sample"];
    insta::assert_snapshot!(sandbox.holt(&[&flags[..], &["logs.json"]].concat()).to_string());
    let missing = sandbox.holt(&[&flags[..], &["nothing.json"]].concat());
    assert_eq!(missing.code, Some(2), "{missing}");
}

#[test]
fn statements_that_fail_on_a_sample_are_found() {
    let text = "\
receivers: {otlp: {protocols: {grpc: }}}
processors:
  filter: {error_mode: ignore, logs: {log_record: ['Substring(log.body, 0, 9) == \"x\"']}}
  transform:
    error_mode: ignore
    log_statements:
      - set(log.attributes[\"low\"], ToLowerCase(log.attributes[\"name\"]))
      - set(log.attributes[\"low\"], ToLowerCase(log.attributes[\"name\"])) where IsString(log.attributes[\"name\"])
exporters: {debug: }
service: {pipelines: {logs: {receivers: [otlp], processors: [filter, transform], exporters: [debug]}}}
";
    let logs = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[
        {"body":{"stringValue":"long enough"},"attributes":[{"key":"name","value":{"stringValue":"A"}}]},
        {"body":{"stringValue":"short"},"attributes":[{"key":"name","value":{"intValue":"7"}}]}]}]}]}"#;
    let sandbox = Sandbox::new().file("gateway.yaml", text).file("logs.json", logs);
    let flags = ["check", "gateway.yaml", "--select=T313,T314", "--sample", "logs.json"];
    insta::assert_snapshot!(sandbox.holt(&flags).to_string());
}

#[test]
fn conditions_of_a_sample_see_what_the_processors_before_leave() {
    let text = |order: &str| {
        format!(
            "receivers: {{otlp: {{protocols: {{grpc: }}}}}}\nexporters: {{debug: }}\n\
             processors:\n  attributes: {{actions: [{{key: team, value: shop, action: insert}}]}}\n  \
             transform: {{log_statements: ['set(log.flags, 1) where log.attributes[\"team\"] == \"shop\"']}}\n\
             service: {{pipelines: {{logs: {{receivers: [otlp], processors: {order}, exporters: [debug]}}}}}}\n"
        )
    };
    let logs =
        r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"}}]}]}]}"#;
    let run = |order: &str| {
        let sandbox = Sandbox::new().file("gateway.yaml", &text(order)).file("logs.json", logs);
        sandbox.holt(&["check", "gateway.yaml", "--select=T313", "--sample", "logs.json"])
    };
    let found = run("[transform, attributes]");
    assert_eq!(found.code, Some(1), "{found}");
    let none = run("[attributes, transform]");
    assert_eq!(none.code, Some(0), "{none}");
}

#[test]
fn of_what_cannot_be_replaced_nothing_else_is_said() {
    let text = "\
receivers: {otlp: {protocols: {grpc: }}}
processors:
  batch:
    timeout: x${nope:a}s
    send_batch_size: \"1${nope:b}\"
  transform:
    log_statements:
      - set(log.attributes[\"a\"], ${nope:c})
exporters: {debug: {verbosity: '${nope:d}ed'}, otlp_grpc: {endpoint: '${nope:e}'}}
service:
  pipelines: {logs: {receivers: [otlp], processors: [transform, batch], exporters: [debug, otlp_grpc]}}
";
    let found = check(text, &["gateway.yaml", "--severity=error", "--output-format=concise"]);
    let codes: Vec<&str> =
        found.stdout.lines().filter(|line| line.starts_with("gateway.yaml:")).collect();
    assert_eq!(codes.len(), 5, "{found}");
    assert!(codes.iter().all(|line| line.contains("C006")), "{found}");
}
