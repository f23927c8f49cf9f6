//! Encoding OTLP/JSON: a batch in, one line of text out, byte for byte as the Go collector writes
//! it.
//!
//! Fields come in the order of their declaration, defaults are left out, singular messages are
//! always written. Unknown fields have no name and are left out.

use super::plan::{NUMBERS, Plan, PlanField};
use super::text;
use crate::batch::Batch;
use crate::schema::{Kind, Label, Message};
use crate::view::{Numbers, get};
use crate::wire::{self, Fields, RawField};

/// Encodes a batch as OTLP/JSON, without a line feed at the end.
pub fn encode(batch: &Batch) -> Vec<u8> {
    let mut out = Vec::with_capacity(batch.encoded_len() * 2 + 64);
    message(Plan::of(batch.signal()), batch.bytes(), &mut out);
    out
}

/// Encodes a message of a request, such as a span, as [`encode`] does within the request. A message
/// that is no part of any request becomes an empty object.
pub fn encode_message(declared: &'static Message, raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() * 2 + 2);
    match Plan::of_message(declared) {
        Some(plan) => message(plan, raw, &mut out),
        None => out.extend_from_slice(b"{}"),
    }
    out
}

/// Where a field stands in its message: the bytes from its first entry on, and how many entries
/// there are.
#[derive(Clone, Copy, Default)]
struct Found<'a> {
    from: &'a [u8],
    entries: usize,
}

impl<'a> Found<'a> {
    fn first(&self) -> Option<RawField<'a>> {
        if self.entries == 0 {
            return None;
        }
        wire::next_field(&mut &*self.from)
    }

    fn each(&self, number: u32) -> impl Iterator<Item = RawField<'a>> + use<'a> {
        Fields::new(self.from).filter(move |raw| raw.number == number).take(self.entries)
    }
}

fn message(plan: &'static Plan, raw: &[u8], out: &mut Vec<u8>) {
    // Attributes are most of the messages, and small.
    if plan.fields.len() <= SMALL {
        fields::<SMALL>(plan, raw, out);
    } else {
        fields::<NUMBERS>(plan, raw, out);
    }
}

/// Messages with up to this many fields take the smaller table.
const SMALL: usize = 8;

/// Writes a message of up to `MOST` fields.
fn fields<const MOST: usize>(plan: &'static Plan, raw: &[u8], out: &mut Vec<u8>) {
    let mut found = [Found::default(); MOST];
    let mut fields = Fields::new(raw);
    let mut start = 0;
    while let Some(field) = fields.next() {
        if let Some(slot) = plan.position(field.number).and_then(|index| found.get_mut(index)) {
            if slot.entries == 0 {
                slot.from = raw.get(start..).unwrap_or_default();
            }
            slot.entries += 1;
        }
        start = fields.offset();
    }
    let mut object = Object { out, empty: true };
    object.out.push(b'{');
    for index in &plan.order {
        if let (Some(field), Some(found)) = (plan.fields.get(*index), found.get(*index)) {
            object.field(field, found);
        }
    }
    object.out.push(b'}');
}

/// An object that is being written.
struct Object<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

impl Object<'_> {
    fn key(&mut self, field: &PlanField) {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        self.out.extend_from_slice(field.key.as_bytes());
    }

    #[inline]
    fn field(&mut self, field: &'static PlanField, found: &Found<'_>) {
        match (field.field.label, field.field.kind) {
            (Label::Many, kind) if kind.packable() => self.numbers(field, found),
            (Label::Many, _) => self.list(field, found),
            (Label::One, Kind::Message(_)) => {
                self.key(field);
                let raw = found.first().unwrap_or_else(|| no_message(field));
                value(field, &raw, self.out);
            }
            (label, kind) => {
                if let Some(raw) =
                    found.first().filter(|raw| label != Label::One || !is_default(kind, raw))
                {
                    self.key(field);
                    value(field, &raw, self.out);
                }
            }
        }
    }

    fn list(&mut self, field: &'static PlanField, found: &Found<'_>) {
        if found.entries == 0 {
            return;
        }
        self.key(field);
        self.out.push(b'[');
        for (index, raw) in found.each(field.field.number).enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            value(field, &raw, self.out);
        }
        self.out.push(b']');
    }

    fn numbers(&mut self, field: &'static PlanField, found: &Found<'_>) {
        if found.entries == 0 {
            return;
        }
        let (number, wire) = (field.field.number, field.field.kind.wire());
        let mut empty = true;
        for raw in Numbers::new(found.from, number, wire, std::convert::identity).iter() {
            if empty {
                self.key(field);
            }
            self.out.push(if empty { b'[' } else { b',' });
            empty = false;
            value(field, &raw, self.out);
        }
        if !empty {
            self.out.push(b']');
        }
    }
}

/// An absent message, which is written as an empty one.
fn no_message(field: &PlanField) -> RawField<'static> {
    RawField { number: field.field.number, wire: wire::WireType::Len, scalar: 0, bytes: &[] }
}

fn is_default(kind: Kind, raw: &RawField<'_>) -> bool {
    match kind {
        Kind::Double => get::double(*raw) == 0.0,
        Kind::Id => raw.bytes.iter().all(|byte| *byte == 0),
        Kind::Bool | Kind::Int64 | Kind::Uint64 | Kind::Fixed64 | Kind::Sfixed64 => raw.scalar == 0,
        // Only the low half of a longer varint counts.
        Kind::Int32 | Kind::Uint32 | Kind::Sint32 | Kind::Fixed32 | Kind::Enum(_) => {
            get::uint32(*raw) == 0
        }
        Kind::String | Kind::Bytes | Kind::Message(_) => raw.bytes.is_empty(),
    }
}

#[inline]
fn value(field: &'static PlanField, raw: &RawField<'_>, out: &mut Vec<u8>) {
    match field.field.kind {
        Kind::Message(_) => match field.child() {
            Some(child) => message(child, raw.bytes, out),
            None => out.extend_from_slice(b"{}"),
        },
        Kind::String => text::string(out, raw.bytes),
        Kind::Bytes => text::base64(out, raw.bytes),
        Kind::Id => text::hex(out, raw.bytes),
        Kind::Bool => out.extend_from_slice(if get::bool(*raw) { b"true" } else { b"false" }),
        Kind::Int32 | Kind::Enum(_) => text::signed(out, get::int32(*raw).into()),
        Kind::Sint32 => text::signed(out, get::sint32(*raw).into()),
        Kind::Uint32 | Kind::Fixed32 => text::unsigned(out, get::uint32(*raw).into()),
        Kind::Double => text::double(out, get::double(*raw)),
        Kind::Int64 | Kind::Sfixed64 => quoted(out, |out| text::signed(out, get::int64(*raw))),
        Kind::Uint64 | Kind::Fixed64 => quoted(out, |out| text::unsigned(out, raw.scalar)),
    }
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}
