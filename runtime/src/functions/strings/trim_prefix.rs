//! `TrimPrefix`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const TRIM_PREFIX: FunctionDecl = FunctionDecl {
    name: "TrimPrefix",
    doc: "A text without another one with which it begins; unchanged if it does not.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("prefix", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{"a": "aab"}"#,
        statement: r#"set(log.attributes["a"], TrimPrefix(log.attributes["a"], "a"))"#,
        expect: r#"{"a": "ab"}"#,
    }],
    run: Shim::Converter(trim_prefix),
};

fn trim_prefix<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(prefix)] = *args else {
        return Err(EvalError::Internal("TrimPrefix"));
    };
    Ok(Value::Str(text.strip_prefix(prefix).unwrap_or(text)))
}
