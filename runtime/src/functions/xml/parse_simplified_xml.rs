//! `ParseSimplifiedXML`

use std::collections::HashMap;

use holt_pdata::{ArrayView, MapView, ValueView};

use crate::encode::{put_entry, put_value};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::functions::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::text::xml::{Kind, NodeId, ROOT, Tree, recoded};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const PARSE_SIMPLIFIED_XML: FunctionDecl = FunctionDecl {
    name: "ParseSimplifiedXML",
    doc: "The elements of an XML text as a map from their names to their text, or to a map of the elements in them. \
          Elements that share a name become a list. Attributes, comments and text beside elements are left out.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::MAP,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"x": "<event><id>1</id><user>ann</user><user>bob</user></event>"}"#,
            statement: r#"set(log.attributes["x"], ParseSimplifiedXML(log.attributes["x"]))"#,
            expect: r#"{"x": {"event": {"id": "1", "user": ["ann", "bob"]}}}"#,
        },
        Example {
            given: r#"{"x": "no markup"}"#,
            statement: r#"set(log.attributes["x"], ParseSimplifiedXML(log.attributes["x"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_simplified_xml),
};

/// Elements inside each other that maps can hold, at most.
const MAX_NESTING: usize = 50;

fn parse_simplified_xml<'a>(
    work: &mut Workspace<'a>,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ParseSimplifiedXML")) };
    let text = recoded(text)?;
    let tree = Tree::parse(&text)?;
    Ok(work.map(&encoded(&tree, ROOT, 0)?))
}

/// What a name stands for.
enum Entry<'t> {
    Text(&'t str),
    /// Encoded.
    Map(Vec<u8>),
    /// Encoded.
    List(Vec<u8>),
}

/// The elements in a node as an encoded map.
fn encoded(tree: &Tree<'_>, parent: NodeId, depth: usize) -> Result<Vec<u8>, EvalError> {
    if depth >= MAX_NESTING {
        return Err(EvalError::Function("XML elements are nested too deeply".into()));
    }
    let elements = || {
        let nodes = tree.children(parent).filter_map(|id| Some((id, tree.get(id)?)));
        nodes.filter(|(_, node)| node.kind == Kind::Element).map(|(id, node)| (id, &*node.data))
    };
    let mut counts: HashMap<&str, usize> = HashMap::new();
    elements().for_each(|(_, name)| *counts.entry(name).or_default() += 1);
    let mut entries: Vec<(&str, Entry<'_>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (id, name) in elements().filter(|(id, _)| tree.first(*id).is_some()) {
        let repeated = counts.get(name).is_some_and(|count| *count > 1);
        // A name that is repeated has its list even if nothing comes to stand in it.
        let place = *places.entry(name).or_insert(entries.len());
        if repeated && place == entries.len() {
            entries.push((name, Entry::List(Vec::new())));
        }
        let leaf = leaf(tree, id);
        let inner = if leaf.is_empty() { encoded(tree, id, depth + 1)? } else { Vec::new() };
        match entries.get_mut(place) {
            Some((_, Entry::List(_))) if leaf.is_empty() && inner.is_empty() => {}
            Some((_, Entry::List(list))) if leaf.is_empty() => {
                put_value(list, ValueView::Map(MapView::new(&inner)));
            }
            Some((_, Entry::List(list))) => put_value(list, ValueView::Str(leaf)),
            _ if !leaf.is_empty() => entries.push((name, Entry::Text(leaf))),
            _ if !inner.is_empty() => entries.push((name, Entry::Map(inner))),
            _ => {}
        }
    }
    let mut map = Vec::new();
    for (name, entry) in &entries {
        let value = match entry {
            Entry::Text(text) => ValueView::Str(text),
            Entry::Map(map) => ValueView::Map(MapView::new(map)),
            Entry::List(list) => ValueView::Array(ArrayView::new(list)),
        };
        put_entry(&mut map, name, value);
    }
    Ok(map)
}

/// The first text of an element that has no elements in it; empty if there is none.
fn leaf<'t>(tree: &'t Tree<'_>, id: NodeId) -> &'t str {
    let children = || tree.children(id).filter_map(|child| tree.get(child));
    if children().any(|child| child.kind == Kind::Element) {
        return "";
    }
    let mut texts = children().filter(|child| matches!(child.kind, Kind::Text | Kind::CData));
    texts.next().map_or("", |child| &child.data)
}
