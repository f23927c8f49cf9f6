//! Whole configurations as users write them: what is told about bad ones, and that good ones load.

use std::collections::HashMap;
use std::path::Path;

use holt_grammar::diag::render::{Color, full};
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::SourceMap;
use serde::{Deserialize, Serialize};

use super::environment::Environment;
use super::ids::{ComponentId, PipelineId};
use super::manifest::Several;
use super::merge::Lists;
use super::model::ComponentKind;
use super::print::{self, Secrets};
use super::service::{LogEncoding, LogLevel};
use super::validate::Allowed;
use super::values::{Duration, Headers, Optional, Secret, Statement};
use super::yaml::Node;
use super::{CollectorConfig, LoadRequest, Loaded, de, decode, load, validate};

fn environment() -> HashMap<String, String> {
    HashMap::from([("NAME".to_owned(), "value".to_owned()), ("SIZE".to_owned(), "77".to_owned())])
}

fn run(request: &LoadRequest) -> Result<Loaded, Box<super::LoadFailure>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(load(request, &environment()))
}

fn of_texts(texts: &[&str]) -> LoadRequest {
    let configs = texts.iter().map(|text| format!("yaml:{text}")).collect();
    LoadRequest { configs, ..LoadRequest::default() }
}

fn config(text: &str) -> (CollectorConfig, Loaded) {
    let loaded = run(&of_texts(&[text])).unwrap_or_else(|failure| {
        panic!("{}", report(&failure.findings, &failure.sources));
    });
    let config = decode(&loaded.tree)
        .unwrap_or_else(|findings| panic!("{}", report(&findings, &loaded.sources)));
    (config, loaded)
}

fn report(findings: &[Diagnostic], sources: &SourceMap) -> String {
    findings
        .iter()
        .map(|finding| full(finding, sources, Color::Never))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Settings of a made-up exporter, with every kind of value.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct Sample {
    endpoint: String,
    timeout: Duration,
    retries: u32,
    labels: std::collections::BTreeMap<String, String>,
    queue: Optional<Queue>,
    mode: Mode,
    headers: Headers,
    token: Secret,
    rules: Vec<Rule>,
    paths: Vec<String>,
    ratio: f64,
    statement: Option<Statement>,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            endpoint: "localhost:1".to_owned(),
            timeout: Duration::from_secs(5),
            retries: 3,
            labels: [("default".to_owned(), "yes".to_owned())].into(),
            queue: Optional::Default(Queue { size: 10, wait: Duration::from_secs(1) }),
            mode: Mode::Fast,
            headers: Headers::default(),
            token: Secret::default(),
            rules: Vec::new(),
            paths: vec!["stderr".to_owned()],
            ratio: 1.0,
            statement: None,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Queue {
    size: u32,
    wait: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Fast,
    Safe,
}

#[derive(Debug, Serialize, Deserialize)]
struct Rule {
    key: String,
    #[serde(default)]
    weight: u8,
    action: Mode,
}

fn sample_of(settings: &Node) -> Result<Sample, Vec<Diagnostic>> {
    de::from_node_over(settings, "exporters::sample", &Sample::default())
}

/// A sample decoded from the text of its settings.
fn sample(text: &str) -> Sample {
    let (config, loaded) = config(&format!("exporters:\n  sample:\n{text}"));
    let id: ComponentId = "sample".parse().unwrap();
    sample_of(&config.exporters[&id].settings)
        .unwrap_or_else(|findings| panic!("{}", report(&findings, &loaded.sources)))
}

#[test]
fn bad_configurations_are_told_in_full() {
    insta::glob!("tests/bad/*.yaml", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let told = match run(&of_texts(&[&text])) {
            Err(failure) => report(&failure.findings, &failure.sources),
            Ok(loaded) => {
                let mut findings = loaded.warnings;
                match decode(&loaded.tree) {
                    Err(more) => findings.extend(more),
                    Ok(config) => {
                        findings.extend(validate(&config, Allowed::default()));
                        for (id, exporter) in &config.exporters {
                            if id.component_type() == "sample" {
                                findings.extend(sample_of(&exporter.settings).err().unwrap());
                            }
                        }
                    }
                }
                assert!(findings.iter().any(|finding| finding.severity == Severity::Error));
                report(&findings, &loaded.sources)
            }
        };
        insta::assert_snapshot!(told);
    });
}

#[test]
fn the_seed_loads_as_it_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/seed");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let configs = vec![path.display().to_string()];
        let loaded = run(&LoadRequest { configs, ..LoadRequest::default() })
            .unwrap_or_else(|failure| panic!("{}", report(&failure.findings, &failure.sources)));
        assert!(loaded.warnings.is_empty(), "{}", report(&loaded.warnings, &loaded.sources));
        let config = decode(&loaded.tree)
            .unwrap_or_else(|findings| panic!("{}", report(&findings, &loaded.sources)));
        let findings = validate(&config, Allowed::default());
        assert!(findings.is_empty(), "{}", report(&findings, &loaded.sources));
        assert!(!config.service.pipelines.is_empty());
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[test]
fn statements_of_the_seed_point_into_the_manifest() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/seed/03-workload-grafana-stack.crd.yaml");
    let configs = vec![path.display().to_string()];
    let loaded = run(&LoadRequest { configs, ..LoadRequest::default() }).unwrap();
    let node = loaded
        .tree
        .at(&["processors", "transform", "metric_statements", "0", "statements", "1"])
        .unwrap();
    let statement: Statement = de::from_node(node, "").unwrap();
    let at = statement.find("k8s.container.name").unwrap();
    let place = statement.locate((at..at + 3).into()).unwrap();
    let (line, column) = loaded.sources.line_column(place.source, place.span.start).unwrap();
    let text = &loaded.sources.get(place.source).unwrap().text;
    let written = text.lines().nth(line as usize - 1).unwrap();
    assert_eq!(&written[column as usize - 1..][..18], "k8s.container.name");
    // A doubled dollar in the file is one in the value.
    let replacement = ["receivers", "prometheus", "config", "scrape_configs", "0"];
    let replacement: Vec<&str> =
        replacement.into_iter().chain(["relabel_configs", "0", "replacement"]).collect();
    assert_eq!(loaded.tree.at(&replacement).unwrap().as_text().unwrap().text, "$1");
}

