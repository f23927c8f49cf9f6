//! `ToUpperCase`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::unicode::uppercase;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const TO_UPPER_CASE: FunctionDecl = FunctionDecl {
    name: "ToUpperCase",
    doc: "A text in capital letters, a character for a character: `ß` stays.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{"a": "aß"}"#,
        statement: r#"set(log.attributes["a"], ToUpperCase(log.attributes["a"]))"#,
        expect: r#"{"a": "Aß"}"#,
    }],
    run: Shim::Converter(to_upper_case),
};

fn to_upper_case<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ToUpperCase")) };
    work.new_text(&uppercase(text))
}
