//! `holt eval`: statements on telemetry from files, in all forms of input and output.

use serde_json::{Value, json};

use crate::common::{Finished, Sandbox};

const TRACES: &str = r#"{"resourceSpans": [{
  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "cart"}}]},
  "scopeSpans": [{"scope": {"name": "lib", "version": "2"}, "spans": [
    {"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708",
     "name": "GET /cart/17", "kind": 2, "attributes": [
       {"key": "http.request.method", "value": {"stringValue": "GET"}},
       {"key": "http.route", "value": {"stringValue": "/cart/:id"}},
       {"key": "http.response.status_code", "value": {"intValue": "503"}},
       {"key": "process.command_line", "value": {"stringValue": "cart token=s3cret -v"}},
       {"key": "internal.id", "value": {"intValue": "7"}}],
     "events": [{"name": "retry"}]},
    {"spanId": "1112131415161718", "name": "서울", "attributes": [
       {"key": "http.response.status_code", "value": {"intValue": "200"}}]}]}]}]}"#;

const METRICS: &str = r#"{"resourceMetrics": [{
  "resource": {"attributes": [
    {"key": "k8s.namespace.name", "value": {"stringValue": "shop"}},
    {"key": "k8s.pod.name", "value": {"stringValue": "cart-0"}}]},
  "scopeMetrics": [{"metrics": [
    {"name": "memory", "unit": "bytes", "gauge": {"dataPoints": [
      {"asInt": "5", "attributes": [{"key": "state", "value": {"stringValue": "used"}}]},
      {"asInt": "7"}]}},
    {"name": "requests", "unit": "1", "sum": {"aggregationTemporality": 2, "isMonotonic": true,
      "dataPoints": [{"asDouble": 2.5}]}}]}]}]}"#;

const LOGS: &str = r#"{"resourceLogs": [{"resource": {}, "scopeLogs": [{"logRecords": [
  {"severityNumber": 9, "body": {"stringValue": "Error: user=ada failed"}, "attributes": [
    {"key": "email", "value": {"stringValue": "ada@example.org"}},
    {"key": "day", "value": {"stringValue": "2024-02-29"}},
    {"key": "path", "value": {"stringValue": "/user/17/list/4"}},
    {"key": "from", "value": {"stringValue": "/account/8841/x"}}]},
  {"severityNumber": 5, "body": {"stringValue": "{\"level\": \"info\", \"n\": 3}"}}]}]}]}"#;

fn sandbox() -> Sandbox {
    Sandbox::new().file("traces.json", TRACES).file("metrics.json", METRICS).file("logs.json", LOGS)
}

fn eval(arguments: &[&str]) -> Finished {
    let mut all = vec!["eval"];
    all.extend(arguments);
    sandbox().holt(&all)
}

/// The result of statements on one of the files.
fn result(file: &str, statement: &str) -> Value {
    let finished = eval(&["-f", "jsonl", "-i", file, statement]);
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{statement}: {finished}");
    serde_json::from_str(&finished.stdout).unwrap()
}

const SPAN: &str = "/resourceSpans/0/scopeSpans/0/spans/0";
const LOG: &str = "/resourceLogs/0/scopeLogs/0/logRecords/0";

/// The attribute of a record at a pointer, `null` when there is none.
fn attribute(result: &Value, record: &str, key: &str) -> Value {
    let attributes = result.pointer(record).unwrap()["attributes"].as_array();
    let mut attributes = attributes.into_iter().flatten();
    attributes.find(|entry| entry["key"] == key).map_or(Value::Null, |entry| entry["value"].clone())
}