#[test]
fn sources_are_merged_and_later_ones_win() {
    let base = "receivers: {otlp: {a: 1, b: [x]}}\nexporters: {debug: {v: 1}}";
    let over = "receivers: {otlp: {b: [y]}}\nexporters: ";
    let mut request = of_texts(&[base, over]);
    request.sets = vec!["receivers.otlp.c=5s".to_owned(), "receivers.otlp.a = 2".to_owned()];
    let loaded = run(&request).unwrap();
    let text = |path: &[&str]| loaded.tree.at(path).unwrap().as_scalar().unwrap().text.clone();
    assert_eq!(text(&["receivers", "otlp", "a"]), "2");
    assert_eq!(text(&["receivers", "otlp", "b", "0"]), "y");
    assert_eq!(text(&["receivers", "otlp", "c"]), "5s");
    assert!(loaded.tree.get("exporters").unwrap().is_null(), "nothing replaces what was there");
    let overridden = &loaded.tree.at(&["receivers", "otlp", "a"]).unwrap().overridden;
    assert_eq!(overridden.len(), 1);
    let first = loaded.sources.get(overridden[0].source).unwrap();
    assert_eq!(overridden[0].span.slice(&first.text), "1");
}

#[test]
fn lists_are_joined_under_the_gate() {
    let base = "service: {extensions: [a], pipelines: {traces: {receivers: [r], processors: [p]}}}";
    let over =
        "service: {extensions: [b, a], pipelines: {traces: {receivers: [s], processors: [q]}}}";
    let mut request = of_texts(&[base, over]);
    request.lists = Lists::Append;
    let loaded = run(&request).unwrap();
    let length = |path: &[&str]| loaded.tree.at(path).unwrap().as_sequence().unwrap().len();
    assert_eq!(length(&["service", "extensions"]), 2);
    assert_eq!(length(&["service", "pipelines", "traces", "receivers"]), 2);
    assert_eq!(length(&["service", "pipelines", "traces", "processors"]), 1);
}

#[test]
fn manifests_of_every_form_hold_the_same_configuration() {
    let v1beta1 = "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\n\
                   spec:\n  config:\n    receivers: {otlp: }\n";
    let config_map = "apiVersion: v1\nkind: ConfigMap\ndata:\n  other.yaml: |\n    a: 1\n  \
                      collector.yaml: |\n    receivers: {otlp: }\n";
    let list =
        format!("apiVersion: v1\nkind: List\nitems:\n  - {}", v1beta1.replace('\n', "\n    "));
    for text in [v1beta1, config_map, &list] {
        let loaded = run(&of_texts(&[text])).unwrap();
        assert!(loaded.tree.at(&["receivers", "otlp"]).is_some(), "{text}");
    }
    let both = format!("{v1beta1}---\n{config_map}");
    let mut request = of_texts(&[&both]);
    assert!(run(&request).is_err());
    request.several = Several::Merge;
    assert!(run(&request).is_ok());
}

