//! The output agrees with what the reference wrote for the same payloads, byte for byte; settings
//! are accepted and refused as there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Signal};

use super::config::Verbosity;
use super::output::{Message, Output};
use super::{Factory, messages};
use crate::component::{
    Ack, AckOutcome, ComponentState, Context, Exporter, ExporterConfig, ExporterFactory, Host,
    Kind, Settings, StatusHub,
};
use crate::config::ids::ComponentId;
use crate::config::yaml::{Place, YamlText, parse};
use crate::telemetry::{Metrics, Tracer};
use crate::testing::section;

/// What the factory says to settings: a configuration, or the messages of the findings.
fn configure(yaml: &str) -> Result<Box<dyn ExporterConfig>, Vec<String>> {
    let source = SourceMap::default().add("test.yaml", yaml);
    let text = Arc::new(YamlText { text: yaml.into(), place: Place::Source(source) });
    let node = parse(&text).expect("YAML").remove(0);
    let id = ComponentId::of_type("debug").expect("id");
    let mut findings = Vec::new();
    let parsed = Factory::default().parse(section(&id, &node), &mut findings);
    parsed.ok_or_else(|| findings.into_iter().map(|finding| finding.message).collect())
}

fn create(yaml: &str, metrics: &Metrics) -> Arc<dyn Exporter> {
    let id = ComponentId::of_type("debug").expect("id");
    let status = Arc::new(StatusHub::default()).register(Kind::Exporter, id.clone());
    status.report(ComponentState::Starting);
    let settings = Settings { id, status, metrics: metrics.clone(), tracer: Tracer::default() };
    configure(yaml).expect("valid").create(settings, Signal::Traces).expect("created")
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let refused = [
        ("verbosity: loud", "unknown verbosity `loud`"),
        ("verbosity: none", "unknown verbosity `none`"),
        ("verbositty: basic", "verbositty"),
        ("output_paths: [stdout]", "it has no effect"),
        ("{use_internal_logger: false, output_paths: []}", "there is nowhere to write to"),
        ("sending_queue: {num_consumers: 0}", "0 is not positive"),
        ("sampling_initial: many", "sampling_initial"),
    ];
    for (yaml, expected) in refused {
        let messages = configure(yaml).err().unwrap_or_default();
        assert!(messages.iter().any(|m| m.contains(expected)), "{yaml}: {messages:?}");
    }
    for yaml in ["{}", "verbosity: Detailed", "verbosity:", "{use_internal_logger: false}"] {
        assert!(configure(yaml).is_ok(), "{yaml}");
    }
}

#[tokio::test]
async fn a_batch_is_written_counted_and_acknowledged() {
    let dir = tempfile::tempdir().expect("folder");
    let path = dir.path().join("out.txt").to_str().expect("UTF-8").to_owned();
    let yaml = format!(
        "{{verbosity: detailed, use_internal_logger: false, \
         output_paths: ['{path}']}}"
    );
    let metrics = Metrics::default();
    let exporter = create(&yaml, &metrics);
    exporter.start(&Host::default()).await.expect("started");
    let (_, batch) = payloads().into_iter().find(|(name, _)| name == "traces").expect("payload");
    let (ack, outcome) = Ack::root();
    exporter.consume(batch, Context::none().with_ack(ack)).await.expect("taken");
    assert_eq!(outcome.await, AckOutcome::Delivered);
    let golden = std::fs::read_to_string(goldens().join("traces.detailed.txt")).expect("golden");
    let written = std::fs::read_to_string(&path).expect("output");
    assert_eq!(written, golden);
    assert_eq!(metrics.total("otelcol_exporter_sent_spans"), 7);
}

#[tokio::test]
async fn an_output_that_cannot_be_opened_stops_the_start() {
    let dir = tempfile::tempdir().expect("folder");
    let path = dir.path().join("none/out.txt").to_str().expect("UTF-8").to_owned();
    let yaml = format!("{{use_internal_logger: false, output_paths: ['{path}']}}");
    let exporter = create(&yaml, &Metrics::default());
    let error = exporter.start(&Host::default()).await.expect_err("refused");
    assert!(error.to_string().starts_with(&format!("cannot write to {path}: ")), "{error}");
}

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/debug")
}

/// The payloads recorded with the reference's output, by name.
fn payloads() -> Vec<(String, Batch)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(goldens()).expect("folder of goldens") {
        let path = entry.expect("entry").path();
        if path.extension().is_none_or(|extension| extension != "pb") {
            continue;
        }
        let name = path.file_stem().expect("name").to_str().expect("UTF-8").to_owned();
        let signal = match name.split('-').next() {
            Some("traces") => Signal::Traces,
            Some("metrics") => Signal::Metrics,
            _ => Signal::Logs,
        };
        let bytes = Bytes::from(std::fs::read(&path).expect("payload"));
        found.push((name, Batch::decode(signal, bytes).expect("valid payload")));
    }
    assert!(found.len() >= 10, "payloads are missing");
    found
}

#[test]
fn output_is_the_references() {
    let dir = tempfile::tempdir().expect("folder");
    let verbosities = [
        ("basic", Verbosity::Basic),
        ("normal", Verbosity::Normal),
        ("detailed", Verbosity::Detailed),
    ];
    for (name, batch) in payloads() {
        for (verbosity_name, verbosity) in verbosities {
            let file = format!("{name}.{verbosity_name}.txt");
            let path = dir.path().join(&file).to_str().expect("UTF-8").to_owned();
            let output = Output::open(std::slice::from_ref(&path)).expect("opens");
            let messages: Vec<Message> = messages(&batch, verbosity).collect();
            output.write(&messages).expect("writes");
            let written = std::fs::read_to_string(&path).expect("output");
            let golden = std::fs::read_to_string(goldens().join(&file)).expect("golden");
            for (index, (ours, theirs)) in written.lines().zip(golden.lines()).enumerate() {
                assert_eq!(ours, theirs, "{file}, line {}", index + 1);
            }
            assert_eq!(written, golden, "{file}");
        }
    }
}
