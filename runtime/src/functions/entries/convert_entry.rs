//! `convert_entry`

use holt_pdata::ValueView;

use super::super::text_of::text_of;
use super::super::{FunctionDecl, Offered, Param, Shim, Takes};
use super::{entry, set_entry};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::text::number::{parse_float, parse_int, truncate};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const CONVERT_ENTRY: FunctionDecl = FunctionDecl {
    name: "convert_entry",
    doc: "Converts the value of an entry to `int`, `double` or `string`. What has no such form stays \
          as it is.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("key", Takes::Exactly(Type::STRING)),
        Param::required("type", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::INTERNAL,
    check: None,
    examples: &[],
    run: Shim::Editor(convert_entry),
};

fn convert_entry<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(key), Value::Str(wanted)] = *args else {
        return Err(EvalError::Internal("convert_entry"));
    };
    let Some(value) = entry(frame, target, key)? else { return Ok(()) };
    let converted = match (wanted, value) {
        ("int", value) => to_int(value).map(Value::Int),
        ("double", value) => to_double(value).map(Value::Float),
        ("string", ValueView::Str(_)) => None,
        ("string", value) => Some(Value::Str(text_of(&frame.state.work, value.into()))),
        _ => return Err(EvalError::Internal("the type is int, double or string")),
    };
    match converted {
        Some(converted) => set_entry(frame, target, key, converted),
        None => Ok(()),
    }
}

fn to_int(value: ValueView<'_>) -> Option<i64> {
    match value {
        ValueView::Double(value) => Some(truncate(value)),
        ValueView::Bool(value) => Some(i64::from(value)),
        ValueView::Str(text) => parse_int(text).ok(),
        _ => None,
    }
}

fn to_double(value: ValueView<'_>) -> Option<f64> {
    match value {
        ValueView::Int(value) => Some(value as f64),
        ValueView::Bool(value) => Some(f64::from(u8::from(value))),
        ValueView::Str(text) => parse_float(text),
        _ => None,
    }
}
