//! `InsertXML`

use std::collections::HashSet;

use super::{check_xpath, xpath};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::functions::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::text::xml::write::{Insertion, children};
use crate::text::xml::{Kind, ROOT, Tree, recoded};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const INSERT_XML: FunctionDecl = FunctionDecl {
    name: "InsertXML",
    doc: "An XML text with another one inserted at the end of every element that an XPath selects; `/` stands for \
          the document itself. Fails if the path selects anything but elements.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("x_path", Takes::Literal(Type::STRING)),
        Param::required("sub_document", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check_xpath),
    examples: &[
        Example {
            given: r#"{"x": "<a><b/><b>1</b></a>"}"#,
            statement: r#"set(log.attributes["x"], InsertXML(log.attributes["x"], "/a/b", "<c/>"))"#,
            expect: r#"{"x": "<a><b><c></c></b><b>1<c></c></b></a>"}"#,
        },
        Example {
            given: r#"{"x": "<a k=\"v\"/>"}"#,
            statement: r#"set(log.attributes["x"], InsertXML(log.attributes["x"], "/a/@k", "<c/>"))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(insert_xml),
};

fn insert_xml<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(path), Value::Str(inserted)] = *args else {
        return Err(EvalError::Internal("InsertXML"));
    };
    let text = recoded(text)?;
    // An empty text is an element without name.
    let tree = if text.is_empty() { Tree::empty(Kind::Element) } else { Tree::parse(&text)? };
    let inserted = recoded(inserted)?;
    let inserted = Tree::parse(&inserted)?;
    let mut into = HashSet::new();
    for item in xpath(work, path)?.select(&tree)? {
        if item.attribute.is_some()
            || !matches!(tree.kind(item.node), Kind::Element | Kind::Document)
        {
            return Err(EvalError::Function(
                "the XPath selects something else than elements".into(),
            ));
        }
        into.insert(item.node);
    }
    let mut out = String::new();
    children(&mut out, &tree, ROOT, Some(Insertion { into: &into, tree: &inserted }))?;
    if into.contains(&ROOT) {
        children(&mut out, &inserted, ROOT, None)?;
    }
    Ok(work.text(&out))
}
