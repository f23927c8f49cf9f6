//! Paths of a span event.

use holt_pdata::messages::numbers::SPAN_EVENT as EVENT;

use super::Slot;
use super::Storage::{Attributes, Fixed64, Uint32};
use super::decl::{CACHE, Custom, Keys, PathDecl, custom, int, map, text, time};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(super) const PATHS: &[PathDecl] = &[
    int("time_unix_nano", Fixed64(EVENT::time_unix_nano), "When it happened, in nanoseconds."),
    time("time", EVENT::time_unix_nano, "When it happened."),
    text("name", EVENT::name, "What happened."),
    map("attributes", Attributes, "Attributes of the event."),
    int(
        "dropped_attributes_count",
        Uint32(EVENT::dropped_attributes_count),
        "Number of attributes that were left out.",
    ),
    custom(
        "event_index",
        (Type::INT, Type::NOTHING),
        Keys::None,
        Custom { get: index_get, set: index_set },
        "Position of the event in its span. Not known in the transform processor, where reading it \
         fails.",
    ),
    CACHE,
];

fn index_get<'a>(_: &mut Frame<'_, 'a>, _: Slot, _: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    Err(EvalError::NoEventIndex)
}

fn index_set<'a>(
    _: &mut Frame<'_, 'a>,
    _: Slot,
    _: &[Value<'a>],
    _: Value<'a>,
) -> Result<(), EvalError> {
    Err(EvalError::ReadOnly("spanevent.event_index"))
}
