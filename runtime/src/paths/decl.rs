//! What a path's row declares, and short forms to declare it.

use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::{Kind, Type};
use crate::value::Value;
use crate::whole::{Count, Shape};

use super::Slot;

/// A path of a context, without the context's name.
#[derive(Debug)]
pub struct PathDecl {
    /// The segments, joined by dots: `status.code`.
    pub name: &'static str,
    /// What it is; one sentence.
    pub doc: &'static str,
    /// What reading yields.
    pub get: Type,
    /// What writing takes; nothing for a path that can only be read.
    pub set: Type,
    /// What may stand behind it in brackets.
    pub keys: Keys,
    /// How it is read and written.
    pub storage: Storage,
}

/// What may stand in brackets behind a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Nothing.
    None,
    /// Keys and indices to any depth; elements are of type [`Type::VALUE`].
    Value,
    /// One text key; the element is text.
    Member,
}

/// How a path is read and written. Numbers are those of the OTLP fields.
#[derive(Clone, Copy, Debug)]
pub enum Storage {
    /// The attributes of the record.
    Attributes,
    /// The scratch map.
    Cache,
    /// A text field.
    Text(u32),
    /// A text field of the message around the resource or scope.
    EnvelopeText(u32),
    /// A `uint32`, cut to its low 32 bits when written.
    Uint32(u32),
    /// A `fixed32`, cut to its low 32 bits when written.
    Fixed32(u32),
    /// A `fixed64`, by its bits.
    Fixed64(u32),
    /// A `double`.
    Double(u32),
    /// Nanoseconds since 1970 as a time.
    Time(u32),
    /// An enumeration, by number.
    Enumeration(u32),
    /// An enumeration, by name; a number without a name reads as empty text.
    EnumerationName(u32, &'static [(&'static str, i32)]),
    /// A trace id.
    TraceId(u32),
    /// A trace id as 32 hexadecimal digits.
    TraceIdText(u32),
    /// A span id.
    SpanId(u32),
    /// A span id as 16 hexadecimal digits.
    SpanIdText(u32),
    /// A message, or all messages of a repeated field, as a whole.
    Message(u32, &'static Shape),
    /// Anything else.
    Custom(Custom),
    /// As [`Self::Custom`], and the path itself says which values it takes: it takes anything where
    /// a write has no effect.
    Lenient(Custom),
}

/// Reads and writes a path in a way of its own.
#[derive(Clone, Copy, Debug)]
pub struct Custom {
    /// Reads.
    pub get: Get,
    /// Writes.
    pub set: Set,
}

/// Reads a path with the values of its keys.
pub type Get =
    for<'e, 'k, 'a> fn(&mut Frame<'e, 'a>, Slot, &'k [Value<'a>]) -> Result<Value<'a>, EvalError>;

/// Writes a path with the values of its keys. The value is of the declared type.
pub type Set = for<'e, 'k, 'a> fn(
    &mut Frame<'e, 'a>,
    Slot,
    &'k [Value<'a>],
    Value<'a>,
) -> Result<(), EvalError>;

const fn plain(name: &'static str, ty: Type, storage: Storage, doc: &'static str) -> PathDecl {
    PathDecl { name, doc, get: ty, set: ty, keys: Keys::None, storage }
}

/// The attributes, or the scratch map.
pub(super) const fn map(name: &'static str, storage: Storage, doc: &'static str) -> PathDecl {
    let set = Type::MAP.or(Type::NIL);
    PathDecl { name, doc, get: Type::MAP, set, keys: Keys::Value, storage }
}

/// The scratch map of a context.
pub(super) const CACHE: PathDecl = map(
    "cache",
    Storage::Cache,
    "Scratch map for values that later statements of the group need; empty at the start of each \
     item unless the group shares it.",
);

pub(super) const fn text(name: &'static str, field: u32, doc: &'static str) -> PathDecl {
    plain(name, Type::STRING, Storage::Text(field), doc)
}

pub(super) const fn int(name: &'static str, storage: Storage, doc: &'static str) -> PathDecl {
    plain(name, Type::INT, storage, doc)
}

pub(super) const fn float(name: &'static str, storage: Storage, doc: &'static str) -> PathDecl {
    plain(name, Type::FLOAT, storage, doc)
}

pub(super) const fn time(name: &'static str, field: u32, doc: &'static str) -> PathDecl {
    plain(name, Type::TIME, Storage::Time(field), doc)
}

pub(super) const fn string(name: &'static str, storage: Storage, doc: &'static str) -> PathDecl {
    plain(name, Type::STRING, storage, doc)
}

pub(super) const fn trace_id(name: &'static str, field: u32, doc: &'static str) -> PathDecl {
    plain(name, Type::of(Kind::TraceId), Storage::TraceId(field), doc)
}

pub(super) const fn span_id(name: &'static str, field: u32, doc: &'static str) -> PathDecl {
    plain(name, Type::of(Kind::SpanId), Storage::SpanId(field), doc)
}

/// A field as a whole; nil empties a list.
pub(super) const fn message(
    name: &'static str,
    field: u32,
    shape: &'static Shape,
    doc: &'static str,
) -> PathDecl {
    let set = match shape.count {
        Count::One => Type::MESSAGE,
        Count::List | Count::Many => Type::MESSAGE.or(Type::NIL),
    };
    let storage = Storage::Message(field, shape);
    PathDecl { name, doc, get: Type::MESSAGE, set, keys: Keys::None, storage }
}

/// A list of one type, which nil empties.
pub(super) const fn list(name: &'static str, access: Custom, doc: &'static str) -> PathDecl {
    let ty = Type::LIST.or(Type::NIL);
    custom(name, (ty, ty), Keys::None, access, doc)
}

pub(super) const fn custom(
    name: &'static str,
    (get, set): (Type, Type),
    keys: Keys,
    access: Custom,
    doc: &'static str,
) -> PathDecl {
    PathDecl { name, doc, get, set, keys, storage: Storage::Custom(access) }
}
