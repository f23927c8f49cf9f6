//! `Unix`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Time;
use crate::value::Value;

pub(in super::super) const UNIX: FunctionDecl = FunctionDecl {
    name: "Unix",
    doc: "The time that many seconds, and nanoseconds, after 1970.",
    params: &[
        Param::required("seconds", Takes::Exactly(Type::INT)),
        Param::optional("nanoseconds", Takes::Exactly(Type::INT)),
    ],
    returns: Type::TIME,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], UnixSeconds(Unix(125)))"#,
        expect: r#"{"out": 125}"#,
    }],
    run: Shim::Converter(unix),
};

fn unix<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Int(seconds), nanos] = *args else { return Err(EvalError::Internal("Unix")) };
    let nanos = if let Value::Int(nanos) = nanos { nanos } else { 0 };
    Ok(Value::Time(Time::new(seconds, nanos, work.host.local_zone())))
}
