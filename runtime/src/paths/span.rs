//! Paths of a span.

use holt_pdata::messages::numbers::{SPAN, STATUS};
use holt_pdata::schema::enums::SPAN_KIND;
use holt_pdata::wire::{self, Fields, WireType, put_len, put_tag, put_varint};

use super::Slot;
use super::Storage::{
    Attributes, Enumeration, EnumerationName, Fixed64, SpanIdText, TraceIdText, Uint32,
};
use super::decl::{
    CACHE, Custom, Keys, PathDecl, custom, int, map, message, span_id, string, text, time, trace_id,
};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::text::trace_state;
use crate::types::Type;
use crate::value::Value;
use crate::whole::Shape;

/// The names that `kind.string` uses.
const KIND_NAMES: &[(&str, i32)] = &[
    ("Unspecified", 0),
    ("Internal", 1),
    ("Server", 2),
    ("Client", 3),
    ("Producer", 4),
    ("Consumer", 5),
];

static EVENTS: Shape = Shape::list("span events", "ptrace.SpanEventSlice");
static LINKS: Shape = Shape::list("span links", "ptrace.SpanLinkSlice");
static STATUS_SHAPE: Shape = Shape::one("a span status", "ptrace.Status");

pub(super) const PATHS: &[PathDecl] = &[
    trace_id("trace_id", SPAN::trace_id, "Trace that the span belongs to."),
    string("trace_id.string", TraceIdText(SPAN::trace_id), "Trace id as hexadecimal text."),
    span_id("span_id", SPAN::span_id, "Id of the span."),
    string("span_id.string", SpanIdText(SPAN::span_id), "Span id as hexadecimal text."),
    span_id("parent_span_id", SPAN::parent_span_id, "Id of the span that caused this one."),
    string(
        "parent_span_id.string",
        SpanIdText(SPAN::parent_span_id),
        "Id of the causing span as hexadecimal text.",
    ),
    custom(
        "trace_state",
        (Type::STRING, Type::STRING),
        Keys::Member,
        Custom { get: trace_state_get, set: trace_state_set },
        "W3C trace state; members by key.",
    ),
    text("name", SPAN::name, "What the span did."),
    int("kind", Enumeration(SPAN::kind), "Kind of span, by number."),
    string("kind.string", EnumerationName(SPAN::kind, KIND_NAMES), "Kind of span: `Server`."),
    string(
        "kind.deprecated_string",
        EnumerationName(SPAN::kind, SPAN_KIND.values),
        "Kind of span: `SPAN_KIND_SERVER`.",
    ),
    int("start_time_unix_nano", Fixed64(SPAN::start_time_unix_nano), "Start, in nanoseconds."),
    time("start_time", SPAN::start_time_unix_nano, "Start."),
    int("end_time_unix_nano", Fixed64(SPAN::end_time_unix_nano), "End, in nanoseconds."),
    time("end_time", SPAN::end_time_unix_nano, "End."),
    map("attributes", Attributes, "Attributes of the span."),
    int(
        "dropped_attributes_count",
        Uint32(SPAN::dropped_attributes_count),
        "Number of attributes that were left out.",
    ),
    message("events", SPAN::events, &EVENTS, "All events, as a whole. Nil removes them."),
    int(
        "dropped_events_count",
        Uint32(SPAN::dropped_events_count),
        "Number of events that were left out.",
    ),
    message("links", SPAN::links, &LINKS, "All links, as a whole. Nil removes them."),
    int(
        "dropped_links_count",
        Uint32(SPAN::dropped_links_count),
        "Number of links that were left out.",
    ),
    custom(
        "flags",
        (Type::INT, Type::INT),
        Keys::None,
        Custom { get: flags_get, set: flags_set },
        "W3C trace flags and whether the parent is remote. Takes 32 bits.",
    ),
    message("status", SPAN::status, &STATUS_SHAPE, "How the span ended, as a whole."),
    custom(
        "status.code",
        (Type::INT, Type::INT),
        Keys::None,
        Custom { get: status_code_get, set: status_code_set },
        "How the span ended, by number.",
    ),
    custom(
        "status.message",
        (Type::STRING, Type::STRING),
        Keys::None,
        Custom { get: status_message_get, set: status_message_set },
        "What is said about how the span ended.",
    ),
    CACHE,
];

