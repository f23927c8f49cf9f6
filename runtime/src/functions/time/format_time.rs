//! `FormatTime`

use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::{check_format, prepared};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const FORMAT_TIME: FunctionDecl = FunctionDecl {
    name: "FormatTime",
    doc: "A time as text, in its zone, by a format with directives such as `%Y-%m-%d`.",
    params: &[
        Param::required("time", Takes::Exactly(Type::TIME)),
        Param::required("format", Takes::Literal(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], FormatTime(Unix(0), "%Y-%m-%dT%H:%M:%S%z"))"#,
        expect: r#"{"out": "1970-01-01T00:00:00Z"}"#,
    }],
    run: Shim::Converter(format_time),
};

fn format_time<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Time(time), Value::Str(format)] = *args else {
        return Err(EvalError::Internal("FormatTime"));
    };
    let format = prepared(work, format)?;
    let mut text = String::new();
    format.write(&mut text, time);
    Ok(work.text(&text))
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    check_format(args, 1)
}
