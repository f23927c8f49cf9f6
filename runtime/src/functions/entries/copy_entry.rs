//! `copy_entry`

use super::super::{FunctionDecl, Offered, Param, Shim, Takes};
use super::{Mode, entry, set_entry};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const COPY_ENTRY: FunctionDecl = FunctionDecl {
    name: "copy_entry",
    doc: "Gives an entry of a map the value of another one, as `put_entry`; when the other one is \
          missing, the default, or nothing happens if that is nil.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("key", Takes::Exactly(Type::STRING)),
        Param::required("mode", Takes::Exactly(Type::STRING)),
        Param::required("from", Takes::Exactly(Type::STRING)),
        Param::optional("default", Takes::Any),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::INTERNAL,
    check: None,
    examples: &[],
    run: Shim::Editor(copy_entry),
};

fn copy_entry<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(key), mode, Value::Str(from), default] = *args else {
        return Err(EvalError::Internal("copy_entry"));
    };
    let mode = Mode::of(mode)?;
    let value = match entry(frame, target, from)? {
        Some(value) => value.into(),
        None if default.is_nil() => return Ok(()),
        None => default,
    };
    if mode == Mode::Upsert || mode.writes(entry(frame, target, key)?.is_some()) {
        set_entry(frame, target, key, value)?;
    }
    Ok(())
}
