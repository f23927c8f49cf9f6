//! `ToCamelCase`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::case::camel;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const TO_CAMEL_CASE: FunctionDecl = FunctionDecl {
    name: "ToCamelCase",
    doc: "A name in CamelCase; what is neither an ASCII letter nor a digit is left out.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{"a": "my_metric.name"}"#,
        statement: r#"set(log.attributes["a"], ToCamelCase(log.attributes["a"]))"#,
        expect: r#"{"a": "MyMetricName"}"#,
    }],
    run: Shim::Converter(to_camel_case),
};

fn to_camel_case<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ToCamelCase")) };
    work.new_text(&camel(text))
}
