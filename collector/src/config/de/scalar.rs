//! Numbers out of scalars, and what is said when a value has the wrong type.

use super::error::Error;
use crate::config::codes::WRONG_VALUE;
use crate::config::yaml::{Kind, Node, ScalarValue};

/// The whole number in a node. A number with a fraction is cut towards zero, as the reference does.
pub(super) fn integer(node: &Node) -> Option<Result<i128, String>> {
    match node.as_scalar()?.value {
        ScalarValue::Integer(value) => Some(Ok(i128::from(value))),
        ScalarValue::Unsigned(value) => Some(Ok(i128::from(value))),
        ScalarValue::Float(value) if value.is_finite() && value.abs() < 1e19 => {
            // In range by the guard; the cut is the point.
            #[allow(clippy::cast_possible_truncation)]
            Some(Ok(value.trunc() as i128))
        }
        ScalarValue::Float(value) => Some(Err(format!("the number `{value}` has no whole part"))),
        _ => None,
    }
}

/// The number in a node.
pub(super) fn float(node: &Node) -> Option<f64> {
    // The reference loses the same digits.
    #[allow(clippy::cast_precision_loss)]
    match node.as_scalar()?.value {
        ScalarValue::Integer(value) => Some(value as f64),
        ScalarValue::Unsigned(value) => Some(value as f64),
        ScalarValue::Float(value) => Some(value),
        _ => None,
    }
}

/// The error of a value of the wrong type. `wanted` is in the words of a message, `reference` is
/// the type as the reference's message names it.
pub(super) fn wrong_type(node: &Node, wanted: &str, reference: &str) -> Error {
    let mut notes = Vec::new();
    if let Some(help) = help(node, reference) {
        notes.push(help);
    }
    notes.push(format!(
        "the Go collector says: expected type '{reference}', got unconvertible type '{}'",
        node.reference_type()
    ));
    Error::new(WRONG_VALUE, format!("expected {wanted}, found {}", node.describe()), notes)
}

/// How to mend a value of the wrong type, where that is plain.
fn help(node: &Node, reference: &str) -> Option<String> {
    let Kind::Scalar(scalar) = &node.kind else { return None };
    match (reference, scalar.value) {
        ("string", ScalarValue::Text) | ("nil", _) => None,
        ("string", _) if node.secret => Some("put the value in quotes".to_owned()),
        ("string", _) => Some(format!("put the value in quotes: `\"{}\"`", scalar.text)),
        ("int" | "float64", ScalarValue::Text) if !node.secret => {
            let inner = scalar.text.trim();
            inner
                .parse::<f64>()
                .is_ok()
                .then(|| format!("write the number without quotes: `{inner}`"))
        }
        ("bool", ScalarValue::Text) => match scalar.text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Some("write `true`, without quotes".to_owned()),
            "false" | "no" | "off" | "n" => Some("write `false`, without quotes".to_owned()),
            _ => None,
        },
        ("slice", _) => Some(format!("write a list: `[{}]`", scalar.text)),
        ("map", _) => Some("write the keys on the following lines, indented further".to_owned()),
        _ => None,
    }
}
