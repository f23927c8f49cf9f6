//! `Duration`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::time::duration::parse_duration;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const DURATION: FunctionDecl = FunctionDecl {
    name: "Duration",
    doc: "The duration that a text such as `1h30m` or `-1.5us` holds.",
    params: &[Param::required("duration", Takes::Exactly(Type::STRING))],
    returns: Type::DURATION,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["out"], Nanoseconds(Duration("1.5us")))"#,
            expect: r#"{"out": 1500}"#,
        },
        Example {
            given: r#"{"d": "1d"}"#,
            statement: r#"set(log.attributes["out"], Seconds(Duration(log.attributes["d"])))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(duration),
};

fn duration<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("Duration")) };
    parse_duration(text)
        .map(Value::Duration)
        .map_err(|why| EvalError::Function(format!("{text:?} {why}").into()))
}
