//! `Weekday`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::shown;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const WEEKDAY: FunctionDecl = FunctionDecl {
    name: "Weekday",
    doc: "The day of the week of a time, 0 for Sunday, in its zone.",
    params: &[Param::required("time", Takes::Exactly(Type::TIME))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], Weekday(Time("2024-03-03T04:05:06.000000007+0000", "%Y-%m-%dT%H:%M:%S.%s%z")))"#,
        expect: r#"{"out": 0}"#,
    }],
    run: Shim::Converter(weekday),
};

fn weekday<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Time(time)] = *args else { return Err(EvalError::Internal("Weekday")) };
    Ok(Value::Int(shown(time).weekday))
}
