//! `RemoveXML`

use super::{check_xpath, written, xpath};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::functions::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::text::xml::{Kind, Tree, recoded};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const REMOVE_XML: FunctionDecl = FunctionDecl {
    name: "RemoveXML",
    doc: "An XML text without the elements, attributes, text, CDATA sections and comments that an XPath selects. \
          Attributes with a prefix stay.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("x_path", Takes::Literal(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check_xpath),
    examples: &[
        Example {
            given: r#"{"x": "<a secret=\"1\"><b/>text</a>"}"#,
            statement: r#"set(log.attributes["x"], RemoveXML(log.attributes["x"], "//@secret | //b"))"#,
            expect: r#"{"x": "<a>text</a>"}"#,
        },
        Example {
            given: r#"{"x": "<a><!-- note --></a>"}"#,
            statement: r#"set(log.attributes["x"], RemoveXML(log.attributes["x"], "//comment()"))"#,
            expect: r#"{"x": "<a></a>"}"#,
        },
    ],
    run: Shim::Converter(remove_xml),
};

fn remove_xml<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(path)] = *args else {
        return Err(EvalError::Internal("RemoveXML"));
    };
    if text.is_empty() {
        return Ok(Value::Str(""));
    }
    let text = recoded(text)?;
    let mut tree = Tree::parse(&text)?;
    let items = xpath(work, path)?.select(&tree)?;
    // Names first: places of attributes change as they are removed.
    let names: Vec<Option<&str>> = items
        .iter()
        .map(|item| {
            let attributes = tree.attributes(item.node);
            attributes.get(item.attribute? as usize).map(|attribute| attribute.local)
        })
        .collect();
    for (item, name) in items.into_iter().zip(names) {
        match (name, tree.kind(item.node)) {
            (Some(name), _) => tree.remove_attribute(item.node, name),
            (None, Kind::Element | Kind::Text | Kind::CData | Kind::Comment) => {
                tree.detach(item.node);
            }
            _ => {}
        }
    }
    written(work, &tree)
}
