//! `ParseInt`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::number::parse_int_in;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const PARSE_INT: FunctionDecl = FunctionDecl {
    name: "ParseInt",
    doc: "The integer that a text holds in a base from 2 to 36. Base 0 goes by the prefix: \
          `0b`, `0o` or `0`, `0x`, and allows underscores between digits.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("base", Takes::Exactly(Type::INT)),
    ],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "ff"}"#,
            statement: r#"set(log.attributes["a"], ParseInt(log.attributes["a"], 16))"#,
            expect: r#"{"a": 255}"#,
        },
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], ParseInt("-0x1f", 0))"#,
            expect: r#"{"a": -31}"#,
        },
        Example {
            given: r#"{"a": "12"}"#,
            statement: r#"set(log.attributes["a"], ParseInt(log.attributes["a"], 2))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_int),
};

fn parse_int<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Int(base)] = *args else {
        return Err(EvalError::Internal("ParseInt"));
    };
    match parse_int_in(text, base) {
        Ok(value) => Ok(Value::Int(value)),
        Err(why) => Err(EvalError::NotANumber { text: text.into(), why }),
    }
}
