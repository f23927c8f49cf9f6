//! `ConvertTextToElementsXML`

use super::{check_optional_xpath, written, xpath};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::functions::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::text::xml::tree::Node;
use crate::text::xml::{Kind, NodeId, Tree, recoded};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const CONVERT_TEXT_TO_ELEMENTS_XML: FunctionDecl = FunctionDecl {
    name: "ConvertTextToElementsXML",
    doc: "An XML text in which text that stands beside elements or other text is wrapped in elements, named `value` \
          by default. An XPath says where to look; everywhere by default.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::optional("x_path", Takes::Literal(Type::STRING)),
        Param::optional("element_name", Takes::Literal(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check_optional_xpath),
    examples: &[
        Example {
            given: r#"{"x": "<a><b>x</b>y</a>"}"#,
            statement: r#"set(log.attributes["x"], ConvertTextToElementsXML(log.attributes["x"]))"#,
            expect: r#"{"x": "<a><b>x</b><value>y</value></a>"}"#,
        },
        Example {
            given: r#"{"x": "<a>1<b>2<c/></b></a>"}"#,
            statement: r#"set(log.attributes["x"], ConvertTextToElementsXML(log.attributes["x"], "//b", "text"))"#,
            expect: r#"{"x": "<a>1<b><text>2</text><c></c></b></a>"}"#,
        },
    ],
    run: Shim::Converter(convert),
};

fn convert<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), path, name] = *args else {
        return Err(EvalError::Internal("ConvertTextToElementsXML"));
    };
    let given = |value, default| match value {
        Value::Str(text) if !text.is_empty() => text,
        _ => default,
    };
    let (path, name) = (given(path, "/"), given(name, "value"));
    let text = recoded(text)?;
    let mut tree = Tree::parse(&text)?;
    for item in xpath(work, path)?.select(&tree)? {
        if item.attribute.is_some() {
            continue;
        }
        let nodes: Vec<NodeId> = tree.subtree(item.node).collect();
        for node in nodes {
            wrap(&mut tree, node, name)?;
        }
    }
    written(work, &tree)
}

/// Wraps the text of a node if there is something beside it.
fn wrap<'t>(tree: &mut Tree<'t>, parent: NodeId, name: &'t str) -> Result<(), EvalError> {
    if !matches!(tree.kind(parent), Kind::Element | Kind::Document) {
        return Ok(());
    }
    let kinds = || tree.children(parent).map(|child| (child, tree.kind(child)));
    let texts: Vec<NodeId> =
        kinds().filter(|(_, kind)| *kind == Kind::Text).map(|(child, _)| child).collect();
    let elements = kinds().filter(|(_, kind)| *kind == Kind::Element).count();
    if texts.is_empty() || texts.len() + elements < 2 {
        return Ok(());
    }
    for text in texts {
        let Some(node) = tree.get_mut(text) else { continue };
        node.kind = Kind::Element;
        let text_of = std::mem::replace(&mut node.data, name.into());
        tree.append(text, Node::new(Kind::Text, text_of))?;
    }
    Ok(())
}
