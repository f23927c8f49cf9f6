//! `Nanoseconds`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const NANOSECONDS: FunctionDecl = FunctionDecl {
    name: "Nanoseconds",
    doc: "A duration in nanoseconds.",
    params: &[Param::required("duration", Takes::Exactly(Type::DURATION))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], Nanoseconds(Duration("1us")))"#,
        expect: r#"{"out": 1000}"#,
    }],
    run: Shim::Converter(nanoseconds),
};

fn nanoseconds<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Duration(nanos)] = *args else { return Err(EvalError::Internal("Nanoseconds")) };
    Ok(Value::Int(nanos))
}
