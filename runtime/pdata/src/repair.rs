//! Repair of valid requests that views cannot read as they stand.
//!
//! Two things are mended, both rare: text that is not UTF-8 (each faulty sequence becomes U+FFFD)
//! and singular fields or oneof groups that stand more than once in a message (protobuf says: the
//! last one counts, and messages merge). Everything else keeps its bytes and its order.

use crate::schema::{Action, Field, Kind, Label, Message, check_for};
use crate::wire::{self, Fields, RawField, put_len};

/// Rewrites an encoded, valid message so that a scan finds nothing to repair.
pub(crate) fn repair(message: &'static Message, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 16);
    let occurrences = last_occurrences(message, bytes);
    let mut fields = Fields::new(bytes);
    let mut start = 0;
    while let Some(raw) = fields.next() {
        let end = fields.offset();
        let field = known_field(message, &raw);
        match field.and_then(|field| occurrences.iter().find(|last| last.covers(field))) {
            Some(last) if last.start == start => write_singular(last, bytes, &mut out),
            Some(_) => {}
            None => write_field(field, &raw, bytes.get(start..end).unwrap_or_default(), &mut out),
        }
        start = end;
    }
    out
}

/// A singular field or oneof group that stands more than once.
struct Occurrence {
    field: &'static Field,
    /// Where its last field begins; the merged field is written there.
    start: usize,
    end: usize,
    /// Payloads to merge when it is a message: concatenating encoded messages merges them.
    payload: Vec<u8>,
    count: usize,
}

impl Occurrence {
    fn covers(&self, field: &'static Field) -> bool {
        self.field.number == field.number
            || (self.field.label == Label::OneOf && field.label == Label::OneOf)
    }
}

fn last_occurrences(message: &'static Message, bytes: &[u8]) -> Vec<Occurrence> {
    let mut found: Vec<Occurrence> = Vec::new();
    let mut fields = Fields::new(bytes);
    let mut start = 0;
    while let Some(raw) = fields.next() {
        let end = fields.offset();
        if let Some(field) = known_field(message, &raw).filter(|field| field.label != Label::Many) {
            match found.iter_mut().find(|occurrence| occurrence.covers(field)) {
                Some(occurrence) => {
                    // Another member of the oneof replaces; the same message merges.
                    if occurrence.field.number != field.number {
                        occurrence.payload.clear();
                        occurrence.field = field;
                    }
                    occurrence.payload.extend_from_slice(raw.bytes);
                    occurrence.start = start;
                    occurrence.end = end;
                    occurrence.count += 1;
                }
                None => found.push(Occurrence {
                    field,
                    start,
                    end,
                    payload: raw.bytes.to_vec(),
                    count: 1,
                }),
            }
        }
        start = end;
    }
    found.retain(|occurrence| occurrence.count > 1);
    found
}

fn known_field(message: &'static Message, raw: &RawField<'_>) -> Option<&'static Field> {
    let check = check_for(u64::from(raw.number) << 3 | raw.wire as u64, message.fields);
    (check.action != Action::Unknown)
        .then(|| message.fields.get(usize::from(check.field)))
        .flatten()
}

fn write_singular(last: &Occurrence, bytes: &[u8], out: &mut Vec<u8>) {
    let raw_range = bytes.get(last.start..last.end).unwrap_or_default();
    match last.field.kind {
        Kind::Message(child) => put_len(out, last.field.number, &repair(child, &last.payload)),
        _ => match wire::next_field(&mut &*raw_range) {
            Some(raw) => write_field(Some(last.field), &raw, raw_range, out),
            None => out.extend_from_slice(raw_range),
        },
    }
}

fn write_field(field: Option<&'static Field>, raw: &RawField<'_>, range: &[u8], out: &mut Vec<u8>) {
    match field.map(|field| field.kind) {
        Some(Kind::Message(child)) => put_len(out, raw.number, &repair(child, raw.bytes)),
        Some(Kind::String) => {
            put_len(out, raw.number, String::from_utf8_lossy(raw.bytes).as_bytes());
        }
        _ => out.extend_from_slice(range),
    }
}
