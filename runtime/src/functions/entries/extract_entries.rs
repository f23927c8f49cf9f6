//! `extract_entries`

use super::super::{FunctionDecl, Offered, Param, Shim, Takes};
use super::{entry, set_entry};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;
use holt_pdata::ValueView;

pub(in crate::functions) const EXTRACT_ENTRIES: FunctionDecl = FunctionDecl {
    name: "extract_entries",
    doc: "Matches the text of an entry and writes each named group of the first match as an entry of \
          its own. Nothing happens when the entry is missing, is not text or does not match.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("key", Takes::Exactly(Type::STRING)),
        Param::required("pattern", Takes::Pattern),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::INTERNAL,
    check: None,
    examples: &[],
    run: Shim::Editor(extract_entries),
};

fn extract_entries<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(key), pattern] = *args else {
        return Err(EvalError::Internal("extract_entries"));
    };
    let Some(ValueView::Str(text)) = entry(frame, target, key)? else { return Ok(()) };
    let arena = frame.state.work.arena;
    let pattern = frame.state.work.pattern(pattern)?.clone();
    let Some(captures) = pattern.captures(text) else { return Ok(()) };
    for (index, name) in pattern.names().enumerate() {
        let Some(name) = name else { continue };
        // A group that took no part in the match is empty.
        let range = captures.get(index).map_or(0..0, |found| found.range());
        let value = Value::Str(text.get(range).unwrap_or_default());
        set_entry(frame, target, arena.alloc_str(name), value)?;
    }
    Ok(())
}