/// Statements as the documentation of the transform processor shows them, and what it says they do.
#[test]
fn statements_do_what_the_documentation_of_the_transform_processor_says() {
    let text = |text: &str| json!({"stringValue": text});
    // A statement, a record, and a field of it or, in brackets, an attribute, with its value after.
    let cases: &[(&str, &str, &str, &str, Value)] = &[
        (
            "traces.json",
            r#"set(span.status.code, STATUS_CODE_ERROR) where span.attributes["http.response.status_code"] >= 500"#,
            SPAN,
            "status",
            json!({"code": 2}),
        ),
        (
            "traces.json",
            r#"keep_keys(span.attributes, ["http.route", "peer"])"#,
            SPAN,
            "attributes",
            json!([{"key": "http.route", "value": {"stringValue": "/cart/:id"}}]),
        ),
        (
            "traces.json",
            r#"replace_pattern(span.attributes["process.command_line"], "token=\\S+", "token=***")"#,
            SPAN,
            "[process.command_line]",
            text("cart token=*** -v"),
        ),
        (
            "traces.json",
            r#"set(span.name, Concat([span.attributes["http.request.method"], span.attributes["http.route"]], " "))"#,
            SPAN,
            "name",
            json!("GET /cart/:id"),
        ),
        (
            "traces.json",
            r#"delete_key(span.attributes, "http.route")"#,
            SPAN,
            "[http.route]",
            Value::Null,
        ),
        (
            "traces.json",
            r#"delete_matching_keys(span.attributes, "^internal\\.")"#,
            SPAN,
            "[internal.id]",
            Value::Null,
        ),
        (
            "traces.json",
            r#"set(span.kind, SPAN_KIND_SERVER) where span.kind == SPAN_KIND_UNSPECIFIED"#,
            "/resourceSpans/0/scopeSpans/0/spans/1",
            "kind",
            json!(2),
        ),
        (
            "traces.json",
            r#"set(spanevent.attributes["service"], resource.attributes["service.name"])"#,
            "/resourceSpans/0/scopeSpans/0/spans/0/events/0",
            "[service]",
            text("cart"),
        ),
        (
            "traces.json",
            r#"set(resource.attributes["cluster"], "eu-1") where resource.attributes["cluster"] == nil"#,
            "/resourceSpans/0/resource",
            "[cluster]",
            text("eu-1"),
        ),
        (
            "traces.json",
            r#"set(scope.attributes["major"], Int(scope.version))"#,
            "/resourceSpans/0/scopeSpans/0/scope",
            "[major]",
            json!({"intValue": "2"}),
        ),
        (
            "metrics.json",
            r#"set(metric.description, "Sum") where metric.type == METRIC_DATA_TYPE_SUM"#,
            "/resourceMetrics/0/scopeMetrics/0/metrics/1",
            "description",
            json!("Sum"),
        ),
        (
            "metrics.json",
            r#"set(metric.unit, "By") where metric.unit == "bytes""#,
            "/resourceMetrics/0/scopeMetrics/0/metrics/0",
            "unit",
            json!("By"),
        ),
        (
            "metrics.json",
            r#"set(datapoint.attributes["pod"], resource.attributes["k8s.pod.name"])"#,
            "/resourceMetrics/0/scopeMetrics/0/metrics/0/gauge/dataPoints/1",
            "[pod]",
            text("cart-0"),
        ),
        (
            "metrics.json",
            r#"set(datapoint.value_int, datapoint.value_int * 1024) where datapoint.attributes["state"] == "used""#,
            "/resourceMetrics/0/scopeMetrics/0/metrics/0/gauge/dataPoints/0",
            "asInt",
            json!("5120"),
        ),
        (
            "logs.json",
            r#"set(log.severity_number, SEVERITY_NUMBER_ERROR) where IsMatch(log.body, "(?i)^error")"#,
            LOG,
            "severityNumber",
            json!(17),
        ),
        (
            "logs.json",
            r#"set(log.severity_text, "FAIL") where IsMatch(log.body, "failed$")"#,
            LOG,
            "severityText",
            json!("FAIL"),
        ),
        (
            "logs.json",
            r#"set(log.attributes["level"], ParseJSON(log.body)["level"]) where IsMatch(log.body, "^\\{")"#,
            "/resourceLogs/0/scopeLogs/0/logRecords/1",
            "[level]",
            text("info"),
        ),
        (
            "logs.json",
            r#"set(log.attributes["user"], ExtractPatterns(log.body, "user=(?P<user>\\w+)")["user"]) where IsMatch(log.body, "user=")"#,
            LOG,
            "[user]",
            text("ada"),
        ),
        (
            "logs.json",
            r#"replace_all_matches(log.attributes, "/user/*/list/*", "/user/{userId}/list/{listId}")"#,
            LOG,
            "[path]",
            text("/user/{userId}/list/{listId}"),
        ),
        (
            "logs.json",
            r#"replace_all_patterns(log.attributes, "value", "/account/\\d{4}", "/account/{accountId}")"#,
            LOG,
            "[from]",
            text("/account/{accountId}/x"),
        ),
        (
            "logs.json",
            r#"set(log.attributes["email"], SHA256(log.attributes["email"])) where log.attributes["email"] != nil"#,
            LOG,
            "[email]",
            text("cfe00dde46ef942601ffafb9e2825e802858b460e586b8305b344c1eb826357d"),
        ),
        (
            "logs.json",
            r#"set(log.time, Time(log.attributes["day"], "%Y-%m-%d", "UTC")) where log.attributes["day"] != nil"#,
            LOG,
            "timeUnixNano",
            json!("1709164800000000000"),
        ),
    ];
    for (file, statement, record, field, expected) in cases {
        let result = result(file, statement);
        let found = match field.strip_prefix('[') {
            Some(key) => attribute(&result, record, key.trim_end_matches(']')),
            None => result.pointer(record).unwrap()[*field].clone(),
        };
        assert_eq!(found, *expected, "{statement}: {result}");
    }
}

