//! `Index`

use holt_grammar::ast::CompareOp;

use super::plain::plain_elements;
use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::encode::storable;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::ops::compared;
use crate::types::Type;
use crate::value::Value;
use crate::whole::ElementType;

pub(super) const INDEX: FunctionDecl = FunctionDecl {
    name: "Index",
    doc: "The place of a text in another one, in bytes, or of the first element of a list that equals a \
          value; -1 if there is none.",
    params: &[Param::required("target", Takes::Any), Param::required("value", Takes::Any)],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "héllo"}"#,
            statement: r#"set(log.attributes["r"], Index(log.attributes["a"], "l"))"#,
            expect: r#"{"a": "héllo", "r": 3}"#,
        },
        Example {
            given: r#"{"l": [5, 7.0]}"#,
            statement: r#"set(log.attributes["r"], Index(log.attributes["l"], 7))"#,
            expect: r#"{"l": [5, 7.0], "r": 1}"#,
        },
        Example {
            given: r#"{"l": [5]}"#,
            statement: r#"set(log.attributes["r"], Index(log.attributes["l"], "5"))"#,
            expect: r#"{"l": [5], "r": -1}"#,
        },
    ],
    run: Shim::Converter(index),
};

fn index<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target, value] = *args else { return Err(EvalError::Internal("Index")) };
    let place = match (target, value) {
        (Value::Str(text), Value::Str(part)) => text.find(part),
        (Value::Str(_), other) => {
            return Err(EvalError::Expected { expected: Type::STRING, got: other.kind() });
        }
        _ => position(work, target, value)?,
    };
    Ok(Value::Int(place.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1)))
}

/// The place of the first element of a list that equals a value.
///
/// # Errors
/// When there is no list, or one with elements that telemetry cannot carry.
pub(super) fn position<'a>(
    work: &Workspace<'a>,
    list: Value<'a>,
    value: Value<'a>,
) -> Result<Option<usize>, EvalError> {
    let expected = EvalError::Expected { expected: Type::LIST, got: list.kind() };
    let elements = list.elements().ok_or(expected)?;
    // The reference makes a list of telemetry first, of numbers of any type too.
    if !matches!(list, Value::Typed(list) if list.of != ElementType::Time) {
        storable(work.arena, plain_elements(list)?)?;
    }
    Ok(elements.iter().position(|element| compared(CompareOp::Eq, element, value)))
}
