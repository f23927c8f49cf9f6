//! `Second`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::shown;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const SECOND: FunctionDecl = FunctionDecl {
    name: "Second",
    doc: "The second of a time.",
    params: &[Param::required("time", Takes::Exactly(Type::TIME))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], Second(Time("2024-03-03T04:05:06.000000007+0000", "%Y-%m-%dT%H:%M:%S.%s%z")))"#,
        expect: r#"{"out": 6}"#,
    }],
    run: Shim::Converter(second),
};

fn second<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Time(time)] = *args else { return Err(EvalError::Internal("Second")) };
    Ok(Value::Int(shown(time).second))
}
