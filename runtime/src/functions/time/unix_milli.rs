//! `UnixMilli`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const UNIX_MILLI: FunctionDecl = FunctionDecl {
    name: "UnixMilli",
    doc: "The milliseconds from 1970 to a time, rounded down.",
    params: &[Param::required("time", Takes::Exactly(Type::TIME))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], UnixMilli(Unix(1, 5000000)))"#,
        expect: r#"{"out": 1005}"#,
    }],
    run: Shim::Converter(unix_milli),
};

fn unix_milli<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Time(time)] = *args else { return Err(EvalError::Internal("UnixMilli")) };
    Ok(Value::Int(
        time.seconds()
            .wrapping_mul(1000)
            .wrapping_add(i64::from(time.subsecond_nanos() / 1_000_000)),
    ))
}
