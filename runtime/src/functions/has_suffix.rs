//! `HasSuffix`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const HAS_SUFFIX: FunctionDecl = FunctionDecl {
    name: "HasSuffix",
    doc: "Whether a text ends with another one.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("suffix", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "abc"}"#,
            statement: r#"set(log.attributes["r"], HasSuffix(log.attributes["a"], "bc"))"#,
            expect: r#"{"a": "abc", "r": true}"#,
        },
        Example {
            given: r#"{"a": 5}"#,
            statement: r#"set(log.attributes["r"], HasSuffix(log.attributes["a"], "bc"))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(has_suffix),
};

fn has_suffix<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(suffix)] = *args else {
        return Err(EvalError::Internal("HasSuffix"));
    };
    Ok(Value::Bool(text.ends_with(suffix)))
}
