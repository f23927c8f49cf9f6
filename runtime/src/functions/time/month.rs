//! `Month`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::shown;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const MONTH: FunctionDecl = FunctionDecl {
    name: "Month",
    doc: "The month of a time, 1 to 12, in its zone.",
    params: &[Param::required("time", Takes::Exactly(Type::TIME))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], Month(Time("2024-03-03T04:05:06.000000007+0000", "%Y-%m-%dT%H:%M:%S.%s%z")))"#,
        expect: r#"{"out": 3}"#,
    }],
    run: Shim::Converter(month),
};

fn month<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Time(time)] = *args else { return Err(EvalError::Internal("Month")) };
    Ok(Value::Int(shown(time).month))
}
