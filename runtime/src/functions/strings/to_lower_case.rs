//! `ToLowerCase`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::unicode::lowercase;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const TO_LOWER_CASE: FunctionDecl = FunctionDecl {
    name: "ToLowerCase",
    doc: "A text in small letters, a character for a character.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{"a": "ÀB"}"#,
        statement: r#"set(log.attributes["a"], ToLowerCase(log.attributes["a"]))"#,
        expect: r#"{"a": "àb"}"#,
    }],
    run: Shim::Converter(to_lower_case),
};

fn to_lower_case<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ToLowerCase")) };
    work.new_text(&lowercase(text))
}
