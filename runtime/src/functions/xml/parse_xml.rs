//! `ParseXML`

use holt_pdata::{ArrayView, MapView, ValueView};

use crate::encode::{put_entry, put_value};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::functions::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::text::xml::encoding_fault;
use crate::text::xml::token::{RawAttribute, Token, Tokens};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const PARSE_XML: FunctionDecl = FunctionDecl {
    name: "ParseXML",
    doc: "The element that an XML text holds, as a map: its name as `tag`, and where there are any its text as \
          `content`, its attributes as the map `attributes` and the elements in it as the list `children`. \
          Prefixes, comments and instructions are left out; nothing may follow the element.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::MAP,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"x": "<log level=\"warn\">disk full<host>db</host></log>"}"#,
            statement: r#"set(log.attributes["x"], ParseXML(log.attributes["x"]))"#,
            expect: r#"{"x": {"tag": "log", "content": "disk full", "attributes": {"level": "warn"}, "children": [{"tag": "host", "content": "db"}]}}"#,
        },
        Example {
            given: r#"{"x": "<a></b>"}"#,
            statement: r#"set(log.attributes["x"], ParseXML(log.attributes["x"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_xml),
};

/// Elements inside each other that a map can hold, at most.
const MAX_NESTING: usize = 50;

/// An element that has begun.
#[derive(Default)]
struct Element<'t> {
    tag: &'t str,
    attributes: Vec<RawAttribute<'t>>,
    text: String,
    /// The list of its children, encoded.
    children: Vec<u8>,
}

fn parse_xml<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ParseXML")) };
    let fault = |what: &str| EvalError::Function(format!("invalid XML: {what}").into());
    let mut tokens = Tokens::new(text);
    let mut open: Vec<Element<'a>> = Vec::new();
    let map = loop {
        let finished = match tokens.token()? {
            None => return Err(fault("it has no element")),
            Some(Token::Start { name, attributes, empty }) => {
                if open.len() >= MAX_NESTING {
                    return Err(fault("elements are nested too deeply"));
                }
                open.push(Element { tag: name.local, attributes, ..Element::default() });
                empty
            }
            Some(Token::End) => true,
            Some(Token::Text(part) | Token::CData(part)) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(part.trim());
                }
                false
            }
            Some(Token::Instruction { target: "xml", data }) => {
                encoding_fault(data)?;
                false
            }
            Some(_) => false,
        };
        if !finished {
            continue;
        }
        let Some(element) = open.pop() else { return Err(EvalError::Internal("ParseXML")) };
        let map = encoded(&element);
        match open.last_mut() {
            Some(parent) => put_value(&mut parent.children, ValueView::Map(MapView::new(&map))),
            None => break map,
        }
    };
    if tokens.position() < text.len() {
        return Err(fault("something follows the element"));
    }
    Ok(work.map(&map))
}

fn encoded(element: &Element<'_>) -> Vec<u8> {
    let mut map = Vec::new();
    put_entry(&mut map, "tag", ValueView::Str(element.tag));
    if !element.text.is_empty() {
        put_entry(&mut map, "content", ValueView::Str(&element.text));
    }
    if !element.attributes.is_empty() {
        // Of equal names the last value counts, at the place of the first.
        let mut entries: Vec<(&str, &str)> = Vec::new();
        for RawAttribute { name, value } in &element.attributes {
            match entries.iter_mut().find(|(known, _)| *known == name.local) {
                Some(known) => known.1 = value,
                None => entries.push((name.local, value)),
            }
        }
        let mut attributes = Vec::new();
        for (name, value) in entries {
            put_entry(&mut attributes, name, ValueView::Str(value));
        }
        put_entry(&mut map, "attributes", ValueView::Map(MapView::new(&attributes)));
    }
    if !element.children.is_empty() {
        let children = ArrayView::new(&element.children);
        put_entry(&mut map, "children", ValueView::Array(children));
    }
    map
}
