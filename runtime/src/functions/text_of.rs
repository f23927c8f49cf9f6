//! `TextOf`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::json::{Style, push_json};
use crate::text::number::push_float_as_text;
use crate::types::Type;
use crate::value::Value;

pub(super) const TEXT_OF: FunctionDecl = FunctionDecl {
    name: "TextOf",
    doc: "The text form that the telemetry model gives a value: lists and maps as JSON, bytes in \
          base64, nothing for nil.",
    params: &[Param::required("value", Takes::Any)],
    returns: Type::STRING,
    pure: true,
    offered: Offered::INTERNAL,
    check: None,
    examples: &[],
    run: Shim::Converter(run),
};

fn run<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [value] = *args else { return Err(EvalError::Internal("TextOf")) };
    Ok(Value::Str(text_of(work, value)))
}

/// The text form that the telemetry model gives a value.
pub(super) fn text_of<'a>(work: &Workspace<'a>, value: Value<'a>) -> &'a str {
    let mut text = String::new();
    match value {
        Value::Str(text) => return text,
        Value::Nil => return "",
        Value::Bool(value) => return if value { "true" } else { "false" },
        Value::Float(value) => push_float_as_text(&mut text, value),
        Value::Bytes(bytes) => STANDARD.encode_string(bytes, &mut text),
        // Lists and maps that hold NaN have no text in the reference either.
        other => push_json(&mut text, other, Style::Plain).unwrap_or_else(|_| text.clear()),
    }
    work.arena.alloc_str(&text)
}
