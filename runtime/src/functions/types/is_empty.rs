//! `IsEmpty`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::time::zone::Zone;
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const IS_EMPTY: FunctionDecl = FunctionDecl {
    name: "IsEmpty",
    doc: "Whether there is no value, or one that is the zero of its type: empty text, bytes, lists and \
          maps, 0, false, an id of zeros.",
    params: &[Param::required("target", Takes::Any)],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": 0}"#,
            statement: r#"set(log.attributes["r"], IsEmpty(log.attributes["a"]))"#,
            expect: r#"{"a": 0, "r": true}"#,
        },
        Example {
            given: "{}",
            statement: r#"set(log.attributes["r"], IsEmpty(log.attributes["a"]))"#,
            expect: r#"{"r": true}"#,
        },
        Example {
            given: r#"{"a": " "}"#,
            statement: r#"set(log.attributes["r"], IsEmpty(log.attributes["a"]))"#,
            expect: r#"{"a": " ", "r": false}"#,
        },
    ],
    run: Shim::Converter(is_empty),
};

/// The zero of Go's times: the beginning of the year 1, in seconds since 1970.
const YEAR_ONE: i64 = -62_135_596_800;

fn is_empty<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [value] = *args else { return Err(EvalError::Internal("IsEmpty")) };
    let zero = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
    Ok(Value::Bool(match value {
        Value::Nil => true,
        Value::Bool(value) => !value,
        Value::Int(value) | Value::Duration(value) => value == 0,
        Value::Float(value) => value == 0.0,
        Value::Str(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Items(items) => items.is_empty(),
        Value::TraceId(id) | Value::ProfileId(id) => zero(&id),
        Value::SpanId(id) => zero(&id),
        Value::Time(time) => {
            (time.seconds(), time.subsecond_nanos()) == (YEAR_ONE, 0) && time.zone() == Zone::UTC
        }
        Value::Typed(list) => list.elements.is_empty(),
        // As in the reference, even a list of messages without elements.
        Value::Message(_) | Value::Pattern(_) | Value::Function(_) | Value::Failed(_) => false,
    }))
}