#[test]
fn further_plain_documents_are_warned_about() {
    let loaded = run(&of_texts(&["receivers: {otlp: }\n---\nexporters: {debug: }\n"])).unwrap();
    assert_eq!(loaded.warnings.len(), 1);
    assert!(loaded.tree.get("exporters").is_none());
}

#[test]
fn sources_that_cannot_be_had_are_all_told() {
    let mut request = LoadRequest {
        configs: vec!["/nonexistent/a.yaml".to_owned(), "foo:bar".to_owned()],
        ..LoadRequest::default()
    };
    request.sets = vec!["no-equal-sign".to_owned()];
    let failure = run(&request).unwrap_err();
    insta::assert_snapshot!(report(&failure.findings, &failure.sources));
    let failure = run(&LoadRequest::default()).unwrap_err();
    insta::assert_snapshot!(report(&failure.findings, &failure.sources));
}

#[test]
fn an_absent_or_empty_component_has_its_defaults() {
    for text in ["", "    {}\n", "    timeout:\n    paths:\n    labels:\n    mode:\n"] {
        let sample = sample(text);
        assert_eq!(sample.timeout, Duration::from_secs(5), "{text}");
        assert_eq!(sample.paths, ["stderr"], "{text}");
        assert_eq!(sample.labels.len(), 1, "{text}");
        assert!(!sample.queue.is_some(), "{text}");
    }
}

#[test]
fn optional_blocks_have_three_states() {
    let queue = |text: &str| sample(text).queue.into_option();
    assert_eq!(queue(""), None);
    let default = Queue { size: 10, wait: Duration::from_secs(1) };
    assert_eq!(queue("    queue:\n"), Some(default.clone()));
    assert_eq!(queue("    queue: {}\n"), Some(default));
    let sized = Queue { size: 5, wait: Duration::from_secs(1) };
    assert_eq!(queue("    queue: {size: 5, enabled: true}\n"), Some(sized));
    assert_eq!(queue("    queue: {enabled: false, size: 5}\n"), None);
}

#[test]
fn values_are_taken_as_the_reference_takes_them() {
    let made = sample(
        "    labels: {a: x}\n    paths: a,b\n    ratio: 2\n    retries: 2.9\n    timeout: 1500\n",
    );
    assert_eq!(made.labels.len(), 2, "maps are merged into their defaults");
    assert_eq!(made.paths, ["a", "b"]);
    assert!((made.ratio - 2.0).abs() < f64::EPSILON);
    assert_eq!(made.retries, 2);
    assert_eq!(made.timeout, Duration::from_nanos(1500));
    assert_eq!(sample("    paths: []\n").paths, [] as [&str; 0]);
    assert_eq!(sample("    paths: \"\"\n").paths, [] as [&str; 0]);
    let expanded = sample("    endpoint: ${SIZE}\n    retries: ${SIZE}\n    token: ${SIZE}\n");
    assert_eq!((expanded.endpoint.as_str(), expanded.retries), ("77", 77));
    assert_eq!(expanded.token.expose(), "77");
    let unset = sample("    endpoint: ${UNSET}\n    retries: ${UNSET}\n    timeout: ${UNSET}\n");
    assert_eq!((unset.endpoint.as_str(), unset.retries), ("", 0));
    assert_eq!(unset.timeout, Duration::ZERO);
}

#[test]
fn headers_have_two_forms() {
    let map = sample("    headers: {a: 1x, b: y}\n").headers;
    let list = sample("    headers: [{name: a, value: 1x}, {name: b, value: y}]\n").headers;
    assert_eq!(map, list);
    assert_eq!(map.get("a").unwrap().expose(), "1x");
    assert_eq!(format!("{:?}", map.get("a").unwrap()), "[REDACTED]");
}

#[test]
fn the_service_section_is_typed() {
    let (config, _) = config(
        "receivers: {otlp: }\nexporters: {debug: , debug/2: }\nextensions: {zpages: }\nservice:\n  \
         extensions: [zpages]\n  telemetry: {logs: {level: warn, encoding: json}}\n  pipelines:\n    \
         logs/x: {receivers: [otlp], exporters: [debug/2, debug]}\n",
    );
    assert_eq!(config.service.telemetry.logs.level, LogLevel::Warn);
    assert_eq!(config.service.telemetry.logs.encoding, LogEncoding::Json);
    let id: PipelineId = "logs/x".parse().unwrap();
    let pipeline = &config.service.pipelines[&id];
    assert_eq!(pipeline.exporters[0].value.to_string(), "debug/2");
    assert!(pipeline.exporters[0].location.is_some());
    assert_eq!(config.section(ComponentKind::Exporter).len(), 2);
    assert!(validate(&config, Allowed::default()).is_empty());
}

