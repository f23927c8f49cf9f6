//! `Concat`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes, text_like};
use crate::error::EvalError;
use crate::frame::{MAX_TEXT, Workspace};
use crate::types::Type;
use crate::value::Value;

pub(super) const CONCAT: FunctionDecl = FunctionDecl {
    name: "Concat",
    doc: "Joins values as text, with a delimiter between them. Nil is written as `<nil>`; maps and \
          lists as JSON.",
    params: &[
        Param::required("vals", Takes::Elements),
        Param::required("delimiter", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "x", "b": 2}"#,
            statement: r#"set(log.attributes["c"], Concat([log.attributes["a"], log.attributes["b"]], "-"))"#,
            expect: r#"{"a": "x", "b": 2, "c": "x-2"}"#,
        },
        Example {
            given: r#"{"l": ["x", 1.5, null]}"#,
            statement: r#"set(log.attributes["c"], Concat(log.attributes["l"], ","))"#,
            expect: r#"{"l": ["x", 1.5, null], "c": "x,1.5,<nil>"}"#,
        },
    ],
    run: Shim::Converter(concat),
};

fn concat<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [vals, Value::Str(delimiter)] = *args else { return Err(EvalError::Internal("Concat")) };
    let mut text = String::new();
    let elements = match vals {
        // A missing list is an empty one.
        Value::Nil => None,
        // Bytes are a list of numbers here, as in the reference.
        Value::Bytes(bytes) => {
            let numbers = bytes.iter().map(|byte| Value::Int(i64::from(*byte)));
            Some(Value::Items(work.arena.alloc_slice_fill_iter(numbers)).elements()).flatten()
        }
        other => {
            let expected = Type::LIST;
            Some(other.elements().ok_or(EvalError::Expected { expected, got: other.kind() })?)
        }
    };
    for (index, value) in elements.into_iter().flat_map(|list| list.iter()).enumerate() {
        if index > 0 {
            text.push_str(delimiter);
        }
        match text_like(work, value)? {
            Value::Str(value) => text.push_str(value),
            _ => text.push_str("<nil>"),
        }
        if text.len() > MAX_TEXT {
            return Err(EvalError::TooLong);
        }
    }
    Ok(work.text(&text))
}
