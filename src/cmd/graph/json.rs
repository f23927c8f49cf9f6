//! The picture as nodes and edges, for other tools.

use holt_grammar::diag::Severity;
use serde_json::{Value, json};

use super::topology::{Finding, Topology};

/// Draws.
pub(super) fn draw(topology: &Topology) -> String {
    let finding = |one: &Finding| {
        json!({
            "severity": severity(one.severity),
            "code": one.code,
            "message": one.message,
        })
    };
    let nodes: Vec<Value> = topology
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| {
            let pipeline = node.pipeline.and_then(|number| topology.pipelines.get(number));
            json!({
                "node": index,
                "kind": node.kind.word(),
                "id": node.label,
                "pipeline": pipeline.map(|path| path.id.as_str()),
                "shared": node.is_shared(),
                "configured": node.is_configured,
                "findings": node.findings.iter().map(finding).collect::<Vec<_>>(),
            })
        })
        .collect();
    let labels = |nodes: &[usize]| -> Vec<&str> {
        let nodes = nodes.iter().filter_map(|node| topology.nodes.get(*node));
        nodes.map(|node| node.label.as_str()).collect()
    };
    let pipelines: Vec<Value> = topology
        .pipelines
        .iter()
        .map(|path| {
            json!({
                "id": path.id,
                "signal": path.signal,
                "receivers": labels(&path.receivers),
                "processors": labels(&path.processors),
                "exporters": labels(&path.exporters),
            })
        })
        .collect();
    let edges: Vec<Value> =
        topology.edges.iter().map(|(from, to)| json!({"from": from, "to": to})).collect();
    let unused: Vec<Value> =
        topology.unused.iter().map(|(kind, id)| json!({"kind": kind.as_str(), "id": id})).collect();
    let whole = json!({
        "pipelines": pipelines,
        "nodes": nodes,
        "edges": edges,
        "extensions": topology.extensions,
        "unused": unused,
        "findings": topology.elsewhere.iter().map(finding).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
