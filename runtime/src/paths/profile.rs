//! Paths of a profile. Its strings and attributes stand in the dictionary of the request.

use holt_pdata::messages::numbers::{PROFILE, VALUE_TYPE};
use holt_pdata::wire::{self, WireType, put_tag, put_varint};

use super::Slot;
use super::Storage::{Fixed64, Uint32};
use super::access::{hex, unhex};
use super::decl::{CACHE, Custom, Keys, PathDecl, custom, int, list, map, message, text, time};
use super::numbers::{ints, numbers};
use super::span::with_field;
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::{Kind, Type};
use crate::value::Value;
use crate::whole::{Count, ElementType, Shape};

static VALUE_TYPE_SHAPE: Shape = Shape::one("a value type", "pprofile.ValueType");
static SAMPLES: Shape =
    Shape { name: "samples", go_type: "pprofile.SampleSlice", count: Count::Many };

const PROFILE_ID: Type = Type::of(Kind::ProfileId);

pub(super) const PATHS: &[PathDecl] = &[
    message(
        "sample_type",
        PROFILE::sample_type,
        &VALUE_TYPE_SHAPE,
        "What the values of samples mean, as a whole.",
    ),
    string("sample_type.type", (sample_type_get, sample_type_set), "What samples count: `cpu`."),
    string("sample_type.unit", (sample_unit_get, sample_unit_set), "Unit of the counts: `ns`."),
    message("sample", PROFILE::samples, &SAMPLES, "All samples, as a whole. Nil removes them."),
    int("time_unix_nano", Fixed64(PROFILE::time_unix_nano), "Start, in nanoseconds."),
    time("time", PROFILE::time_unix_nano, "Start."),
    number("duration_unix_nano", (duration_get, duration_set), "Length, in nanoseconds."),
    number("duration", (duration_get, duration_set), "Length, in nanoseconds."),
    message(
        "period_type",
        PROFILE::period_type,
        &VALUE_TYPE_SHAPE,
        "What the period means, as a whole.",
    ),
    string("period_type.type", (period_type_get, period_type_set), "What is counted: `cpu`."),
    string("period_type.unit", (period_unit_get, period_unit_set), "Unit of the period: `ns`."),
    number("period", (period_get, period_set), "Events between two samples."),
    custom(
        "profile_id",
        (PROFILE_ID, PROFILE_ID),
        Keys::None,
        Custom { get: id_get, set: id_set },
        "Id of the profile. Refuses the empty one.",
    ),
    string("profile_id.string", (id_text_get, id_text_set), "Profile id as hexadecimal text."),
    list(
        "attribute_indices",
        Custom { get: indices_get, set: indices_set },
        "Attributes, by their index in the dictionary of the request.",
    ),
    map(
        "attributes",
        super::Storage::Custom(Custom { get: attributes_get, set: attributes_set }),
        "Attributes of the profile.",
    ),
    int(
        "dropped_attributes_count",
        Uint32(PROFILE::dropped_attributes_count),
        "Number of attributes that were left out.",
    ),
    text(
        "original_payload_format",
        PROFILE::original_payload_format,
        "Format of the original payload: `pprof`.",
    ),
    custom(
        "original_payload",
        (Type::BYTES, Type::BYTES),
        Keys::None,
        Custom { get: payload_get, set: payload_set },
        "The profile in its original format.",
    ),
    CACHE,
];

const fn string(
    name: &'static str,
    (get, set): (super::Get, super::Set),
    doc: &'static str,
) -> PathDecl {
    custom(name, (Type::STRING, Type::STRING), Keys::None, Custom { get, set }, doc)
}

const fn number(
    name: &'static str,
    (get, set): (super::Get, super::Set),
    doc: &'static str,
) -> PathDecl {
    custom(name, (Type::INT, Type::INT), Keys::None, Custom { get, set }, doc)
}

/// Declares the reader and the writer of a string of a value type.
macro_rules! value_type {
    ($get:ident, $set:ident, $message:expr, $field:expr) => {
        fn $get<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
        ) -> Result<Value<'a>, EvalError> {
            let index = string_index(frame, slot, $message, $field);
            let text = frame.open.dictionary.string(index);
            text.map(Value::Str).ok_or(EvalError::OutOfBounds(index.into()))
        }

        fn $set<'a>(
            frame: &mut Frame<'_, 'a>,
            slot: Slot,
            _: &[Value<'a>],
            value: Value<'a>,
        ) -> Result<(), EvalError> {
            let Value::Str(text) = value else { return Err(EvalError::Internal("value type")) };
            set_string(frame, slot, $message, $field, text)
        }
    };
}

value_type!(sample_type_get, sample_type_set, PROFILE::sample_type, VALUE_TYPE::type_strindex);
value_type!(sample_unit_get, sample_unit_set, PROFILE::sample_type, VALUE_TYPE::unit_strindex);
value_type!(period_type_get, period_type_set, PROFILE::period_type, VALUE_TYPE::type_strindex);
value_type!(period_unit_get, period_unit_set, PROFILE::period_type, VALUE_TYPE::unit_strindex);

