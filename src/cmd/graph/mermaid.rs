//! The picture as a flowchart of Mermaid.

use std::fmt::Write as _;

use holt_collector::config::model::ComponentKind;
use holt_grammar::diag::Severity;

use super::topology::{Kind, Topology};

/// Draws.
pub(super) fn draw(topology: &Topology) -> String {
    let mut out = "flowchart LR\n".to_owned();
    for (number, path) in topology.pipelines.iter().enumerate() {
        let _ = writeln!(out, "  subgraph p{number}[{}]", quoted(&path.id));
        for index in std::iter::once(&path.node).chain(&path.processors) {
            node(topology, *index, "    ", &mut out);
        }
        out.push_str("  end\n");
    }
    for (index, one) in topology.nodes.iter().enumerate() {
        if one.pipeline.is_none() {
            node(topology, index, "  ", &mut out);
        }
    }
    for (from, to) in &topology.edges {
        let _ = writeln!(out, "  n{from} --> n{to}");
    }
    for (class, style, weight) in [
        ("error", "stroke:#c00,stroke-width:3px", Severity::Error),
        ("warning", "stroke:#d80,stroke-width:3px", Severity::Warning),
    ] {
        let marked: Vec<String> = topology
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.weight() == Some(weight))
            .map(|(index, _)| format!("n{index}"))
            .collect();
        if !marked.is_empty() {
            let _ =
                writeln!(out, "  classDef {class} {style}\n  class {} {class}", marked.join(","));
        }
    }
    out
}

fn node(topology: &Topology, index: usize, indent: &str, out: &mut String) {
    let Some(node) = topology.nodes.get(index) else { return };
    let label = quoted(&node.label);
    let shape = match node.kind {
        Kind::Pipeline => format!("([{label}])"),
        Kind::Component(ComponentKind::Connector) => format!("{{{{{label}}}}}"),
        Kind::Component(_) if node.is_shared() => format!("[[{label}]]"),
        Kind::Component(_) => format!("[{label}]"),
    };
    let _ = writeln!(out, "{indent}n{index}{shape}");
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('#', "#35;").replace('"', "#quot;").replace('\n', " "))
}
