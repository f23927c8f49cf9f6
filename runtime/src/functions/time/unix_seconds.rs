//! `UnixSeconds`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const UNIX_SECONDS: FunctionDecl = FunctionDecl {
    name: "UnixSeconds",
    doc: "The seconds from 1970 to a time, rounded down.",
    params: &[Param::required("time", Takes::Exactly(Type::TIME))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], UnixSeconds(Unix(120)))"#,
        expect: r#"{"out": 120}"#,
    }],
    run: Shim::Converter(unix_seconds),
};

fn unix_seconds<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Time(time)] = *args else { return Err(EvalError::Internal("UnixSeconds")) };
    Ok(Value::Int(time.seconds()))
}
