//! What is dropped is what the Go collector drops, what is left is handed on, and bad settings are
//! told in full.

mod conformance;
mod refusals;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal, json};
use holt_runtime::Engine;
use serde_json::{Value, json};

use super::{Config, Factory};
use crate::component::{
    Ack, AckOutcome, Context, Kind, Processor, ProcessorFactory, Section, Settings,
};
use crate::config::feature_gates::Gates;
use crate::config::ids::ComponentId;
use crate::config::yaml::Node;
use crate::testing::{Recorder, node, section, settings, spans};

/// A section as one engine runs it, and what is found about it.
fn read(node: &Node, engine: Engine) -> (Option<Config>, Vec<Diagnostic>) {
    let id: ComponentId = "filter".parse().unwrap();
    let mut findings = Vec::new();
    let config = Config::compile(section(&id, node), engine, &mut findings);
    (config, findings)
}

fn batch(signal: Signal, value: &Value) -> Batch {
    json::decode(signal, value.to_string().as_bytes()).unwrap()
}

/// A batch as JSON, whatever its bytes look like.
fn shown(batch: &Batch) -> Value {
    serde_json::from_slice(&json::encode(batch)).unwrap()
}

/// A processor that hands on to a recorder, and what it was given.
fn create(yaml: &str, signal: Signal) -> (Arc<dyn Processor>, Arc<Recorder>, Settings) {
    let (node, id) = (node(yaml), "filter/x".parse().unwrap());
    let mut findings = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut findings);
    let taken = Recorder::refusing([]);
    let (settings, _) = settings(Kind::Processor, "filter/x");
    let created = config.expect("valid").create(settings.clone(), signal, taken.clone());
    (created.unwrap(), taken, settings)
}

#[tokio::test]
async fn what_is_dropped_is_counted_and_the_rest_handed_on() {
    let yaml = r#"trace_conditions: ['span.name == "s1"', 'span.name == "s2"']"#;
    let (processor, taken, settings) = create(yaml, Signal::Traces);
    for _ in 0..2 {
        processor.consume(spans(5), Context::none()).await.unwrap();
    }
    assert_eq!(taken.sizes(), [3, 3]);
    let total = settings.metrics.total("otelcol_processor_filter_spans.filtered");
    assert_eq!(total, 4);
}

#[tokio::test]
async fn a_batch_of_which_nothing_remains_counts_as_delivered() {
    let yaml = "trace_conditions: [{context: resource, conditions: ['true']}]";
    let (processor, taken, settings) = create(yaml, Signal::Traces);
    let (ack, outcome) = Ack::root();
    let context = Context { ack, ..Context::none() };
    processor.consume(spans(5), context).await.unwrap();
    assert_eq!(outcome.await, AckOutcome::Delivered);
    assert_eq!(taken.offers(), 0);
    assert_eq!(settings.metrics.total("otelcol_processor_filter_spans.filtered"), 5);
}

#[tokio::test]
async fn a_condition_that_fails_under_propagate_refuses_the_batch() {
    let yaml = "error_mode: propagate\ntrace_conditions: ['ParseJSON(span.name)[\"n\"] == 1']";
    let (processor, taken, _) = create(yaml, Signal::Traces);
    let refused = processor.consume(spans(1), Context::none()).await.unwrap_err();
    assert!(!refused.permanent);
    let text = "failed to eval condition: ParseJSON(span.name)[\"n\"] == 1, ";
    assert!(refused.message.starts_with(text), "{refused:?}");
    assert_eq!(taken.offers(), 0);
}

#[tokio::test]
async fn neighbours_share_a_walk_and_count_for_themselves() {
    let (second, taken, settings_of_second) =
        create(r#"traces: {span: ['name == "s2"']}"#, Signal::Traces);
    let node = node(r#"trace_conditions: ['span.name == "s1"', 'span.name == "s3"']"#);
    let id = "filter/x".parse().unwrap();
    let config = Factory::default().parse(section(&id, &node), &mut Vec::new()).unwrap();
    let (settings_of_first, _) = settings(Kind::Processor, "filter/x");
    let first = config.create(settings_of_first.clone(), Signal::Traces, second).unwrap();
    let (program, _) = first.program().unwrap();
    assert_eq!(program.code().count(), 1);
    first.consume(spans(6), Context::none()).await.unwrap();
    assert_eq!(taken.sizes(), [3]);
    let dropped =
        |settings: &Settings| settings.metrics.total("otelcol_processor_filter_spans.filtered");
    assert_eq!((dropped(&settings_of_first), dropped(&settings_of_second)), (2, 1));
}

#[tokio::test]
async fn a_signal_without_conditions_passes_untouched() {
    let (processor, taken, _) = create("log_conditions: ['log.body == 1']", Signal::Traces);
    processor.consume(Batch::empty(Signal::Traces), Context::none()).await.unwrap();
    processor.consume(spans(2), Context::none()).await.unwrap();
    assert_eq!(taken.sizes(), [0, 2]);
}

#[test]
fn lambdas_wait_behind_their_gate() {
    let yaml = r#"log_conditions: ['Any(log.attributes["l"], (_, v) => v == 1)']"#;
    let (node, id) = (node(yaml), "filter".parse().unwrap());
    let mut gates = Gates::default();
    let parses = |gates: &Gates| {
        let section = Section { id: &id, node: &node, gates };
        Factory::default().parse(section, &mut Vec::new()).is_some()
    };
    assert!(!parses(&gates));
    gates.apply(["ottl.functions.enableLambda"]).unwrap();
    assert!(parses(&gates));
}

/// Logs with these bodies.
fn logs(bodies: &[&str]) -> Batch {
    let records: Vec<Value> =
        bodies.iter().map(|body| json!({"body": {"stringValue": body}})).collect();
    batch(Signal::Logs, &json!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}))
}

#[tokio::test]
async fn the_oldest_form_keeps_what_it_includes() {
    let yaml = "logs: {include: {match_type: regexp, bodies: [^a, b$]}, \
                exclude: {match_type: strict, bodies: [ab]}}";
    let (processor, taken, _) = create(yaml, Signal::Logs);
    let batch = logs(&["a1", "ab", "cb", "cd"]);
    processor.consume(batch, Context::none()).await.unwrap();
    assert_eq!(taken.sizes(), [2]);
}
