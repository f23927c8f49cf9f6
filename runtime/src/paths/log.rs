//! Paths of a log record.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use holt_pdata::ValueView;
use holt_pdata::messages::numbers::LOG_RECORD as LOG;

use super::Slot;
use super::Storage::{Attributes, Enumeration, Fixed32, Fixed64, SpanIdText, TraceIdText, Uint32};
use super::decl::{
    CACHE, Custom, Keys, PathDecl, custom, int, map, span_id, string, text, time, trace_id,
};
use super::nested::{element, with_written};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::text::json::{Style, push_json};
use crate::text::number::push_float_as_text;
use crate::types::Type;
use crate::value::Value;

pub(super) const PATHS: &[PathDecl] = &[
    int("time_unix_nano", Fixed64(LOG::time_unix_nano), "When it happened, in nanoseconds."),
    time("time", LOG::time_unix_nano, "When it happened."),
    int(
        "observed_time_unix_nano",
        Fixed64(LOG::observed_time_unix_nano),
        "When it was first seen by a collector, in nanoseconds.",
    ),
    time("observed_time", LOG::observed_time_unix_nano, "When it was first seen by a collector."),
    int("severity_number", Enumeration(LOG::severity_number), "Severity, by number."),
    text("severity_text", LOG::severity_text, "Severity as the source wrote it."),
    custom(
        "body",
        (Type::VALUE, Type::VALUE),
        Keys::Value,
        Custom { get: body_get, set: body_set },
        "The message: text or any other value. Keys need a map or list.",
    ),
    custom(
        "body.string",
        (Type::STRING, Type::STRING),
        Keys::None,
        Custom { get: body_text_get, set: body_text_set },
        "The message as text; maps and lists as JSON.",
    ),
    map("attributes", Attributes, "Attributes of the log record."),
    int(
        "dropped_attributes_count",
        Uint32(LOG::dropped_attributes_count),
        "Number of attributes that were left out.",
    ),
    int("flags", Fixed32(LOG::flags), "W3C trace flags."),
    trace_id("trace_id", LOG::trace_id, "Trace that the record belongs to."),
    string("trace_id.string", TraceIdText(LOG::trace_id), "Trace id as hexadecimal text."),
    span_id("span_id", LOG::span_id, "Span that the record belongs to."),
    string("span_id.string", SpanIdText(LOG::span_id), "Span id as hexadecimal text."),
    text("event_name", LOG::event_name, "Kind of event that the record describes."),
    CACHE,
];

fn body_view<'a>(frame: &mut Frame<'_, 'a>, slot: Slot) -> ValueView<'a> {
    let raw = frame.record(slot).field(LOG::body).map(|field| field.bytes).unwrap_or_default();
    ValueView::decode(raw)
}

fn body<'a>(frame: &mut Frame<'_, 'a>, slot: Slot) -> Value<'a> {
    body_view(frame, slot).into()
}

fn body_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let body = body(frame, slot);
    if keys.is_empty() {
        return Ok(body);
    }
    indexable(body)?;
    element(body, keys)
}

fn body_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let body = body_view(frame, slot);
    if !keys.is_empty() {
        indexable(body.into())?;
    }
    let (new, outcome) = with_written(&frame.state.work, Some(body), keys, value);
    if let Some(new) = new {
        write_body(frame, slot, new);
    }
    outcome
}

fn write_body(frame: &mut Frame<'_, '_>, slot: Slot, value: ValueView<'_>) {
    let mut encoded = Vec::with_capacity(value.encoded_len());
    value.encode(&mut encoded);
    let encoded = frame.state.work.arena.alloc_slice_copy(&encoded);
    frame.record(slot).set_message(LOG::body, encoded);
}

/// Unlike an attribute, an empty body does not become a map or list by being indexed.
fn indexable(body: Value<'_>) -> Result<(), EvalError> {
    match body {
        Value::Map(_) | Value::List(_) => Ok(()),
        other => Err(EvalError::BodyNotIndexable(other.kind())),
    }
}

fn body_text_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let mut text = String::new();
    match body(frame, slot) {
        Value::Str(text) => return Ok(Value::Str(text)),
        Value::Nil => {}
        Value::Float(value) => push_float_as_text(&mut text, value),
        Value::Bytes(bytes) => STANDARD.encode_string(bytes, &mut text),
        // Maps that hold NaN have no text in the reference either.
        other => push_json(&mut text, other, Style::Plain).unwrap_or_else(|_| text.clear()),
    }
    Ok(frame.state.work.text(&text))
}

fn body_text_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Str(text) = value else { return Err(EvalError::Internal("log body")) };
    write_body(frame, slot, ValueView::Str(text));
    Ok(())
}
