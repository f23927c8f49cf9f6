//! A tree as text, as the reference writes it.

use std::collections::HashSet;

use super::tree::{Kind, Node, NodeId, Tree};
use crate::error::EvalError;
use crate::frame::MAX_TEXT;

/// What is written before the end of some elements.
#[derive(Clone, Copy, Debug)]
pub struct Insertion<'i> {
    /// The elements.
    pub into: &'i HashSet<NodeId>,
    /// The children of its root are written.
    pub tree: &'i Tree<'i>,
}

/// Writes everything inside a node.
///
/// # Errors
/// When the text becomes too long.
pub fn children(
    out: &mut String,
    tree: &Tree<'_>,
    id: NodeId,
    insertion: Option<Insertion<'_>>,
) -> Result<(), EvalError> {
    tree.children(id).try_for_each(|child| node(out, tree, child, insertion))
}

/// Writes a node.
///
/// # Errors
/// When the text becomes too long.
pub fn node(
    out: &mut String,
    tree: &Tree<'_>,
    top: NodeId,
    insertion: Option<Insertion<'_>>,
) -> Result<(), EvalError> {
    subtree(out, tree, top, true, insertion)
}

/// Writes a node; `keeps_blanks` is what the elements around it say of `xml:space`.
fn subtree(
    out: &mut String,
    tree: &Tree<'_>,
    top: NodeId,
    keeps_blanks: bool,
    insertion: Option<Insertion<'_>>,
) -> Result<(), EvalError> {
    // The open elements, and whether they keep blanks.
    let mut open: Vec<(NodeId, bool)> = Vec::new();
    let mut at = top;
    loop {
        let around = open.last().map_or(keeps_blanks, |(_, keeps)| *keeps);
        let Some(node) = tree.get(at) else { return Ok(()) };
        let keeps = keeps_blanks_in(node).unwrap_or(around);
        start(out, node, keeps);
        if out.len() > MAX_TEXT {
            return Err(EvalError::TooLong);
        }
        if matches!(node.kind, Kind::Element | Kind::Document) {
            open.push((at, keeps));
            if let Some(first) = tree.first(at) {
                at = first;
                continue;
            }
        }
        // Close what ends here, up to the next node.
        loop {
            if let Some((id, keeps)) = open.pop_if(|(id, _)| *id == at) {
                if let Some(insertion) = insertion.filter(|one| one.into.contains(&id)) {
                    for child in insertion.tree.children(super::ROOT) {
                        subtree(out, insertion.tree, child, keeps, None)?;
                    }
                }
                end(out, tree, id);
            }
            if at == top {
                return Ok(());
            }
            if let Some(next) = tree.next(at) {
                at = next;
                break;
            }
            let Some(parent) = tree.parent(at) else { return Ok(()) };
            at = parent;
        }
    }
}

/// What a node says of the blanks in it.
fn keeps_blanks_in(node: &Node<'_>) -> Option<bool> {
    let space = node.attributes.iter().find(|one| one.prefix == "xml" && one.local == "space")?;
    match &*space.value {
        "preserve" => Some(true),
        "default" => Some(false),
        _ => None,
    }
}

fn start(out: &mut String, node: &Node<'_>, keeps_blanks: bool) {
    let data = &*node.data;
    match node.kind {
        Kind::Text => push_escaped(out, if keeps_blanks { data } else { data.trim() }),
        Kind::CData => out.extend(["<![CDATA[", data, "]]>"]),
        Kind::Comment => out.extend(["<!--", data, "-->"]),
        Kind::Directive => out.extend(["<!", data, ">"]),
        Kind::Instruction if node.detail.is_empty() => out.extend(["<?", data, "?>"]),
        Kind::Instruction => out.extend(["<?", data, " ", &node.detail, "?>"]),
        Kind::Declaration => {
            out.extend(["<?", data]);
            push_attributes(out, node);
            out.push_str("?>");
        }
        Kind::Element | Kind::Document => {
            out.push('<');
            push_name(out, node.prefix, data);
            push_attributes(out, node);
            out.push('>');
        }
    }
}

fn end(out: &mut String, tree: &Tree<'_>, id: NodeId) {
    let Some(node) = tree.get(id) else { return };
    out.push_str("</");
    push_name(out, node.prefix, &node.data);
    out.push('>');
}

fn push_attributes(out: &mut String, node: &Node<'_>) {
    for attribute in &node.attributes {
        out.push(' ');
        push_name(out, attribute.prefix, attribute.local);
        out.push_str("=\"");
        push_escaped(out, &attribute.value);
        out.push('"');
    }
}

fn push_name(out: &mut String, prefix: &str, local: &str) {
    if !prefix.is_empty() {
        out.extend([prefix, ":"]);
    }
    out.push_str(local);
}

/// Appends text with the characters escaped that mean something in markup.
pub fn push_escaped(out: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&#34;"),
            other => out.push(other),
        }
    }
}
