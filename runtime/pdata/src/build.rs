//! `Builder`: writes an OTLP message field by field.
//!
//! Fields are written in the order of the calls, which should be the order of their numbers; field
//! numbers come from [`crate::messages::numbers`]. Values at their default are left out, as
//! protobuf writers do, except where the caller asks for presence.

use bytes::Bytes;

use crate::batch::{Batch, Signal};
use crate::count;
use crate::record::put_entry;
use crate::value::ValueView;
use crate::wire::{WireType, put_len, put_tag, put_varint, varint_len, zigzag};

/// Writes one message; nested messages are written by closures.
#[derive(Debug, Default)]
pub struct Builder {
    out: Vec<u8>,
}

impl Builder {
    /// Builds an export request.
    pub fn batch(signal: Signal, write: impl FnOnce(&mut Self)) -> Batch {
        let mut builder = Self::default();
        write(&mut builder);
        let items = count::items(signal.request(), &builder.out);
        Batch::trusted(signal, Bytes::from(builder.out), items)
    }

    /// Builds an encoded message without tag and length.
    pub fn message_bytes(write: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut builder = Self::default();
        write(&mut builder);
        builder.out
    }

    /// A message field; it is present even when the closure writes nothing.
    pub fn message(&mut self, number: u32, write: impl FnOnce(&mut Self)) {
        put_tag(&mut self.out, number, WireType::Len);
        let start = self.out.len();
        // One byte is enough for the length of most messages; longer ones are moved once.
        self.out.push(0);
        write(self);
        let length = self.out.len() - start - 1;
        let width = varint_len(length as u64);
        if width > 1 {
            self.out.resize(self.out.len() + width - 1, 0);
            self.out.copy_within(start + 1..start + 1 + length, start + width);
        }
        let mut rest = length as u64;
        if let Some(bytes) = self.out.get_mut(start..start + width) {
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = (rest & 0x7f) as u8 | if index + 1 < width { 0x80 } else { 0 };
                rest >>= 7;
            }
        }
    }

    /// A message field that is already encoded.
    pub fn encoded(&mut self, number: u32, message: &[u8]) {
        put_len(&mut self.out, number, message);
    }

    /// A text field.
    pub fn text(&mut self, number: u32, text: &str) {
        self.bytes(number, text.as_bytes());
    }

    /// A bytes field.
    pub fn bytes(&mut self, number: u32, bytes: &[u8]) {
        if !bytes.is_empty() {
            put_len(&mut self.out, number, bytes);
        }
    }

    /// A varint field: integers, booleans, enumerations.
    pub fn varint(&mut self, number: u32, value: u64) {
        if value != 0 {
            self.present_varint(number, value);
        }
    }

    /// A varint field that is written at its default too (members of a oneof).
    pub fn present_varint(&mut self, number: u32, value: u64) {
        put_tag(&mut self.out, number, WireType::Varint);
        put_varint(&mut self.out, value);
    }

    /// A `sint32` or `sint64` field.
    pub fn signed(&mut self, number: u32, value: i64) {
        self.varint(number, zigzag(value));
    }

    /// An eight-byte field: `fixed64`, `sfixed64`.
    pub fn fixed64(&mut self, number: u32, value: u64) {
        if value != 0 {
            self.present_fixed64(number, value);
        }
    }

    /// An eight-byte field that is written at its default too.
    pub fn present_fixed64(&mut self, number: u32, value: u64) {
        put_tag(&mut self.out, number, WireType::Fixed64);
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// A `double` field that is written at its default too (optional fields and oneof members).
    pub fn present_double(&mut self, number: u32, value: f64) {
        self.present_fixed64(number, value.to_bits());
    }

    /// A four-byte field.
    pub fn fixed32(&mut self, number: u32, value: u32) {
        if value != 0 {
            put_tag(&mut self.out, number, WireType::Fixed32);
            self.out.extend_from_slice(&value.to_le_bytes());
        }
    }

    /// A packed list of eight-byte numbers.
    pub fn packed_fixed64(&mut self, number: u32, values: impl ExactSizeIterator<Item = u64>) {
        if values.len() > 0 {
            put_tag(&mut self.out, number, WireType::Len);
            put_varint(&mut self.out, values.len() as u64 * 8);
            for value in values {
                self.out.extend_from_slice(&value.to_le_bytes());
            }
        }
    }

    /// A packed list of varints.
    pub fn packed_varint(&mut self, number: u32, values: impl Iterator<Item = u64>) {
        let mut values = values.peekable();
        if values.peek().is_some() {
            self.message(number, |list| {
                values.for_each(|value| put_varint(&mut list.out, value));
            });
        }
    }

    /// An attribute: a `KeyValue` in field `number`.
    pub fn attribute(&mut self, number: u32, key: &str, value: ValueView<'_>) {
        put_entry(&mut self.out, number, key.as_bytes(), value);
    }

    /// An `AnyValue` field.
    pub fn value(&mut self, number: u32, value: ValueView<'_>) {
        put_tag(&mut self.out, number, WireType::Len);
        put_varint(&mut self.out, value.encoded_len() as u64);
        value.encode(&mut self.out);
    }
}
