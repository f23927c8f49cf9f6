//! `Nanosecond`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const NANOSECOND: FunctionDecl = FunctionDecl {
    name: "Nanosecond",
    doc: "The nanoseconds of a time within its second.",
    params: &[Param::required("time", Takes::Exactly(Type::TIME))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], Nanosecond(Time("2024-03-03T04:05:06.000000007+0000", "%Y-%m-%dT%H:%M:%S.%s%z")))"#,
        expect: r#"{"out": 7}"#,
    }],
    run: Shim::Converter(nanosecond),
};

fn nanosecond<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Time(time)] = *args else { return Err(EvalError::Internal("Nanosecond")) };
    Ok(Value::Int(i64::from(time.subsecond_nanos())))
}
