//! Whether an attribute is there. The language cannot ask: its paths read a missing attribute and an
//! empty one alike. Processors that are built from trees can, through
//! [`has_attribute`](crate::compiler::hir::builder::has_attribute).

use super::decl::{Custom, Keys, PathDecl};
use super::{Slot, Storage};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

/// A path in place of `attributes`, with one text key. It is in no context's table.
pub(crate) static HAS_ATTRIBUTE: PathDecl = PathDecl {
    name: "has_attribute",
    doc: "Whether there is an attribute of that key, even an empty one.",
    get: Type::BOOL,
    set: Type::NOTHING,
    keys: Keys::Value,
    storage: Storage::Custom(Custom { get, set }),
};

fn get<'a>(
    frame: &mut Frame<'_, 'a>,
    slot: Slot,
    keys: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Str(key)] = keys else { return Err(EvalError::Internal("has_attribute")) };
    Ok(Value::Bool(frame.record(slot).attribute(key).is_some()))
}

fn set<'a>(_: &mut Frame<'_, 'a>, _: Slot, _: &[Value<'a>], _: Value<'a>) -> Result<(), EvalError> {
    Err(EvalError::ReadOnly(HAS_ATTRIBUTE.name))
}
