//! Elements of lists that statements spell out, where the reference turns these into lists of
//! telemetry: it takes plain values and lists that are spelled out themselves, but no maps, and no lists
//! that a path or a function yields.

use crate::error::EvalError;
use crate::value::Value;

/// Refuses what cannot be such an element.
///
/// # Errors
/// For maps and for lists that are not spelled out, at any depth.
pub(super) fn plain_element(value: Value<'_>) -> Result<Value<'_>, EvalError> {
    match value {
        Value::Map(_) | Value::List(_) | Value::Typed(_) => {
            let message = format!("a {} cannot become an element of a list here", value.kind());
            Err(EvalError::Function(message.into()))
        }
        _ => plain_elements(value),
    }
}

/// Refuses a list that is spelled out and has other than plain elements.
///
/// # Errors
/// As [`plain_element`].
pub(super) fn plain_elements(list: Value<'_>) -> Result<Value<'_>, EvalError> {
    if let Value::Items(items) = list {
        for item in items {
            plain_element(*item)?;
        }
    }
    Ok(list)
}
