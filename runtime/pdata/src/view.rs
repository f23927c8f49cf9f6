//! What views are made of: iterators over repeated fields and readers of single values.

use std::marker::PhantomData;

use crate::schema::messages::KeyValueView;
use crate::value::ValueView;
use crate::wire::{self, Fields, RawField, WireType};

/// A cursor over an encoded message.
pub trait View<'a>: Copy {
    /// A view of an encoded, valid message.
    fn new(raw: &'a [u8]) -> Self;
}

/// A repeated message field: the entries of one number, in wire order, wherever they stand.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'a, V> {
    raw: &'a [u8],
    number: u32,
    view: PhantomData<V>,
}

impl<'a, V: View<'a>> Messages<'a, V> {
    /// The entries of field `number` in the message `raw`.
    #[inline]
    pub const fn new(raw: &'a [u8], number: u32) -> Self {
        Self { raw, number, view: PhantomData }
    }

    /// Iterates over the entries.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = V> + use<'a, V> {
        let number = self.number;
        Fields::new(self.raw)
            .filter(move |field| field.number == number)
            .map(|field| V::new(field.bytes))
    }

    /// Number of entries.
    pub fn count(self) -> usize {
        self.iter().count()
    }

    /// Whether there are no entries.
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }
}

/// The attributes of a resource, scope or record, or a map value.
pub type AttributesView<'a> = Messages<'a, KeyValueView<'a>>;

impl<'a> AttributesView<'a> {
    /// The value of the first entry with that key.
    #[inline]
    pub fn get(self, key: &str) -> Option<ValueView<'a>> {
        self.find(key).map(|entry| ValueView::decode(entry_value(entry.raw())))
    }

    /// The first entry with that key.
    #[inline]
    pub fn find(self, key: &str) -> Option<KeyValueView<'a>> {
        let mut fields = Fields::new(self.raw);
        fields
            .find(|field| field.number == self.number && entry_key(field.bytes) == key.as_bytes())
            .map(|field| KeyValueView::new(field.bytes))
    }
}

/// The key of an encoded `KeyValue`, as bytes.
#[inline]
pub(crate) fn entry_key(entry: &[u8]) -> &[u8] {
    match entry {
        // Nearly every encoder writes the key first, with a length below 128.
        [0x0a, length, rest @ ..] if *length < 0x80 => {
            rest.get(..usize::from(*length)).unwrap_or_default()
        }
        _ => wire::find(entry, 1).map(|field| field.bytes).unwrap_or_default(),
    }
}

/// The value of an encoded `KeyValue`: an encoded `AnyValue`.
#[inline]
pub(crate) fn entry_value(entry: &[u8]) -> &[u8] {
    // Nearly every encoder writes the key first and nothing behind the value; short ones have
    // lengths of one byte.
    if let [0x0a, length, rest @ ..] = entry
        && *length < 0x80
        && let Some([0x12, length, value @ ..]) = rest.get(usize::from(*length)..)
        && *length < 0x80
        && value.len() == usize::from(*length)
    {
        return value;
    }
    wire::find(entry, 2).map(|field| field.bytes).unwrap_or_default()
}

/// A repeated string field.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    raw: &'a [u8],
    number: u32,
}

impl<'a> Texts<'a> {
    /// The entries of field `number` in the message `raw`.
    pub(crate) const fn new(raw: &'a [u8], number: u32) -> Self {
        Self { raw, number }
    }

    /// Iterates over the entries.
    pub fn iter(self) -> impl Iterator<Item = &'a str> + use<'a> {
        let number = self.number;
        Fields::new(self.raw).filter(move |field| field.number == number).map(|field| field.text())
    }
}

/// A repeated number field, packed, unpacked or both.
#[derive(Clone, Copy)]
pub struct Numbers<'a, T> {
    raw: &'a [u8],
    number: u32,
    wire: WireType,
    read: fn(RawField<'a>) -> T,
}

impl<'a, T: 'a> Numbers<'a, T> {
    pub(crate) const fn new(
        raw: &'a [u8],
        number: u32,
        wire: WireType,
        read: fn(RawField<'a>) -> T,
    ) -> Self {
        Self { raw, number, wire, read }
    }

    /// Iterates over the numbers in wire order.
    pub fn iter(self) -> impl Iterator<Item = T> + use<'a, T> {
        let Self { number, wire, read, .. } = self;
        Fields::new(self.raw).filter(move |field| field.number == number).flat_map(move |field| {
            let packed = field.wire == WireType::Len;
            let single = (!packed).then(|| read(field));
            let mut rest = if packed { field.bytes } else { &[] };
            let unpacked = std::iter::from_fn(move || {
                let scalar = match wire {
                    WireType::Fixed64 => wire::take_fixed64(&mut rest)?,
                    WireType::Fixed32 => u64::from(wire::take_fixed32(&mut rest)?),
                    _ => wire::read_varint(&mut rest)?,
                };
                Some(read(RawField { number, wire, scalar, bytes: &[] }))
            });
            single.into_iter().chain(unpacked)
        })
    }
}

/// Readers of single values, named after the protobuf types.
pub(crate) mod get {
    #![allow(missing_docs, clippy::cast_possible_truncation, clippy::cast_possible_wrap)]

    use super::RawField;
    use crate::wire::unzigzag;

    #[inline]
    pub(crate) fn bool(field: RawField<'_>) -> bool {
        field.scalar != 0
    }
    #[inline]
    pub(crate) fn int32(field: RawField<'_>) -> i32 {
        field.scalar as i32
    }
    #[inline]
    pub(crate) fn int64(field: RawField<'_>) -> i64 {
        field.scalar as i64
    }
    #[inline]
    pub(crate) fn uint32(field: RawField<'_>) -> u32 {
        field.scalar as u32
    }
    #[inline]
    pub(crate) fn uint64(field: RawField<'_>) -> u64 {
        field.scalar
    }
    #[inline]
    pub(crate) fn sint32(field: RawField<'_>) -> i32 {
        // Protobuf reads sint32 from the low 32 bits of the varint.
        unzigzag(u64::from(field.scalar as u32)) as i32
    }
    #[inline]
    pub(crate) fn fixed32(field: RawField<'_>) -> u32 {
        field.scalar as u32
    }
    #[inline]
    pub(crate) fn fixed64(field: RawField<'_>) -> u64 {
        field.scalar
    }
    #[inline]
    pub(crate) fn sfixed64(field: RawField<'_>) -> i64 {
        field.scalar as i64
    }
    #[inline]
    pub(crate) fn double(field: RawField<'_>) -> f64 {
        f64::from_bits(field.scalar)
    }
    #[inline]
    pub(crate) fn string(field: RawField<'_>) -> &str {
        field.text()
    }
    #[inline]
    pub(crate) fn bytes(field: RawField<'_>) -> &[u8] {
        field.bytes
    }
    #[inline]
    pub(crate) fn id(field: RawField<'_>) -> &[u8] {
        field.bytes
    }
}
