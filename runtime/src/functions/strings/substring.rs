//! `Substring`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const SUBSTRING: FunctionDecl = FunctionDecl {
    name: "Substring",
    doc: "So many bytes of a text, from a position counted from 0 on. What must not be cut \
          through a character is moved to its boundaries if `utf8_safe` is set, else repaired.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("start", Takes::Exactly(Type::INT)),
        Param::required("length", Takes::Exactly(Type::INT)),
        Param::optional("utf8_safe", Takes::Literal(Type::BOOL)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "abcdef"}"#,
            statement: r#"set(log.attributes["a"], Substring(log.attributes["a"], 1, 3))"#,
            expect: r#"{"a": "bcd"}"#,
        },
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], Substring("一二", 0, 4, true))"#,
            expect: r#"{"a": "一"}"#,
        },
        Example {
            given: r#"{"a": "abc"}"#,
            statement: r#"set(log.attributes["a"], Substring(log.attributes["a"], 2, 2))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(substring),
};

fn substring<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Int(start), Value::Int(length), safe] = *args else {
        return Err(EvalError::Internal("Substring"));
    };
    let outside = || {
        let why = format!("{length} bytes from {start} on are no part of a text of {}", text.len());
        EvalError::Function(why.into())
    };
    let start = usize::try_from(start).map_err(|_| outside())?;
    let length = usize::try_from(length).ok().filter(|length| *length > 0).ok_or_else(outside)?;
    let end = start.checked_add(length).filter(|end| *end <= text.len()).ok_or_else(outside)?;
    if matches!(safe, Value::Bool(true)) {
        let start = text.ceil_char_boundary(start);
        let end = text.floor_char_boundary(end).max(start);
        return Ok(Value::Str(text.get(start..end).unwrap_or_default()));
    }
    match text.get(start..end) {
        Some(part) => Ok(Value::Str(part)),
        None => work.repaired(text.as_bytes().get(start..end).unwrap_or_default()),
    }
}