#[test]
fn the_statements_of_the_seed_name_where_every_datapoint_comes_from() {
    let statements = [
        r#"set(attributes["namespace"], resource.attributes["k8s.namespace.name"])"#,
        r#"set(attributes["container"], resource.attributes["k8s.container.name"])"#,
        r#"set(attributes["pod"], resource.attributes["k8s.pod.name"])"#,
    ];
    let given =
        eval(&[&["--context", "datapoint", "-i", "metrics.json"][..], &statements].concat());
    insta::assert_snapshot!(given);
    // The same, from the configuration that they come from.
    for (file, at) in [
        ("03-workload-grafana-stack.crd.yaml", "transform"),
        ("05-workload-collector.crd.yaml", "transform"),
    ] {
        let path = format!("{}/tests/seed/{file}", env!("CARGO_MANIFEST_DIR"));
        let finished = eval(&["--config", &path, "--at", at, "-i", "metrics.json"]);
        assert_eq!(finished, given, "{file}: {finished}");
    }
}

#[test]
fn every_engine_gives_the_same() {
    let statement = r#"set(span.attributes["upper"], span.name) where span.kind == 2"#;
    let arguments = ["eval", "-f", "otlp", "-i", "traces.json", statement];
    let expected = sandbox().holt(&arguments);
    assert_eq!(expected.code, Some(0), "{expected}");
    for engine in ["ref", "vm", "jit", "auto"] {
        assert_eq!(sandbox().variable("HOLT_ENGINE", engine).holt(&arguments), expected);
    }
    insta::assert_snapshot!(sandbox().variable("HOLT_ENGINE", "go").holt(&arguments));
}

#[test]
fn what_changed_is_shown_under_its_record() {
    insta::assert_snapshot!(eval(&[
        "-i",
        "traces.json",
        r#"set(span.name, "x") where span.kind == 2"#,
        r#"delete_key(span.attributes, "internal.id")"#,
        r#"set(span.attributes["list"], [1, "둘", true])"#,
        r#"set(resource.attributes["service.name"], span.name)"#,
    ]));
    insta::assert_snapshot!(eval(&[
        "-i",
        "logs.json",
        r#"set(log.body, ParseJSON(log.body)) where log.severity_number == 5"#
    ]));
    insta::assert_snapshot!(eval(&[
        "-i",
        "logs.json",
        r#"set(log.body, 1) where log.severity_number == 4"#
    ]));
}

