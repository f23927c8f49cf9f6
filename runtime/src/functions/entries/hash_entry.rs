//! `hash_entry` and `hash_matching_entries`

use holt_pdata::ValueView;
use sha2::{Digest, Sha256};

use super::super::{FunctionDecl, Param, Shim, Takes};
use super::{entry, set_entry};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::{Target, hex};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const HASH_ENTRY: FunctionDecl = FunctionDecl {
    name: "hash_entry",
    doc: "Replaces the value of an entry by its SHA-256 hash, in hexadecimal. Integers and doubles \
          are hashed as eight bytes, little-endian; truth values as one byte.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("key", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    internal: true,
    examples: &[],
    run: Shim::Editor(hash_entry),
};

pub(in crate::functions) const HASH_MATCHING_ENTRIES: FunctionDecl = FunctionDecl {
    name: "hash_matching_entries",
    doc: "Does what `hash_entry` does to every entry whose key matches.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("pattern", Takes::Pattern),
    ],
    returns: Type::NOTHING,
    pure: false,
    internal: true,
    examples: &[],
    run: Shim::Editor(hash_matching_entries),
};

fn hash_entry<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(key)] = *args else { return Err(EvalError::Internal("hash_entry")) };
    match entry(frame, target, key)? {
        Some(value) => {
            let hash = frame.state.work.text(&hash(value));
            set_entry(frame, target, key, hash)
        }
        None => Ok(()),
    }
}

fn hash_matching_entries<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [pattern] = *args else { return Err(EvalError::Internal("hash_matching_entries")) };
    let Value::Map(map) = frame.read_map(target)? else { return Ok(()) };
    for (key, value) in map.iter() {
        if frame.state.work.pattern(pattern)?.is_match(key) {
            let hash = frame.state.work.text(&hash(value));
            set_entry(frame, target, key, hash)?;
        }
    }
    Ok(())
}

/// The hash of a value; of an empty one it is empty, as in the reference. Lists and maps are hashed
/// as their bytes on the wire.
fn hash(value: ValueView<'_>) -> String {
    let digest = match value {
        ValueView::Empty | ValueView::StrIndex(_) => return String::new(),
        ValueView::Str(text) => Sha256::digest(text.as_bytes()),
        ValueView::Bool(value) => Sha256::digest([u8::from(value)]),
        ValueView::Int(value) => Sha256::digest(value.to_le_bytes()),
        ValueView::Double(value) => Sha256::digest(value.to_bits().to_le_bytes()),
        ValueView::Bytes(bytes) => Sha256::digest(bytes),
        ValueView::Array(list) => Sha256::digest(list.raw()),
        ValueView::Map(map) => Sha256::digest(map.raw()),
    };
    hex(&digest)
}
