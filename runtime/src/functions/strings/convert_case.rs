//! `ConvertCase`

use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::case::{camel, snake};
use crate::text::unicode::{lowercase, uppercase};
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const CONVERT_CASE: FunctionDecl = FunctionDecl {
    name: "ConvertCase",
    doc: "A text in another case: `lower`, `upper`, `snake` or `camel`.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("to_case", Takes::Literal(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"a": "fooBar"}"#,
            statement: r#"set(log.attributes["a"], ConvertCase(log.attributes["a"], "snake"))"#,
            expect: r#"{"a": "foo_bar"}"#,
        },
        Example {
            given: r#"{"a": 1}"#,
            statement: r#"set(log.attributes["a"], ConvertCase(log.attributes["a"], "upper"))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(convert_case),
};

fn convert_case<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(to_case)] = *args else {
        return Err(EvalError::Internal("ConvertCase"));
    };
    let convert = style(to_case).ok_or(EvalError::Internal("ConvertCase"))?;
    work.new_text(&convert(text))
}

fn style(name: &str) -> Option<fn(&str) -> String> {
    Some(match name {
        "lower" => lowercase,
        "upper" => uppercase,
        "snake" => snake,
        "camel" => camel,
        _ => return None,
    })
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.text(1) {
        Some(name) if style(name).is_none() => {
            let help = "there are `lower`, `upper`, `snake` and `camel`";
            Err(ArgumentFault::new(1, format!("has no case {name:?}"), help))
        }
        _ => Ok(()),
    }
}