#[test]
fn printing_is_yaml_that_reads_back() {
    let node = super::ser::to_node(
        &Sample {
            endpoint: "yes".to_owned(),
            token: Secret::new("hidden"),
            paths: vec!["a: b".to_owned(), "#x".to_owned(), "0123".to_owned(), String::new()],
            labels: [
                ("k 1".to_owned(), "two\nlines\n".to_owned()),
                ("-x".to_owned(), "it's".to_owned()),
            ]
            .into(),
            rules: vec![Rule { key: "- a".to_owned(), weight: 1, action: Mode::Safe }],
            statement: None,
            ..Sample::default()
        },
        holt_grammar::source::Location {
            source: SourceMap::default().add("", ""),
            span: holt_grammar::span::Span::at(0),
        },
    )
    .unwrap();
    let never = |_: &[String]| false;
    let shown = print::yaml(&node, Secrets::Shown, &never);
    assert!(shown.contains("token: hidden"));
    let redacted = print::yaml(&node, Secrets::Redacted, &never);
    insta::assert_snapshot!(redacted);
    insta::assert_snapshot!(print::json(&node, Secrets::Redacted, &|path| path == ["endpoint"]));
    let again = run(&of_texts(&[&shown])).unwrap();
    assert_eq!(print::yaml(&again.tree, Secrets::Shown, &never), shown);
}

#[test]
fn an_unset_variable_as_a_whole_configuration_is_warned_about() {
    let request = LoadRequest { configs: vec!["env:UNSET".to_owned()], ..LoadRequest::default() };
    let loaded = run(&request).unwrap();
    assert_eq!(loaded.warnings.len(), 1);
    let process = super::environment::ProcessEnvironment;
    assert!(process.variable("HOLT_TEST_VARIABLE_THAT_NOBODY_SETS").is_none());
}

#[test]
fn a_configuration_is_fetched_over_http() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            for (status, body) in [("200 OK", "receivers: {otlp: }"), ("404 Not Found", "no")] {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let byte = socket.read_u8().await.unwrap();
                    request.push(byte);
                }
                assert!(request.starts_with(b"GET /c.yaml HTTP/1.1\r\n"));
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let configs = vec![format!("http://{address}/c.yaml")];
        let request = LoadRequest { configs, ..LoadRequest::default() };
        let loaded = load(&request, &environment()).await.unwrap();
        assert!(loaded.tree.at(&["receivers", "otlp"]).is_some());
        let failure = load(&request, &environment()).await.unwrap_err();
        assert!(failure.findings[0].message.ends_with("answered with status 404"));
        server.await.unwrap();
    });
}

#[test]
fn findings_in_a_statement_move_to_the_configuration() {
    use holt_grammar::diag::{Applicability, Fix};
    use holt_grammar::source::Location;
    use holt_grammar::span::Span;

    let text = "exporters:\n  sample:\n    statement: \"set(x, \\\"a\\\") ${env:NAME}\"\n";
    let (config, mut loaded) = config(text);
    let id: ComponentId = "sample".parse().unwrap();
    let statement = sample_of(&config.exporters[&id].settings).unwrap().statement.unwrap();
    assert_eq!(statement.as_str(), "set(x, \"a\") value");
    let own = loaded.sources.add("statement", statement.as_str());
    let at = |part: &str| {
        let at = statement.find(part).unwrap();
        Location { source: own, span: Span::from(at..at + part.len()) }
    };
    let fix = |part: &str, by: &str| Fix {
        message: format!("write {by}"),
        edits: vec![(at(part), by.to_owned())],
        applicability: Applicability::Safe,
    };
    let finding = Diagnostic::error("T103", "no such path")
        .label(at("x"), "here")
        .label(at("value"), "and here")
        .fix(fix("x", "y[\"k\"] $1"))
        .fix(fix("value", "z"))
        .fix(fix("\"a\"", "1"));
    let moved = statement.relocate(finding, own);
    let written = |location: Location| location.span.slice(text).to_owned();
    assert_eq!(written(moved.labels[0].location), "x");
    assert_eq!(written(moved.labels[1].location), "${env:NAME}");
    // What stands for something else in the source cannot be edited there.
    assert_eq!(moved.fixes.len(), 1);
    let (place, edit) = &moved.fixes[0].edits[0];
    assert_eq!((written(*place).as_str(), edit.as_str()), ("x", "y[\\\"k\\\"] $$1"));
}
