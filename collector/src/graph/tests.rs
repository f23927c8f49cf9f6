//! Graphs as configurations describe them.

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use holt_pdata::{Batch, Signal};

use super::{Plan, Shared, build, resolve};
use crate::component::{
    Component, Connector, ConnectorConfig, Consumer, Context, CreateError, Effective,
    PipelineOutput, Refused, Settings, registry,
};
use crate::config::feature_gates::Gates;
use crate::config::ser::SerError;
use crate::config::yaml::Node;
use crate::testing::{config, plan};

/// Passes traces on to pipelines of traces.
struct Forward;

impl Effective for Forward {
    fn effective(&self, location: Location) -> Result<Node, SerError> {
        Ok(Node::empty_mapping(location))
    }
}

impl ConnectorConfig for Forward {
    fn supports(&self, from: Signal, to: Signal) -> bool {
        from == Signal::Traces && to == Signal::Traces
    }

    fn create(
        &self,
        _settings: Settings,
        _from: Signal,
        outputs: Vec<PipelineOutput>,
    ) -> Result<Arc<dyn Connector>, CreateError> {
        let consumers = outputs.into_iter().map(|output| output.consumer).collect();
        Ok(Arc::new(Forwarding(super::fan_out(consumers))))
    }
}

struct Forwarding(Arc<dyn Consumer>);

impl Component for Forwarding {}

#[async_trait]
impl Consumer for Forwarding {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        self.0.consume(batch, context).await
    }
}

fn with_connectors(pipelines: &str, connectors: &[&str]) -> Plan {
    let yaml = format!(
        "{{receivers: {{nop: }}, exporters: {{nop: , nop/2: }}, processors: {{batch: }}, \
         service: {{pipelines: {pipelines}}}}}"
    );
    let (mut plan, diagnostics) = plan(&yaml);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    for id in connectors {
        plan.connectors.insert(id.parse().unwrap(), Box::new(Forward));
    }
    plan
}

fn nodes(plan: &Plan) -> Result<Vec<String>, String> {
    let graph = build(plan, &Shared::default(), &[]);
    graph
        .map(|graph| graph.nodes.iter().map(|node| format!("{} {}", node.kind, node.id)).collect())
        .map_err(|error| error.to_string())
}

#[test]
fn components_are_shared_as_in_the_reference() {
    let plan = with_connectors(
        "{traces: {receivers: [nop], processors: [batch], exporters: [nop]}, \
          traces/2: {receivers: [nop], processors: [batch], exporters: [nop, nop/2]}, \
          logs: {receivers: [nop], exporters: [nop]}}",
        &[],
    );
    assert_eq!(
        nodes(&plan).unwrap(),
        [
            "exporter nop",
            "exporter nop/2",
            "exporter nop",
            "processor batch",
            "processor batch",
            "receiver nop"
        ]
    );
}

#[test]
fn what_a_connector_feeds_starts_first() {
    let plan = with_connectors(
        "{traces/in: {receivers: [nop], exporters: [a]}, traces/out: {receivers: [a], processors: [batch], exporters: [nop]}}",
        &["a"],
    );
    assert_eq!(
        nodes(&plan).unwrap(),
        ["exporter nop", "processor batch", "connector a", "receiver nop"]
    );
}

#[test]
fn circles_are_refused_with_their_path() {
    let plan = with_connectors(
        "{traces/1: {receivers: [nop, b], exporters: [a]}, traces/2: {receivers: [a], processors: [batch], exporters: [b]}}",
        &["a", "b"],
    );
    assert_eq!(
        nodes(&plan).unwrap_err(),
        "cycle detected: connector \"b\" (traces to traces) -> connector \"a\" (traces to traces) \
         -> processor \"batch\" in pipeline \"traces/2\" -> connector \"b\" (traces to traces)"
    );
}

#[test]
fn a_connector_needs_both_sides() {
    let one_side = with_connectors("{traces: {receivers: [nop], exporters: [a]}}", &["a"]);
    assert_eq!(
        nodes(&one_side).unwrap_err(),
        "connector \"a\" used as exporter in [traces] pipeline but not used in any supported \
         receiver pipeline"
    );
    let wrong_signal = with_connectors(
        "{traces: {receivers: [nop], exporters: [a]}, logs: {receivers: [a], exporters: [nop]}}",
        &["a"],
    );
    assert!(nodes(&wrong_signal).unwrap_err().contains("not used in any supported"));
}

#[test]
fn unknown_references_are_named() {
    let plan = with_connectors("{traces: {receivers: [nop], exporters: [nop/3]}}", &[]);
    assert_eq!(
        nodes(&plan).unwrap_err(),
        "service::pipelines::traces: references exporter \"nop/3\" which is not configured"
    );
}

const MISSING: &str = "
receivers: {nop: , kafka: }
exporters: {nop: , nopp: }
extensions: {opamp: }
service:
  extensions: [opamp]
  pipelines:
    traces: {receivers: [nop], exporters: [nop]}
    logs: {receivers: [kafka], exporters: [nop]}
";

#[test]
fn components_that_are_not_there_are_named_with_their_place() {
    let resolved = resolve(&config(MISSING), registry::all(), &Gates::default(), false);
    let found: Vec<_> = resolved
        .diagnostics
        .iter()
        .map(|Diagnostic { code, message, labels, .. }| (*code, message.as_str(), labels.len()))
        .collect();
    assert_eq!(
        found,
        [
            ("C005", "the receiver `kafka` is not there yet", 1),
            ("C005", "unknown exporter type `nopp`", 1),
            ("C005", "the extension `opamp` is not there yet", 1),
        ]
    );
    assert!(
        resolved.diagnostics[1].notes.contains(&"the nearest that Holt has is `nop`".to_owned())
    );
}

#[test]
fn pipelines_that_need_what_is_missing_can_be_left_out() {
    let resolved = resolve(&config(MISSING), registry::all(), &Gates::default(), true);
    let left_out: Vec<_> = resolved.left_out.iter().map(ToString::to_string).collect();
    assert_eq!(left_out, ["logs"]);
    assert_eq!(nodes(&resolved.plan).unwrap(), ["exporter nop", "receiver nop"]);
}

#[test]
fn connectors_are_told_of_pipelines_that_are_left_out() {
    let yaml = "
receivers: {nop: }
exporters: {nop: , kafka: }
connectors:
  routing:
    default_pipelines: [logs/rest]
    table: [{condition: 'log.body == 1', pipelines: [logs/kafka]}]
  failover: {priority_levels: [[traces/kafka], [traces/nop]]}
service:
  pipelines:
    logs/in: {receivers: [nop], exporters: [routing]}
    logs/kafka: {receivers: [routing], exporters: [kafka]}
    logs/rest: {receivers: [routing], exporters: [nop]}
    traces/in: {receivers: [nop], exporters: [failover]}
    traces/kafka: {receivers: [failover], exporters: [kafka]}
    traces/nop: {receivers: [failover], exporters: [nop]}
";
    let resolved = resolve(&config(yaml), registry::all(), &Gates::default(), true);
    let messages: Vec<_> = resolved.diagnostics.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the exporter `kafka` is not there yet",
            "`connectors::routing` leads to `logs/kafka`, which is left out",
            "`connectors::failover` leads to `traces/kafka`, which is left out",
        ]
    );
    let nodes = nodes(&resolved.plan).unwrap();
    assert!(nodes.iter().any(|node| node.contains("routing")), "{nodes:?}");
    assert!(nodes.iter().any(|node| node.contains("failover")), "{nodes:?}");
}
