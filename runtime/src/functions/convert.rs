//! The conversions that parameters ask for.

use crate::error::EvalError;
use crate::frame::Workspace;
use crate::paths::hex;
use crate::text::json::{Style, push_json};
use crate::text::number::{parse_int, truncate};
use crate::value::Value;

/// A value as text: text as it is, bytes in hexadecimal, everything else as JSON. Nil stays nil.
///
/// # Errors
/// For a double that is not finite.
pub fn text_like<'a>(work: &Workspace<'a>, value: Value<'a>) -> Result<Value<'a>, EvalError> {
    match value {
        Value::Nil | Value::Str(_) => Ok(value),
        Value::Bool(value) => Ok(Value::Str(if value { "true" } else { "false" })),
        Value::Bytes(bytes) => Ok(work.text(&hex(bytes))),
        other => {
            let mut text = String::new();
            push_json(&mut text, other, Style::Escaped)?;
            Ok(work.text(&text))
        }
    }
}

/// A value as an integer: doubles are cut towards zero, truth values are 1 and 0, text must be a
/// decimal integer. Nil stays nil.
///
/// # Errors
/// For text that is no integer, and for all other types.
pub fn int_like(value: Value<'_>) -> Result<Value<'static>, EvalError> {
    Ok(match value {
        Value::Nil => Value::Nil,
        Value::Int(value) => Value::Int(value),
        Value::Float(value) => Value::Int(truncate(value)),
        Value::Bool(value) => Value::Int(i64::from(value)),
        Value::Str(text) => Value::Int(parse_int(text)?),
        other => {
            let expected = crate::types::Type::NUMBER
                .or(crate::types::Type::STRING)
                .or(crate::types::Type::BOOL);
            return Err(EvalError::Expected { expected, got: other.kind() });
        }
    })
}