fn string_index(frame: &mut Frame<'_, '_>, slot: Slot, message: u32, field: u32) -> i32 {
    let message = frame.record(slot).field(message).map(|field| field.bytes).unwrap_or_default();
    wire::find(message, field).map_or(0, |found| found.scalar as i32)
}

fn set_string<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    message: u32,
    field: u32,
    text: &'a str,
) -> Result<(), EvalError> {
    let current = string_index(frame, slot, message, field);
    let dictionary = &mut frame.open.dictionary;
    // Of two entries with the same text, the one that is used stays in use.
    if current != 0 && dictionary.string(current) == Some(text) {
        return Ok(());
    }
    let index = dictionary.intern(text).ok_or(EvalError::Internal("the dictionary is full"))?;
    let raw = frame.record(slot).field(message).map(|field| field.bytes).unwrap_or_default();
    let encoded = with_field(raw, field, |out| {
        if index != 0 {
            put_tag(out, field, WireType::Varint);
            put_varint(out, i64::from(index).cast_unsigned());
        }
    });
    let encoded = frame.state.work.arena.alloc_slice_copy(&encoded);
    frame.record(slot).set_message(message, encoded);
    Ok(())
}

fn scalar(frame: &mut Frame<'_, '_>, slot: Slot, number: u32) -> u64 {
    frame.record(slot).field(number).map_or(0, |field| field.scalar)
}

fn duration_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    Ok(Value::Int(scalar(frame, slot, PROFILE::duration_nano).cast_signed()))
}

fn duration_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Int(value) = value else { return Err(EvalError::Internal("duration")) };
    let duration = u64::try_from(value).map_err(|_| EvalError::Negative(value))?;
    frame.record(slot).set_varint(PROFILE::duration_nano, duration);
    Ok(())
}

fn period_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    Ok(Value::Int(scalar(frame, slot, PROFILE::period).cast_signed()))
}

fn period_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Int(value) = value else { return Err(EvalError::Internal("period")) };
    frame.record(slot).set_varint(PROFILE::period, value.cast_unsigned());
    Ok(())
}

fn profile_id(frame: &mut Frame<'_, '_>, slot: Slot) -> [u8; 16] {
    let field = frame.record(slot).field(PROFILE::profile_id);
    field.and_then(|field| field.bytes.try_into().ok()).unwrap_or_default()
}

fn set_profile_id(frame: &mut Frame<'_, '_>, slot: Slot, id: [u8; 16]) -> Result<(), EvalError> {
    if id == [0; 16] {
        let wanted = "a profile id that is not all zero";
        return Err(EvalError::InvalidText { text: hex(&id).into(), wanted });
    }
    let id = frame.state.work.arena.alloc_slice_copy(&id);
    frame.record(slot).set_bytes(PROFILE::profile_id, id);
    Ok(())
}

fn id_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    Ok(Value::ProfileId(profile_id(frame, slot)))
}

fn id_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::ProfileId(id) = value else { return Err(EvalError::Internal("profile id")) };
    set_profile_id(frame, slot, id)
}

fn id_text_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let id = profile_id(frame, slot);
    Ok(frame.state.work.text(&hex(&id)))
}

fn id_text_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Str(text) = value else { return Err(EvalError::Internal("profile id")) };
    set_profile_id(frame, slot, unhex(text, "a profile id of 32 hexadecimal digits")?)
}

fn indices_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let scalars = numbers(frame.record(slot), PROFILE::attribute_indices, WireType::Varint);
    let indices: Vec<_> =
        scalars.into_iter().map(|scalar| Value::Int(i64::from(scalar as i32))).collect();
    Ok(frame.state.work.typed(ElementType::Int, &indices))
}

fn indices_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let indices = ints(value, ElementType::Int)?
        .into_iter()
        .map(|index| i64::from(index as i32).cast_unsigned());
    frame.set_numbers(slot, PROFILE::attribute_indices, WireType::Varint, indices);
    Ok(())
}

fn attributes_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    frame.table_attributes(slot, PROFILE::attribute_indices, keys)
}

fn attributes_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    frame.set_table_attributes(slot, PROFILE::attribute_indices, keys, value)
}

fn payload_get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let field = frame.record(slot).field(PROFILE::original_payload);
    Ok(Value::Bytes(field.map(|field| field.bytes).unwrap_or_default()))
}

fn payload_set<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    _: &[Value<'a>],
    value: Value<'a>,
) -> Result<(), EvalError> {
    let Value::Bytes(payload) = value else { return Err(EvalError::Internal("payload")) };
    frame.record(slot).set_bytes(PROFILE::original_payload, payload);
    Ok(())
}
