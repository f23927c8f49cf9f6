//! `convert_entry`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use holt_pdata::ValueView;

use super::super::{FunctionDecl, Param, Shim, Takes};
use super::{entry, set_entry};
use crate::error::EvalError;
use crate::frame::{Frame, Workspace};
use crate::paths::Target;
use crate::text::json::{Style, push_json};
use crate::text::number::{parse_float, parse_int, push_float_as_text, truncate};
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
    internal: true,
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
    let work = &frame.state.work;
    let converted = match wanted {
        "int" => to_int(work, value),
        "double" => to_double(work, value),
        "string" => to_text(work, value),
        _ => return Err(EvalError::Internal("the type is int, double or string")),
    };
    match converted {
        Some(converted) => set_entry(frame, target, key, converted),
        None => Ok(()),
    }
}

fn to_int<'a>(work: &Workspace<'a>, value: ValueView<'a>) -> Option<Value<'a>> {
    Some(Value::Int(match value {
        ValueView::Int(_) => return None,
        ValueView::Double(value) => truncate(value),
        ValueView::Bool(value) => i64::from(value),
        other => parse_int(text_of(work, other)?).ok()?,
    }))
}

fn to_double<'a>(work: &Workspace<'a>, value: ValueView<'a>) -> Option<Value<'a>> {
    Some(Value::Float(match value {
        ValueView::Double(_) => return None,
        ValueView::Int(value) => value as f64,
        ValueView::Bool(value) => f64::from(u8::from(value)),
        other => parse_float(text_of(work, other)?)?,
    }))
}

fn to_text<'a>(work: &Workspace<'a>, value: ValueView<'a>) -> Option<Value<'a>> {
    match value {
        ValueView::Str(_) => None,
        other => text_of(work, other).map(Value::Str),
    }
}

/// The text form that the telemetry model gives a value: JSON for lists and maps, base64 for bytes.
fn text_of<'a>(work: &Workspace<'a>, value: ValueView<'a>) -> Option<&'a str> {
    let mut text = String::new();
    match value {
        ValueView::Str(text) => return Some(text),
        ValueView::Empty | ValueView::StrIndex(_) => {}
        ValueView::Double(value) => push_float_as_text(&mut text, value),
        ValueView::Bytes(bytes) => STANDARD.encode_string(bytes, &mut text),
        other => push_json(&mut text, other.into(), Style::Plain).ok()?,
    }
    Some(work.arena.alloc_str(&text))
}
