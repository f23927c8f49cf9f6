//! `ValueView`: a value of any OTLP type, borrowed.
//!
//! Lists and maps stay encoded: a map value is the bytes of a `KeyValueList`, whether they come
//! from a request or were just built in an arena. So one type serves for reading and for writing.

use crate::schema::messages::{AnyValueView, KeyValueView};
use crate::view::{AttributesView, Messages, get};
use crate::wire::{self, WireType, put_len, put_tag, put_varint};

/// A value, borrowed from a request, a program's constants or an arena.
#[derive(Clone, Copy, Debug, Default)]
pub enum ValueView<'a> {
    /// No value.
    #[default]
    Empty,
    /// Text.
    Str(&'a str),
    /// A truth value.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A list: the encoded `ArrayValue`.
    Array(ArrayView<'a>),
    /// A map: the encoded `KeyValueList`.
    Map(MapView<'a>),
    /// Text by its index in a profiles dictionary.
    StrIndex(i32),
}

/// A list value.
#[derive(Clone, Copy, Debug, Default)]
pub struct ArrayView<'a> {
    raw: &'a [u8],
}

impl<'a> ArrayView<'a> {
    /// The list whose encoded `ArrayValue` is `raw`.
    pub const fn new(raw: &'a [u8]) -> Self {
        Self { raw }
    }

    /// The encoded `ArrayValue`.
    pub const fn raw(self) -> &'a [u8] {
        self.raw
    }

    /// The values in order.
    pub fn iter(self) -> impl Iterator<Item = ValueView<'a>> + use<'a> {
        Messages::<AnyValueView<'a>>::new(self.raw, 1).iter().map(AnyValueView::get)
    }

    /// Number of values.
    pub fn len(self) -> usize {
        Messages::<AnyValueView<'a>>::new(self.raw, 1).count()
    }

    /// Whether there are no values.
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }
}

/// A map value.
#[derive(Clone, Copy, Debug, Default)]
pub struct MapView<'a> {
    raw: &'a [u8],
}

impl<'a> MapView<'a> {
    /// The map whose encoded `KeyValueList` is `raw`.
    pub const fn new(raw: &'a [u8]) -> Self {
        Self { raw }
    }

    /// The encoded `KeyValueList`.
    pub const fn raw(self) -> &'a [u8] {
        self.raw
    }

    /// The entries.
    pub const fn entries(self) -> AttributesView<'a> {
        AttributesView::new(self.raw, 1)
    }

    /// Keys and values in order.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, ValueView<'a>)> + use<'a> {
        self.entries().iter().map(|entry: KeyValueView<'a>| (entry.key(), entry.get()))
    }

    /// The value of the first entry with that key.
    pub fn get(self, key: &str) -> Option<ValueView<'a>> {
        self.entries().get(key)
    }

    /// Number of entries.
    pub fn len(self) -> usize {
        self.entries().count()
    }

    /// Whether there are no entries.
    pub fn is_empty(self) -> bool {
        self.entries().is_empty()
    }
}

impl<'a> ValueView<'a> {
    /// Reads an encoded `AnyValue`.
    #[inline]
    pub fn decode(raw: &'a [u8]) -> Self {
        let mut rest = raw;
        while let Some(field) = wire::next_field(&mut rest) {
            return match field.number {
                1 => Self::Str(field.text()),
                2 => Self::Bool(get::bool(field)),
                3 => Self::Int(get::int64(field)),
                4 => Self::Double(get::double(field)),
                5 => Self::Array(ArrayView { raw: field.bytes }),
                6 => Self::Map(MapView { raw: field.bytes }),
                7 => Self::Bytes(field.bytes),
                8 => Self::StrIndex(get::int32(field)),
                _ => continue,
            };
        }
        Self::Empty
    }

    /// Appends the encoded `AnyValue`, without tag and length.
    pub fn encode(self, out: &mut Vec<u8>) {
        match self {
            Self::Empty => {}
            Self::Str(text) => put_len(out, 1, text.as_bytes()),
            Self::Bool(value) => {
                put_tag(out, 2, WireType::Varint);
                put_varint(out, u64::from(value));
            }
            Self::Int(value) => {
                put_tag(out, 3, WireType::Varint);
                put_varint(out, value.cast_unsigned());
            }
            Self::Double(value) => {
                put_tag(out, 4, WireType::Fixed64);
                out.extend_from_slice(&value.to_bits().to_le_bytes());
            }
            Self::Bytes(bytes) => put_len(out, 7, bytes),
            Self::Array(list) => put_len(out, 5, list.raw),
            Self::Map(map) => put_len(out, 6, map.raw),
            Self::StrIndex(index) => {
                put_tag(out, 8, WireType::Varint);
                put_varint(out, i64::from(index).cast_unsigned());
            }
        }
    }

    /// Number of bytes that [`Self::encode`] writes.
    pub fn encoded_len(self) -> usize {
        let with_length = |length: usize| 1 + wire::varint_len(length as u64) + length;
        match self {
            Self::Empty => 0,
            Self::Str(text) => with_length(text.len()),
            Self::Bool(_) => 2,
            Self::Int(value) => 1 + wire::varint_len(value.cast_unsigned()),
            Self::Double(_) => 9,
            Self::Bytes(bytes) => with_length(bytes.len()),
            Self::Array(list) => with_length(list.raw.len()),
            Self::Map(map) => with_length(map.raw.len()),
            Self::StrIndex(index) => 1 + wire::varint_len(i64::from(index).cast_unsigned()),
        }
    }

    /// Whether there is no value.
    pub const fn is_empty(self) -> bool {
        matches!(self, Self::Empty)
    }
}
