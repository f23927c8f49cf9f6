//! Merging what an object said twice.
//!
//! A key may stand more than once in an object: the last value counts, lists grow, and a message
//! takes up both. The decoder writes every value down, the later ones with their defaults, and this
//! module makes one message of them, in the order of the field numbers.

use crate::schema::{Field, Kind, Label, Message};
use crate::wire::{Fields, RawField, WireType, put_len, put_tag, put_varint};

/// Rewrites an encoded message in which fields repeat.
pub(super) fn merge(message: &'static Message, bytes: &[u8]) -> Vec<u8> {
    let member = Fields::new(bytes)
        .filter(|raw| message.field(raw.number).is_some_and(|field| field.label == Label::OneOf))
        .last()
        .map(|raw| raw.number);
    let mut out = Vec::with_capacity(bytes.len());
    for field in message.fields {
        let mut found = Fields::new(bytes).filter(|raw| raw.number == field.number);
        match (field.label, field.kind) {
            (Label::Many, _) => found.for_each(|raw| put(&mut out, &raw)),
            (Label::One, Kind::Message(child)) => {
                let mut payload = Vec::new();
                let mut present = false;
                for raw in found {
                    payload.extend_from_slice(raw.bytes);
                    present = true;
                }
                if present {
                    put_len(&mut out, field.number, &merge(child, &payload));
                }
            }
            (Label::OneOf, _) if member != Some(field.number) => {}
            _ => {
                if let Some(raw) = found.by_ref().last().filter(|raw| !is_default(field, raw)) {
                    put(&mut out, &raw);
                }
            }
        }
    }
    out
}

fn is_default(field: &Field, raw: &RawField<'_>) -> bool {
    field.label == Label::One && raw.scalar == 0 && raw.bytes.is_empty()
}

fn put(out: &mut Vec<u8>, raw: &RawField<'_>) {
    match raw.wire {
        WireType::Len => put_len(out, raw.number, raw.bytes),
        WireType::Fixed64 => {
            put_tag(out, raw.number, raw.wire);
            out.extend_from_slice(&raw.scalar.to_le_bytes());
        }
        WireType::Fixed32 => {
            put_tag(out, raw.number, raw.wire);
            out.extend_from_slice(&(raw.scalar as u32).to_le_bytes());
        }
        _ => {
            put_tag(out, raw.number, raw.wire);
            put_varint(out, raw.scalar);
        }
    }
}
