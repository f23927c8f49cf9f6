//! `hash_entry` and `hash_matching_entries`

use bumpalo::Bump;
use holt_pdata::ValueView;
use sha2::{Digest, Sha256};

use super::super::{FunctionDecl, Offered, Param, Shim, Takes};
use super::{entry, set_entry};
use crate::encode;
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::{Target, hex};
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const HASH_ENTRY: FunctionDecl = FunctionDecl {
    name: "hash_entry",
    doc: "Replaces the value of an entry by its SHA-256 hash, in hexadecimal. Integers and doubles \
          are hashed as eight bytes, little-endian; truth values as one byte. Bytes, lists, maps \
          and empty values become empty text.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("key", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::INTERNAL,
    check: None,
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
    offered: Offered::INTERNAL,
    check: None,
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
            let hash = hash(frame.state.work.arena, value);
            set_entry(frame, target, key, Value::Str(hash))
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
    let pattern = frame.state.work.pattern(pattern)?.clone();
    if let Some(attributes) = frame.attributes_of(target)
        && !attributes.attributes().any(|(key, _)| pattern.is_match(key))
    {
        return Ok(());
    }
    let Value::Map(map) = frame.read_map(target)? else { return Ok(()) };
    let arena = frame.state.work.arena;
    // All entries are written anew, since a key that stands there twice is hashed twice.
    let hashed = map.iter().map(|(key, value)| match pattern.is_match(key) {
        true => (key, ValueView::Str(hash(arena, value))),
        false => (key, value),
    });
    let hashed = encode::map(arena, hashed);
    frame.write(target.path, target.keys, Value::Map(hashed))
}

/// The hash of a value. The reference hashes plain values only.
fn hash<'a>(arena: &'a Bump, value: ValueView<'_>) -> &'a str {
    let digest = match value {
        ValueView::Str(text) => Sha256::digest(text.as_bytes()),
        ValueView::Bool(value) => Sha256::digest([u8::from(value)]),
        ValueView::Int(value) => Sha256::digest(value.to_le_bytes()),
        ValueView::Double(value) => Sha256::digest(value.to_bits().to_le_bytes()),
        _ => return "",
    };
    arena.alloc_str(&hex(&digest))
}
