//! `put_entry`

use super::super::{FunctionDecl, Offered, Param, Shim, Takes};
use super::{Mode, entry, set_entry};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const PUT_ENTRY: FunctionDecl = FunctionDecl {
    name: "put_entry",
    doc: "Gives an entry of a map a value: `insert` if the key is missing, `update` if it is there, \
          `upsert` in any case.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("key", Takes::Exactly(Type::STRING)),
        Param::required("mode", Takes::Exactly(Type::STRING)),
        Param::required("value", Takes::Any),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::INTERNAL,
    check: None,
    examples: &[],
    run: Shim::Editor(put_entry),
};

fn put_entry<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(key), mode, value] = *args else {
        return Err(EvalError::Internal("put_entry"));
    };
    let mode = Mode::of(mode)?;
    if mode == Mode::Upsert || mode.writes(entry(frame, target, key)?.is_some()) {
        set_entry(frame, target, key, value)?;
    }
    Ok(())
}
