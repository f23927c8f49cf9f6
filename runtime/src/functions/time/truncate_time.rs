//! `TruncateTime`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::NANOS;
use crate::value::Value;

pub(in super::super) const TRUNCATE_TIME: FunctionDecl = FunctionDecl {
    name: "TruncateTime",
    doc: "A time rounded down to a multiple of a duration since the year 1.",
    params: &[
        Param::required("time", Takes::Exactly(Type::TIME)),
        Param::required("duration", Takes::Exactly(Type::DURATION)),
    ],
    returns: Type::TIME,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], UnixSeconds(TruncateTime(Unix(125), Duration("1m"))))"#,
        expect: r#"{"out": 120}"#,
    }],
    run: Shim::Converter(truncate_time),
};

fn truncate_time<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    /// From the start of the year 1 to 1970.
    const TO_1970: i128 = 62_135_596_800;
    let [Value::Time(time), Value::Duration(duration)] = *args else {
        return Err(EvalError::Internal("TruncateTime"));
    };
    if duration <= 0 {
        return Ok(Value::Time(time));
    }
    let seconds = i128::from(time.seconds()) + TO_1970;
    let nanos = seconds * i128::from(NANOS) + i128::from(time.subsecond_nanos());
    let over = nanos.rem_euclid(i128::from(duration)) as i64;
    Ok(Value::Time(time.plus(-over)))
}
