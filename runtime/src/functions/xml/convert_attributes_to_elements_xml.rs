//! `ConvertAttributesToElementsXML`

use super::{check_optional_xpath, written, xpath};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::functions::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::text::xml::tree::Node;
use crate::text::xml::{Kind, Tree, recoded};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const CONVERT_ATTRIBUTES_TO_ELEMENTS_XML: FunctionDecl = FunctionDecl {
    name: "ConvertAttributesToElementsXML",
    doc: "An XML text in which the attributes that an XPath selects, all by default, are elements at the end of the \
          elements that had them.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::optional("x_path", Takes::Literal(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check_optional_xpath),
    examples: &[
        Example {
            given: r#"{"x": "<a host=\"db\" n=\"1\"><b k=\"v\"/></a>"}"#,
            statement: r#"set(log.attributes["x"], ConvertAttributesToElementsXML(log.attributes["x"]))"#,
            expect: r#"{"x": "<a><b><k>v</k></b><host>db</host><n>1</n></a>"}"#,
        },
        Example {
            given: r#"{"x": "<a host=\"db\" n=\"1\"/>"}"#,
            statement: r#"set(log.attributes["x"], ConvertAttributesToElementsXML(log.attributes["x"], "/a/@n"))"#,
            expect: r#"{"x": "<a host=\"db\"><n>1</n></a>"}"#,
        },
    ],
    run: Shim::Converter(convert),
};

fn convert<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let (text, path) = match *args {
        [Value::Str(text), Value::Str(path)] if !path.is_empty() => (text, path),
        [Value::Str(text), _] => (text, "//@*"),
        _ => return Err(EvalError::Internal("ConvertAttributesToElementsXML")),
    };
    let text = recoded(text)?;
    let mut tree = Tree::parse(&text)?;
    let items = xpath(work, path)?.select(&tree)?;
    // All of them first: places of attributes change as they are removed.
    let mut attributes = Vec::new();
    for item in items {
        let place = item.attribute.map(|place| place as usize);
        if let Some(found) = place.and_then(|place| tree.attributes(item.node).get(place)) {
            attributes.push((item.node, found.local, found.value.clone()));
        }
    }
    for (parent, name, value) in attributes {
        let element = tree.append(parent, Node::new(Kind::Element, name))?;
        tree.append(element, Node::new(Kind::Text, value))?;
        tree.remove_attribute(parent, name);
    }
    written(work, &tree)
}
