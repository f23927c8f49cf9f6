//! `Hours`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::in_units;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::NANOS;
use crate::value::Value;

pub(in super::super) const HOURS: FunctionDecl = FunctionDecl {
    name: "Hours",
    doc: "A duration in hours.",
    params: &[Param::required("duration", Takes::Exactly(Type::DURATION))],
    returns: Type::FLOAT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], Hours(Duration("90m")))"#,
        expect: r#"{"out": 1.5}"#,
    }],
    run: Shim::Converter(hours),
};

fn hours<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Duration(nanos)] = *args else { return Err(EvalError::Internal("Hours")) };
    Ok(Value::Float(in_units(nanos, 3600 * NANOS)))
}
