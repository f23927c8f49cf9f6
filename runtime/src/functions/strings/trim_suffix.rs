//! `TrimSuffix`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const TRIM_SUFFIX: FunctionDecl = FunctionDecl {
    name: "TrimSuffix",
    doc: "A text without another one with which it ends; unchanged if it does not.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("suffix", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{"a": "x_b_b"}"#,
        statement: r#"set(log.attributes["a"], TrimSuffix(log.attributes["a"], "_b"))"#,
        expect: r#"{"a": "x_b"}"#,
    }],
    run: Shim::Converter(trim_suffix),
};

fn trim_suffix<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(suffix)] = *args else {
        return Err(EvalError::Internal("TrimSuffix"));
    };
    Ok(Value::Str(text.strip_suffix(suffix).unwrap_or(text)))
}
