//! `Milliseconds`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const MILLISECONDS: FunctionDecl = FunctionDecl {
    name: "Milliseconds",
    doc: "A duration in whole milliseconds.",
    params: &[Param::required("duration", Takes::Exactly(Type::DURATION))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], Milliseconds(Duration("1999us")))"#,
        expect: r#"{"out": 1}"#,
    }],
    run: Shim::Converter(milliseconds),
};

fn milliseconds<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Duration(nanos)] = *args else { return Err(EvalError::Internal("Milliseconds")) };
    Ok(Value::Int(nanos / 1_000_000))
}
