//! The conversions that parameters ask for.

use crate::error::EvalError;
use crate::frame::Workspace;
use crate::paths::hex;
use crate::text::json::{Style, push_json};
use crate::text::number::{parse_float, parse_int, truncate};
use crate::types::Type;
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
            let expected = Type::NUMBER.or(Type::STRING).or(Type::BOOL);
            return Err(EvalError::Expected { expected, got: other.kind() });
        }
    })
}

/// A value as a double: integers and truth values by their number, text must be a number. Nil stays
/// nil.
///
/// # Errors
/// For text that is no number, and for all other types.
pub fn float_like(value: Value<'_>) -> Result<Value<'static>, EvalError> {
    Ok(match value {
        Value::Nil => Value::Nil,
        Value::Int(value) => Value::Float(value as f64),
        Value::Float(value) => Value::Float(value),
        Value::Bool(value) => Value::Float(f64::from(u8::from(value))),
        Value::Str(text) => match parse_float(text) {
            Some(value) => Value::Float(value),
            None => {
                return Err(EvalError::NotANumber { text: text.into(), why: "is not a number" });
            }
        },
        other => {
            let expected = Type::NUMBER.or(Type::STRING).or(Type::BOOL);
            return Err(EvalError::Expected { expected, got: other.kind() });
        }
    })
}

/// A value as a truth value: numbers are true unless zero, text must be one of Go's words for truth
/// values. Nil stays nil.
///
/// # Errors
/// For other text, and for all other types.
pub fn bool_like(value: Value<'_>) -> Result<Value<'static>, EvalError> {
    Ok(match value {
        Value::Nil => Value::Nil,
        Value::Bool(value) => Value::Bool(value),
        Value::Int(value) => Value::Bool(value != 0),
        Value::Float(value) => Value::Bool(value != 0.0),
        Value::Str("1" | "t" | "T" | "true" | "TRUE" | "True") => Value::Bool(true),
        Value::Str("0" | "f" | "F" | "false" | "FALSE" | "False") => Value::Bool(false),
        Value::Str(text) => {
            return Err(EvalError::InvalidText { text: text.into(), wanted: "a truth value" });
        }
        other => {
            let expected = Type::NUMBER.or(Type::STRING).or(Type::BOOL);
            return Err(EvalError::Expected { expected, got: other.kind() });
        }
    })
}

/// A value as bytes: text by its bytes, numbers by their eight bytes with the highest first, truth
/// values by one byte. Nil stays nil.
///
/// # Errors
/// For all other types.
pub fn bytes_like<'a>(work: &Workspace<'a>, value: Value<'a>) -> Result<Value<'a>, EvalError> {
    let owned = |bytes: &[u8]| Value::Bytes(work.arena.alloc_slice_copy(bytes));
    Ok(match value {
        Value::Nil | Value::Bytes(_) => value,
        Value::Str(text) => Value::Bytes(text.as_bytes()),
        Value::Int(value) => owned(&value.to_be_bytes()),
        Value::Float(value) => owned(&value.to_bits().to_be_bytes()),
        Value::Bool(value) => owned(&[u8::from(value)]),
        other => {
            let expected = Type::BYTES.or(Type::STRING).or(Type::NUMBER).or(Type::BOOL);
            return Err(EvalError::Expected { expected, got: other.kind() });
        }
    })
}
