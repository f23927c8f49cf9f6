//! `ToSnakeCase`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::case::snake;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const TO_SNAKE_CASE: FunctionDecl = FunctionDecl {
    name: "ToSnakeCase",
    doc: "A name in snake_case. Only ASCII letters and digits tell its words apart.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{"a": "JSONData2go"}"#,
        statement: r#"set(log.attributes["a"], ToSnakeCase(log.attributes["a"]))"#,
        expect: r#"{"a": "json_data_2_go"}"#,
    }],
    run: Shim::Converter(to_snake_case),
};

fn to_snake_case<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ToSnakeCase")) };
    work.new_text(&snake(text))
}
