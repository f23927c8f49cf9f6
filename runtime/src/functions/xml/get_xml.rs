//! `GetXML`

use super::{check_xpath, xpath};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::functions::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::text::xml::write::{node, push_escaped};
use crate::text::xml::{Kind, Tree, recoded};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const GET_XML: FunctionDecl = FunctionDecl {
    name: "GetXML",
    doc: "What an XPath selects in an XML text, one after the other: elements with their tags, text and the values of \
          attributes as text. Empty if it selects nothing.",
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
            given: r#"{"x": "<a><b k=\"1\">x</b><b k=\"2\"/></a>"}"#,
            statement: r#"set(log.attributes["x"], GetXML(log.attributes["x"], "/a/b[@k='1']"))"#,
            expect: r#"{"x": "<b k=\"1\">x</b>"}"#,
        },
        Example {
            given: r#"{"x": "<a k=\"v\"/>"}"#,
            statement: r#"set(log.attributes["x"], GetXML(log.attributes["x"], "/a/@k"))"#,
            expect: r#"{"x": "v"}"#,
        },
    ],
    run: Shim::Converter(get_xml),
};

fn get_xml<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(path)] = *args else {
        return Err(EvalError::Internal("GetXML"));
    };
    if text.is_empty() {
        return Ok(Value::Str(""));
    }
    let text = recoded(text)?;
    let tree = Tree::parse(&text)?;
    let mut out = String::new();
    for item in xpath(work, path)?.select(&tree)? {
        let Some(found) = tree.get(item.node) else { continue };
        match (item.attribute, found.kind) {
            (Some(place), _) => {
                let attribute = found.attributes.get(place as usize);
                push_escaped(&mut out, attribute.map_or("", |attribute| &attribute.value));
            }
            (None, Kind::Element) => node(&mut out, &tree, item.node, None)?,
            (None, Kind::Text | Kind::CData) => push_escaped(&mut out, &found.data),
            _ => {}
        }
    }
    Ok(work.text(&out))
}