const CONFIG: &str = r#"
receivers: {nop: }
exporters: {nop: }
processors:
  filter/health:
    trace_conditions: ['span.name == "서울"', 'spanevent.name == "retry"']
    metric_conditions: ['datapoint.attributes["state"] == "used"', 'metric.name == "requests"']
  transform:
    log_statements: ['set(log.attributes["n"], log.severity_number)']
  batch:
service:
  pipelines:
    traces: {receivers: [nop], processors: [filter/health], exporters: [nop]}
    logs: {receivers: [nop], processors: [transform, batch], exporters: [nop]}
"#;

#[test]
fn a_component_of_a_configuration_can_be_run() {
    let run = |at: &str, input: &str| {
        let sandbox = sandbox().file("config.yaml", CONFIG);
        sandbox.holt(&["eval", "--config", "config.yaml", "--at", at, "-i", input])
    };
    insta::assert_snapshot!(run("filter/health", "traces.json"));
    insta::assert_snapshot!(run("filter/health", "metrics.json"));
    insta::assert_snapshot!(run("processors/transform", "logs.json"));
    assert_eq!(run("transform", "traces.json").stdout, "nothing changed\n");
    insta::assert_snapshot!(run("transfrom", "logs.json"));
    insta::assert_snapshot!(run("batch", "logs.json"));
}

#[test]
fn every_statement_can_be_traced() {
    let traced = eval(&[
        "--trace",
        "-f",
        "jsonl",
        "-i",
        "logs.json",
        r#"set(log.attributes["n"], ParseJSON(log.body)["n"])"#,
        r#"set(log.severity_text, "low") where log.severity_number < 9"#,
        r#"set(resource.attributes["seen"], true)"#,
    ]);
    insta::assert_snapshot!(traced.stderr);
    let sandbox = sandbox().file("config.yaml", CONFIG);
    let at = ["eval", "--trace", "--config", "config.yaml", "--at", "filter/health", "-i"];
    let traced = sandbox.holt(&[&at[..], &["traces.json"]].concat());
    insta::assert_snapshot!(traced.stderr);
}

#[test]
fn requests_may_stand_on_a_line_each() {
    let line = |name: &str| {
        format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"name":"{name}"}}]}}]}}]}}"#)
    };
    let text = format!("{}\n\n{}\n", line("a"), line("b"));
    let statement = r#"set(span.name, "seen") where span.name == "b""#;
    let run = |text: &str, format: &str| {
        let sandbox = Sandbox::new().file("spans.jsonl", text);
        sandbox.holt(&["eval", "-f", format, "-i", "spans.jsonl", statement])
    };
    insta::assert_snapshot!(run(&text, "diff"));
    let lines = run(&text, "jsonl");
    let names: Vec<Value> = lines
        .stdout
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line)
                .unwrap()
                .pointer("/resourceSpans/0/scopeSpans/0/spans/0/name")
                .unwrap()
                .clone()
        })
        .collect();
    assert_eq!(names, ["a", "seen"], "{lines}");
    insta::assert_snapshot!(run(&format!("{text}{{\"resourceSpans\": 5}}\n"), "jsonl"));
    insta::assert_snapshot!(run(&format!("{text}{}\n", LOGS.replace('\n', "")), "jsonl"));
}

