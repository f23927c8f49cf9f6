//! `ParseJSON`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::parse_json::parse;
use crate::types::Type;
use crate::value::Value;

pub(super) const PARSE_JSON: FunctionDecl = FunctionDecl {
    name: "ParseJSON",
    doc: "The map or list that a JSON text holds. All numbers become doubles; null becomes an empty value; \
          of equal keys the last one counts.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::MAP.or(Type::LIST),
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"j": "{\"a\": 1, \"b\": [true, null]}"}"#,
            statement: r#"set(log.attributes["j"], ParseJSON(log.attributes["j"]))"#,
            expect: r#"{"j": {"a": 1.0, "b": [true, null]}}"#,
        },
        Example {
            given: r#"{"j": "5"}"#,
            statement: r#"set(log.attributes["j"], ParseJSON(log.attributes["j"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_json),
};

fn parse_json<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ParseJSON")) };
    parse(work.arena, text)
}
