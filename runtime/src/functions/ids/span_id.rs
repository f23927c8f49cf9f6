//! `SpanID`

use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::{check_id, id_of};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Kind;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const SPAN_ID: FunctionDecl = FunctionDecl {
    name: "SpanID",
    doc: "A span id: from its 8 bytes, or from a text of 16 hexadecimal digits.",
    params: &[Param::required("target", Takes::BytesLike)],
    returns: Type::of(Kind::SpanId),
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], String(SpanID("0102030405060708")))"#,
            expect: r#"{"a": "[1,2,3,4,5,6,7,8]"}"#,
        },
        Example {
            given: r#"{"a": "x"}"#,
            statement: r#"set(log.attributes["a"], String(SpanID(log.attributes["a"])))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(span_id),
};

fn span_id<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target] = *args else { return Err(EvalError::Internal("SpanID")) };
    id_of(target).map(Value::SpanId)
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    check_id::<8>(args)
}
