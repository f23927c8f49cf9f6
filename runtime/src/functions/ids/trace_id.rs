//! `TraceID`

use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::{check_id, id_of};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Kind;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const TRACE_ID: FunctionDecl = FunctionDecl {
    name: "TraceID",
    doc: "A trace id: from its 16 bytes, or from a text of 32 hexadecimal digits.",
    params: &[Param::required("target", Takes::BytesLike)],
    returns: Type::of(Kind::TraceId),
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], String(TraceID("0102030405060708090a0b0c0d0e0f10")))"#,
            expect: r#"{"a": "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]"}"#,
        },
        Example {
            given: r#"{"a": "x"}"#,
            statement: r#"set(log.attributes["a"], String(TraceID(log.attributes["a"])))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(trace_id),
};

fn trace_id<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target] = *args else { return Err(EvalError::Internal("TraceID")) };
    id_of(target).map(Value::TraceId)
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    check_id::<16>(args)
}
