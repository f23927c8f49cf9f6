//! `Minutes`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::in_units;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::NANOS;
use crate::value::Value;

pub(in super::super) const MINUTES: FunctionDecl = FunctionDecl {
    name: "Minutes",
    doc: "A duration in minutes.",
    params: &[Param::required("duration", Takes::Exactly(Type::DURATION))],
    returns: Type::FLOAT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], Minutes(Duration("90s")))"#,
        expect: r#"{"out": 1.5}"#,
    }],
    run: Shim::Converter(minutes),
};

fn minutes<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Duration(nanos)] = *args else { return Err(EvalError::Internal("Minutes")) };
    Ok(Value::Float(in_units(nanos, 60 * NANOS)))
}