#[test]
fn input_is_recognised_by_what_it_holds() {
    let batch = |signal, text: &str| holt_pdata::json::decode(signal, text.as_bytes()).unwrap();
    for (signal, text, statement) in [
        (holt_pdata::Signal::Traces, TRACES, r#"set(span.name, "x")"#),
        (holt_pdata::Signal::Metrics, METRICS, r#"set(metric.name, "x")"#),
        (holt_pdata::Signal::Logs, LOGS, r#"set(log.body, "x")"#),
    ] {
        let binary = batch(signal, text).bytes().clone();
        let arguments = ["eval", "-f", "otlp", statement];
        let from_json = Sandbox::new().input(text.as_bytes()).holt(&arguments);
        let from_protobuf = Sandbox::new().input(&binary).holt(&arguments);
        assert_eq!(from_json.code, Some(0), "{from_json}");
        assert_eq!(from_json, from_protobuf);
    }
    let refused = |input: &[u8], arguments: &[&str]| {
        Sandbox::new().input(input).holt(&[&["eval", "set(span.name, \"x\")"], arguments].concat())
    };
    insta::assert_snapshot!(refused(b" \n", &[]));
    insta::assert_snapshot!(refused(b"{}", &[]));
    insta::assert_snapshot!(refused(b"hello", &[]));
    insta::assert_snapshot!(refused(b"{\"resourceSpans\": [\n  {\"scopeSpans\": 7}]}", &[]));
    assert_eq!(refused(b"{}", &["--signal", "traces"]).stdout, "nothing changed\n");
}

#[test]
fn requests_of_every_sdk_are_recognised() {
    let fixtures = format!("{}/tests/fixtures/otlp", env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for folder in std::fs::read_dir(fixtures).unwrap().map(|folder| folder.unwrap().path()) {
        let Ok(files) = std::fs::read_dir(folder) else { continue };
        for file in files.map(|file| file.unwrap().path()) {
            let name = file.to_str().unwrap();
            let statement = match name {
                name if name.ends_with(".jsonl") || name.ends_with(".md") => continue,
                name if name.contains("traces") => r#"set(span.name, "x")"#,
                name if name.contains("metrics") => r#"set(metric.name, "x")"#,
                _ => r#"set(log.body, "x")"#,
            };
            let finished = eval(&["-e", "-i", name, statement]);
            assert_eq!(finished.code, Some(0), "{name}: {finished}");
            seen += 1;
        }
    }
    assert!(seen >= 30, "only {seen} fixtures were found");
}

#[test]
fn exit_codes_tell_what_happened() {
    let failing = r#"set(log.body, ParseJSON(log.body))"#;
    insta::assert_snapshot!(eval(&["-i", "logs.json", failing]));
    insta::assert_snapshot!(eval(&["--error-mode", "propagate", "-i", "logs.json", failing]));
    assert_eq!(eval(&["--error-mode", "silent", "-i", "logs.json", failing]).stderr, "");
    let never = r#"set(log.body, 1) where log.severity_number == 23"#;
    assert_eq!(eval(&["-i", "logs.json", never]).code, Some(0));
    assert_eq!(eval(&["-e", "-i", "logs.json", never]).code, Some(1));
    assert_eq!(eval(&["-e", "-i", "logs.json", "set(log.body, 1)"]).code, Some(0));
}

#[test]
fn mistakes_are_shown_in_the_statement() {
    insta::assert_snapshot!(eval(&[
        "-i",
        "logs.json",
        r#"set(log.bdy, "x")"#,
        r#"set(log.body, Lenght("x"))"#,
        "set(log.body, 1"
    ]));
    insta::assert_snapshot!(eval(&["-i", "logs.json", "--context", "lgo", "set(body, 1)"]));
    insta::assert_snapshot!(eval(&["-i", "logs.json", "set(span.name, \"x\")"]));
    insta::assert_snapshot!(eval(&[
        "-i",
        "logs.json",
        r#"set(log.attributes["a"], Any(log.attributes["l"], (_, v) => v == 1))"#
    ]));
    let gate = ["--feature-gates", "ottl.functions.enableLambda", "-i", "logs.json"];
    let lambda = r#"set(log.attributes["a"], Any(log.attributes, (k, _) => k == "day")) where log.attributes["day"] != nil"#;
    assert_eq!(eval(&[&gate[..], &[lambda]].concat()).code, Some(0));
    insta::assert_snapshot!(eval(&["-i", "nowhere.json", "set(log.body, 1)"]));
    insta::assert_snapshot!(eval(&["-i", "logs.json"]));
    insta::assert_snapshot!(eval(&["--error-mode", "loud", "-i", "logs.json", "set(log.body, 1)"]));
}
