//! Finds the place of what validation refused: the path of fields and the byte offset.
//!
//! Runs only on refused bytes, so it is written for clarity and walks the schema by name.

use crate::schema::{Action, Kind, Message, check_for};
use crate::validate::MAX_DEPTH;
use crate::wire::{self, WireType};

/// Where and why a request is malformed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Field names from the request down, indexes for repeated ones: `resource_spans[0].scope_spans[2]`.
    pub(crate) path: String,
    /// Byte offset in the request.
    pub(crate) offset: usize,
    /// What is wrong there.
    pub(crate) reason: &'static str,
}

/// Finds the first fault in the bytes of a message, `None` when there is none.
pub(crate) fn locate(message: &'static Message, bytes: &[u8]) -> Option<Fault> {
    let mut walk = Walk { path: Vec::new(), total: bytes };
    let (offset, reason) = walk.message(message, bytes, 0).err()?;
    Some(Fault { path: walk.path.join("."), offset, reason })
}

struct Walk<'a> {
    path: Vec<String>,
    total: &'a [u8],
}

type Place = (usize, &'static str);

impl<'a> Walk<'a> {
    /// Offset in the request of the first byte of `rest`.
    fn offset(&self, rest: &[u8]) -> usize {
        (rest.as_ptr() as usize).saturating_sub(self.total.as_ptr() as usize)
    }

    fn message(
        &mut self,
        message: &'static Message,
        mut rest: &'a [u8],
        depth: u32,
    ) -> Result<(), Place> {
        if depth > MAX_DEPTH {
            return Err((self.offset(rest), "messages nest too deeply"));
        }
        let mut counts = vec![0usize; message.fields.len()];
        while !rest.is_empty() {
            let start = self.offset(rest);
            let mut after = rest;
            let (number, wire) = wire::read_tag(&mut after).ok_or((start, "invalid field tag"))?;
            let tag = u64::from(number) << 3 | wire as u64;
            let check = check_for(tag, message.fields);
            let known = (check.action != Action::Unknown)
                .then(|| message.fields.get(usize::from(check.field)))
                .flatten();
            let Some(field) = known else {
                wire::skip(&mut after, number, wire)
                    .ok_or((start, "unknown field runs past the end of its message"))?;
                rest = after;
                continue;
            };
            let count = counts.get_mut(usize::from(check.field)).map_or(0, |count| {
                *count += 1;
                *count - 1
            });
            self.path.push(match field.label {
                crate::schema::Label::Many => format!("{}[{count}]", field.name),
                _ => field.name.to_owned(),
            });
            let payload_start = self.offset(after);
            let short = (payload_start, "the field runs past the end of its message");
            match check.action {
                Action::WrongWireType => {
                    return Err((start, "the field has the wrong wire type"));
                }
                Action::Message => {
                    let payload = wire::take_len(&mut after).ok_or(short)?;
                    if let Kind::Message(child) = field.kind {
                        self.message(child, payload, depth + 1)?;
                    }
                }
                Action::PackedVarint => {
                    let mut packed = wire::take_len(&mut after).ok_or(short)?;
                    while !packed.is_empty() {
                        let place = self.offset(packed);
                        wire::read_varint(&mut packed).ok_or((place, "invalid packed varint"))?;
                    }
                }
                Action::PackedFixed64 | Action::PackedFixed32 => {
                    let width = if check.action == Action::PackedFixed64 { 8 } else { 4 };
                    let packed = wire::take_len(&mut after).ok_or(short)?;
                    if packed.len() % width != 0 {
                        return Err((payload_start, "packed numbers have a ragged length"));
                    }
                }
                Action::LongId | Action::ShortId => {
                    let id = wire::take_len(&mut after).ok_or(short)?;
                    let (length, reason) = match check.action {
                        Action::LongId => (16, "the id is not 16 bytes long"),
                        _ => (8, "the id is not 8 bytes long"),
                    };
                    if !id.is_empty() && id.len() != length {
                        return Err((payload_start, reason));
                    }
                }
                Action::Varint => {
                    wire::read_varint(&mut after).ok_or((payload_start, "invalid varint"))?;
                }
                _ => wire::skip(&mut after, number, wire_of(check.action)).ok_or(short)?,
            }
            self.path.pop();
            rest = after;
        }
        Ok(())
    }
}

const fn wire_of(action: Action) -> WireType {
    match action {
        Action::Fixed64 => WireType::Fixed64,
        Action::Fixed32 => WireType::Fixed32,
        Action::Varint => WireType::Varint,
        _ => WireType::Len,
    }
}
