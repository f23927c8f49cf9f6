//! `Split`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const SPLIT: FunctionDecl = FunctionDecl {
    name: "Split",
    doc: "The parts of a text between delimiters. An empty delimiter splits it into its \
          characters.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("delimiter", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::LIST,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "x,,y"}"#,
            statement: r#"set(log.attributes["a"], Split(log.attributes["a"], ","))"#,
            expect: r#"{"a": ["x", "", "y"]}"#,
        },
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], Split("hé", ""))"#,
            expect: r#"{"a": ["h", "é"]}"#,
        },
    ],
    run: Shim::Converter(split),
};

fn split<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(delimiter)] = *args else {
        return Err(EvalError::Internal("Split"));
    };
    let arena = work.arena;
    let parts: Vec<Value<'a>> = if delimiter.is_empty() {
        let ends =
            text.char_indices().map(|(start, character)| (start, start + character.len_utf8()));
        ends.filter_map(|(start, end)| text.get(start..end)).map(Value::Str).collect()
    } else {
        text.split(delimiter).map(Value::Str).collect()
    };
    Ok(Value::Items(arena.alloc_slice_copy(&parts)))
}
