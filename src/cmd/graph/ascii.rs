//! The picture as plain text: a drawing for each pipeline.
//!
//! `*` marks components that several pipelines use, `!` those with errors and `?` those with
//! warnings; what was found stands below.

use std::fmt::Write as _;

use holt_collector::config::model::ComponentKind;
use holt_grammar::diag::Severity;

use super::topology::{Finding, Kind, Path, Topology};

/// Draws.
pub(super) fn draw(topology: &Topology) -> String {
    let mut out = String::new();
    for path in &topology.pipelines {
        let separator = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{separator}{}", name(topology, path.node));
        pipeline(topology, path, &mut out);
    }
    if topology.nodes.iter().any(super::topology::Node::is_shared) {
        let _ = writeln!(out, "\n* used by several pipelines");
    }
    if !topology.extensions.is_empty() {
        let _ = writeln!(out, "\nextensions: {}", topology.extensions.join(", "));
    }
    if !topology.unused.is_empty() {
        let unused: Vec<String> =
            topology.unused.iter().map(|(kind, id)| format!("{kind} {id}")).collect();
        let _ = writeln!(out, "\nnot used: {}", unused.join(", "));
    }
    remarks(topology, &mut out);
    out
}

/// A pipeline in as many lines as it has receivers or exporters.
fn pipeline(topology: &Topology, path: &Path, out: &mut String) {
    let names =
        |nodes: &[usize]| nodes.iter().map(|node| name(topology, *node)).collect::<Vec<String>>();
    let receivers = names(&path.receivers);
    let exporters: Vec<String> =
        path.exporters.iter().map(|node| target(topology, *node)).collect();
    let chain: String =
        names(&path.processors).iter().map(|processor| format!("> {processor} --")).collect();
    let widest = receivers.iter().map(|name| width(name)).max().unwrap_or_default();
    let joins = receivers.len() > 1;
    let splits = exporters.len() > 1;
    for row in 0..receivers.len().max(exporters.len()).max(1) {
        let mut line = "  ".to_owned();
        let receiver = receivers.get(row);
        let text = receiver.map(String::as_str).unwrap_or_default();
        let _ = write!(line, "{text}{}", " ".repeat(widest - width(text)));
        line.push_str(match (receiver, joins) {
            (Some(_), true) => " --+",
            (None, true) => "    ",
            (_, false) => " ",
        });
        match row {
            0 => {
                let _ = write!(line, "--{chain}");
            }
            _ => line.push_str(&" ".repeat(2 + width(&chain))),
        }
        if let Some(exporter) = exporters.get(row) {
            let _ = write!(line, "{}> {exporter}", if splits { "+--" } else { "" });
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// How many columns a text takes; ids are letters without width of their own.
fn width(text: &str) -> usize {
    text.chars().count()
}

/// A node with its marks.
fn name(topology: &Topology, node: usize) -> String {
    let Some(node) = topology.nodes.get(node) else { return String::new() };
    let shared = if node.is_shared() { "*" } else { "" };
    let weight = match node.weight() {
        Some(Severity::Error) => " !",
        Some(_) => " ?",
        None => "",
    };
    match node.kind {
        Kind::Component(ComponentKind::Connector) => format!("({}){weight}", node.label),
        _ => format!("{}{shared}{weight}", node.label),
    }
}

/// An exporter; of a connector also where it leads to.
fn target(topology: &Topology, node: usize) -> String {
    let to: Vec<&str> = topology
        .pipelines
        .iter()
        .filter(|path| path.receivers.contains(&node))
        .map(|path| path.id.as_str())
        .collect();
    match to.is_empty() {
        true => name(topology, node),
        false => format!("{} --> {}", name(topology, node), to.join(", ")),
    }
}

fn remarks(topology: &Topology, out: &mut String) {
    let mut lines: Vec<String> = Vec::new();
    for node in &topology.nodes {
        for remark in node.remarks() {
            let mark = if node.weight() == Some(Severity::Error) { "!" } else { "?" };
            let line = format!("{mark} {} {}: {remark}", node.kind.word(), node.label);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines.extend(topology.elsewhere.iter().map(Finding::line));
    if !lines.is_empty() {
        let _ = writeln!(out, "\n{}", lines.join("\n"));
    }
}
