//! Values of any type in the settings: YAML in, constants of a program out.

use holt_pdata::ValueView;
use holt_runtime::compiler::hir::Constant;
use holt_runtime::encode::{put_entry, put_value};

use crate::config::yaml::{Kind, Node, ScalarValue};

/// The value of a node. Whole numbers beyond 63 bits wrap, as in the reference.
///
/// # Errors
/// The node of a date without quotes, which telemetry cannot carry.
pub(crate) fn constant(node: &Node) -> Result<Constant, &Node> {
    Ok(match &node.kind {
        Kind::Null => Constant::Nil,
        Kind::Scalar(scalar) => match scalar.value {
            ScalarValue::Bool(value) => Constant::Bool(value),
            ScalarValue::Integer(value) | ScalarValue::Duration(value) => Constant::Int(value),
            ScalarValue::Unsigned(value) => Constant::Int(value.cast_signed()),
            ScalarValue::Float(value) => Constant::Float(value),
            ScalarValue::Text => Constant::Str(scalar.text.as_str().into()),
            ScalarValue::Timestamp => return Err(node),
        },
        Kind::Sequence(items) => {
            let mut encoded = Vec::new();
            for item in items {
                put_value(&mut encoded, view(&constant(item)?));
            }
            Constant::List(encoded.into())
        }
        Kind::Mapping(mapping) => {
            let mut encoded = Vec::new();
            for (key, entry) in &mapping.entries {
                put_entry(&mut encoded, key, view(&constant(&entry.value)?));
            }
            Constant::Map(encoded.into())
        }
    })
}

/// The value of a node as an encoded `AnyValue`.
///
/// # Errors
/// As [`constant`].
pub(crate) fn any_value(node: &Node) -> Result<Vec<u8>, &Node> {
    let mut encoded = Vec::new();
    view(&constant(node)?).encode(&mut encoded);
    Ok(encoded)
}

/// A constant as telemetry holds it.
fn view(constant: &Constant) -> ValueView<'_> {
    match constant {
        Constant::Bool(value) => ValueView::Bool(*value),
        Constant::Int(value) => ValueView::Int(*value),
        Constant::Float(value) => ValueView::Double(*value),
        Constant::Str(text) => ValueView::Str(text),
        Constant::List(encoded) => ValueView::Array(holt_pdata::ArrayView::new(encoded)),
        Constant::Map(encoded) => ValueView::Map(holt_pdata::MapView::new(encoded)),
        // Nothing else comes out of YAML.
        _ => ValueView::Empty,
    }
}

/// What the reference calls the type of a value.
pub(super) const fn reference_type(constant: &Constant) -> &'static str {
    match constant {
        Constant::Bool(_) => "Bool",
        Constant::Int(_) => "Int",
        Constant::Float(_) => "Double",
        Constant::Str(_) => "Str",
        Constant::List(_) => "Slice",
        Constant::Map(_) => "Map",
        _ => "Empty",
    }
}
