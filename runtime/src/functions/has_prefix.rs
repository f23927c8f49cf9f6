//! `HasPrefix`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const HAS_PREFIX: FunctionDecl = FunctionDecl {
    name: "HasPrefix",
    doc: "Whether a text begins with another one.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("prefix", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "abc"}"#,
            statement: r#"set(log.attributes["r"], HasPrefix(log.attributes["a"], "ab"))"#,
            expect: r#"{"a": "abc", "r": true}"#,
        },
        Example {
            given: r#"{"a": 5}"#,
            statement: r#"set(log.attributes["r"], HasPrefix(log.attributes["a"], "ab"))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(has_prefix),
};

fn has_prefix<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(prefix)] = *args else {
        return Err(EvalError::Internal("HasPrefix"));
    };
    Ok(Value::Bool(text.starts_with(prefix)))
}