fn trace_state_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let header = frame.record(slot).text(SPAN::trace_state);
    let Some(key) = keys.first() else { return Ok(Value::Str(header)) };
    Ok(trace_state::get(header, member(*key)?).map_or(Value::Nil, Value::Str))
}

fn trace_state_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Str(text) = value else { return Err(EvalError::Internal("trace state")) };
    let text = match keys.first() {
        None => text,
        Some(key) => {
            let header = frame.record(slot).text(SPAN::trace_state);
            // The reference changes nothing when the header or the member is malformed.
            let Some(new) = trace_state::set(header, member(*key)?, text) else { return Ok(()) };
            frame.state.work.arena.alloc_str(&new)
        }
    };
    frame.record(slot).set_text(SPAN::trace_state, text);
    Ok(())
}

fn member(key: Value<'_>) -> Result<&str, EvalError> {
    match key {
        Value::Str(key) => Ok(key),
        other => Err(EvalError::Expected { expected: Type::STRING, got: other.kind() }),
    }
}

fn status<'a>(frame: &mut Frame<'_, 'a>, slot: Slot) -> &'a [u8] {
    frame.record(slot).field(SPAN::status).map(|field| field.bytes).unwrap_or_default()
}

fn flags_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let flags = frame.record(slot).field(SPAN::flags).map_or(0, |field| field.scalar as u32);
    Ok(Value::Int(i64::from(flags)))
}

fn flags_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Int(value) = value else { return Err(EvalError::Internal("span flags")) };
    let flags = u32::try_from(value).map_err(|_| EvalError::OutOfRange(value))?;
    frame.record(slot).set_fixed32(SPAN::flags, flags);
    Ok(())
}

fn status_code_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let code = wire::find(status(frame, slot), STATUS::code).map(|field| field.scalar as i32);
    Ok(Value::Int(i64::from(code.unwrap_or_default())))
}

fn status_code_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Int(code) = value else { return Err(EvalError::Internal("status code")) };
    write_status(frame, slot, STATUS::code, |out| {
        if code as i32 != 0 {
            put_tag(out, STATUS::code, WireType::Varint);
            put_varint(out, i64::from(code as i32).cast_unsigned());
        }
    });
    Ok(())
}

fn status_message_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let message = wire::find(status(frame, slot), STATUS::message).map(|field| field.text());
    Ok(Value::Str(message.unwrap_or_default()))
}

fn status_message_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Str(text) = value else { return Err(EvalError::Internal("status message")) };
    write_status(frame, slot, STATUS::message, |out| {
        if !text.is_empty() {
            put_len(out, STATUS::message, text.as_bytes());
        }
    });
    Ok(())
}

fn write_status(
    frame: &mut Frame<'_, '_>,
    slot: Slot,
    number: u32,
    put: impl FnOnce(&mut Vec<u8>),
) {
    let encoded = with_field(status(frame, slot), number, put);
    let encoded = frame.state.work.arena.alloc_slice_copy(&encoded);
    frame.record(slot).set_message(SPAN::status, encoded);
}

/// The message with field `number` written anew; all other fields stay.
pub(super) fn with_field(message: &[u8], number: u32, put: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 16);
    let mut put = Some(put);
    let mut fields = Fields::new(message);
    let mut start = 0;
    while let Some(field) = fields.next() {
        let end = fields.offset();
        if field.number > number
            && let Some(put) = put.take()
        {
            put(&mut out);
        }
        if field.number != number {
            out.extend_from_slice(message.get(start..end).unwrap_or_default());
        }
        start = end;
    }
    if let Some(put) = put {
        put(&mut out);
    }
    out
}
