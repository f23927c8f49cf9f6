//! Editors of single map entries that the attributes and resource processors are made of.
//!
//! They are internal: what they do has no editor in the language, mostly because it depends on
//! whether a key is there, which a path does not tell.

pub(super) mod convert_entry;
pub(super) mod copy_entry;
pub(super) mod extract_entries;
pub(super) mod hash_entry;
pub(super) mod put_entry;

use holt_pdata::ValueView;

use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

/// When an entry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Insert,
    Update,
    Upsert,
}

impl Mode {
    fn of(value: Value<'_>) -> Result<Self, EvalError> {
        match value {
            Value::Str("insert") => Ok(Self::Insert),
            Value::Str("update") => Ok(Self::Update),
            Value::Str("upsert") => Ok(Self::Upsert),
            _ => Err(EvalError::Internal("the mode is insert, update or upsert")),
        }
    }

    const fn writes(self, exists: bool) -> bool {
        match self {
            Self::Insert => !exists,
            Self::Update => exists,
            Self::Upsert => true,
        }
    }
}

/// The entry of that key; `None` when there is none, which differs from an empty value.
fn entry<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    key: &str,
) -> Result<Option<ValueView<'a>>, EvalError> {
    if let Some(attributes) = frame.attributes_of(target) {
        return Ok(attributes.attribute(key));
    }
    match frame.read_map(target)? {
        Value::Map(map) => Ok(map.get(key)),
        other => Err(EvalError::Expected { expected: Type::MAP, got: other.kind() }),
    }
}

/// Gives the entry of that key a value.
fn set_entry<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    key: &'a str,
    value: Value<'a>,
) -> Result<(), EvalError> {
    if target.keys.is_empty() {
        return frame.write(target.path, &[Value::Str(key)], value);
    }
    let mut keys = target.keys.to_vec();
    keys.push(Value::Str(key));
    frame.write(target.path, &keys, value)
}
