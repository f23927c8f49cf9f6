//! `UnixNano`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const UNIX_NANO: FunctionDecl = FunctionDecl {
    name: "UnixNano",
    doc: "The nanoseconds from 1970 to a time.",
    params: &[Param::required("time", Takes::Exactly(Type::TIME))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], UnixNano(Unix(1)))"#,
        expect: r#"{"out": 1000000000}"#,
    }],
    run: Shim::Converter(unix_nano),
};

fn unix_nano<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Time(time)] = *args else { return Err(EvalError::Internal("UnixNano")) };
    Ok(Value::Int(time.unix_nanos()))
}
