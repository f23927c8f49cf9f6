//! `Microseconds`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const MICROSECONDS: FunctionDecl = FunctionDecl {
    name: "Microseconds",
    doc: "A duration in whole microseconds.",
    params: &[Param::required("duration", Takes::Exactly(Type::DURATION))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], Microseconds(Duration("1ms")))"#,
        expect: r#"{"out": 1000}"#,
    }],
    run: Shim::Converter(microseconds),
};

fn microseconds<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Duration(nanos)] = *args else { return Err(EvalError::Internal("Microseconds")) };
    Ok(Value::Int(nanos / 1000))
}
