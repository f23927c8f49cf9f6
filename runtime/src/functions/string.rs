//! `String`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const STRING: FunctionDecl = FunctionDecl {
    name: "String",
    doc: "A value as text: bytes in hexadecimal, everything but text as JSON; nil stays nil.",
    params: &[Param::required("target", Takes::TextLike)],
    returns: Type::STRING.or(Type::NIL),
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": {"y": [1, true], "x": "<"}}"#,
            statement: r#"set(log.attributes["a"], String(log.attributes["a"]))"#,
            expect: r#"{"a": "{\"x\":\"\\u003c\",\"y\":[1,true]}"}"#,
        },
        Example {
            given: "{}",
            statement: r#"set(log.attributes["a"], String(2.0))"#,
            expect: r#"{"a": "2"}"#,
        },
    ],
    run: Shim::Converter(string),
};

fn string<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    // The parameter's conversion does all the work.
    args.first().copied().ok_or(EvalError::Internal("String"))
}
