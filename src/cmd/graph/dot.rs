//! The picture in the language of Graphviz.

use std::fmt::Write as _;

use holt_grammar::diag::Severity;

use super::topology::{Kind, Node, Topology};

/// Draws.
pub(super) fn draw(topology: &Topology) -> String {
    let mut out =
        "digraph collector {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n".to_owned();
    for (number, path) in topology.pipelines.iter().enumerate() {
        let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={};", quoted(&path.id));
        for index in std::iter::once(&path.node).chain(&path.processors) {
            node(topology, *index, "    ", &mut out);
        }
        out.push_str("  }\n");
    }
    for (index, one) in topology.nodes.iter().enumerate() {
        if one.pipeline.is_none() {
            node(topology, index, "  ", &mut out);
        }
    }
    for (from, to) in &topology.edges {
        let _ = writeln!(out, "  n{from} -> n{to};");
    }
    out.push_str("}\n");
    out
}

fn node(topology: &Topology, index: usize, indent: &str, out: &mut String) {
    let Some(node) = topology.nodes.get(index) else { return };
    let mut attributes = vec![format!("label={}", quoted(&node.label))];
    match node.kind {
        Kind::Pipeline => attributes.push("shape=ellipse".to_owned()),
        Kind::Component(kind) if kind.as_str() == "connector" => {
            attributes.push("shape=hexagon".to_owned());
        }
        Kind::Component(_) => {}
    }
    if node.is_shared() {
        attributes.push("peripheries=2".to_owned());
    }
    if let Some(color) = color(node) {
        attributes.push(format!("color={color}, tooltip={}", quoted(&node.remarks().join("\n"))));
    }
    let _ = writeln!(out, "{indent}n{index} [{}];", attributes.join(", "));
}

fn color(node: &Node) -> Option<&'static str> {
    Some(match node.weight()? {
        Severity::Error => "red",
        _ => "orange",
    })
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{text}\"")
}
