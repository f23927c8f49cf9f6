//! Validation: one scan over the bytes of a request that proves everything views rely on.
//!
//! Bytes enter with the message they should be; what leaves is the number of items and whether the
//! bytes need repair, or a refusal without a place ([`crate::fault`] finds the place afterwards,
//! so that the scan need not carry it).
//!
//! Proven by a scan without repair: every length fits its parent, every known field has its wire
//! type, ids have their length, text is UTF-8, no message nests deeper than [`MAX_DEPTH`], and no singular field or oneof
//! group stands twice in one message.

use crate::schema::{Action, Check, Kind, Message, Role, check_for};
use crate::wire::{self, WireType};

/// Messages may nest this deep. The request itself is at depth 0, an attribute's value at 6, so
/// attribute values may nest some 45 levels of lists and maps. (prost stops at 100.)
pub const MAX_DEPTH: u32 = 100;

/// What a scan found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// Messages marked as items in the schema.
    pub(crate) items: usize,
    /// A singular field or a oneof group stands twice in one message.
    pub(crate) repeated: bool,
    /// Some text is not UTF-8.
    pub(crate) invalid_text: bool,
}

/// Malformed bytes; the place is found by [`crate::fault::locate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Scans an encoded message.
pub(crate) fn scan(message: &'static Message, bytes: &[u8]) -> Result<Scan, Malformed> {
    let mut state = Scan::default();
    scan_message(message, bytes, 0, &mut state).ok_or(Malformed)?;
    Ok(state)
}

fn scan_message(
    message: &'static Message,
    mut rest: &[u8],
    depth: u32,
    state: &mut Scan,
) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut seen = 0u32;
    while let Some((first, after)) = rest.split_first() {
        let check = match message.checks.get(usize::from(*first)) {
            Some(check) => {
                rest = after;
                *check
            }
            None => long_tag(message, &mut rest)?,
        };
        state.repeated |= seen & check.seen != 0;
        seen |= check.seen;
        match check.action {
            Action::String => {
                let text = wire::take_len(&mut rest)?;
                if !text.is_ascii() {
                    state.invalid_text |= std::str::from_utf8(text).is_err();
                }
            }
            Action::Message => {
                let payload = wire::take_len(&mut rest)?;
                let Some(Kind::Message(child)) =
                    message.fields.get(usize::from(check.field)).map(|field| field.kind)
                else {
                    return None;
                };
                if child.role == Role::Entry && plain_entry(payload, state) {
                    continue;
                }
                state.items += usize::from(child.role == Role::Item);
                scan_message(child, payload, depth + 1, state)?;
            }
            Action::Varint => {
                wire::read_varint(&mut rest)?;
            }
            Action::Fixed64 => {
                wire::take_fixed64(&mut rest)?;
            }
            Action::Fixed32 => {
                wire::take_fixed32(&mut rest)?;
            }
            Action::Bytes => {
                wire::take_len(&mut rest)?;
            }
            Action::LongId => {
                matches!(wire::take_len(&mut rest)?.len(), 0 | 16).then_some(())?;
            }
            Action::ShortId => {
                matches!(wire::take_len(&mut rest)?.len(), 0 | 8).then_some(())?;
            }
            Action::PackedVarint => {
                let mut packed = wire::take_len(&mut rest)?;
                while !packed.is_empty() {
                    wire::read_varint(&mut packed)?;
                }
            }
            Action::PackedFixed64 => {
                (wire::take_len(&mut rest)?.len() % 8 == 0).then_some(())?;
            }
            Action::PackedFixed32 => {
                (wire::take_len(&mut rest)?.len() % 4 == 0).then_some(())?;
            }
            Action::Unknown => skip_unknown(*first, after, &mut rest)?,
            Action::WrongWireType => return None,
        }
    }
    Some(())
}

/// Checks a `KeyValue` in the shape that nearly every writer gives it: key, then a scalar value,
/// lengths below 128, nothing else. `false` means another shape, not a fault: the general scan
/// decides. Attributes are two thirds of the fields of real requests, and this is four times
/// quicker for them.
#[inline]
fn plain_entry(entry: &[u8], state: &mut Scan) -> bool {
    let [0x0a, key_length, rest @ ..] = entry else { return false };
    let Some((key, rest)) = rest.split_at_checked(usize::from(*key_length)) else { return false };
    let [0x12, value_length, value @ ..] = rest else { return false };
    if (*key_length | *value_length) >= 0x80 || value.len() != usize::from(*value_length) {
        return false;
    }
    match value {
        [0x0a, text_length, text @ ..] if text.len() == usize::from(*text_length) => {
            // Tags and lengths are below 0x80 too, so one test covers key and text.
            if !entry.is_ascii() {
                state.invalid_text |=
                    std::str::from_utf8(key).is_err() || std::str::from_utf8(text).is_err();
            }
            true
        }
        [0x18, number @ ..] => {
            let mut rest = number;
            wire::read_varint(&mut rest).is_some() && rest.is_empty() && plain_key(key, state)
        }
        [0x21, double @ ..] if double.len() == 8 => plain_key(key, state),
        [0x10, 0 | 1] => plain_key(key, state),
        _ => false,
    }
}

#[inline]
fn plain_key(key: &[u8], state: &mut Scan) -> bool {
    if !key.is_ascii() {
        state.invalid_text |= std::str::from_utf8(key).is_err();
    }
    true
}

/// Reads a tag of more than one byte (a field number beyond 15, or a padded varint). For an
/// unknown field nothing is consumed: [`skip_unknown`] reads the tag again.
#[cold]
fn long_tag(message: &'static Message, rest: &mut &[u8]) -> Option<Check> {
    let mut after = *rest;
    let tag = wire::read_varint(&mut after)?;
    let check = check_for(tag & u64::from(u32::MAX), message.fields);
    if check.action != Action::Unknown {
        if tag > u64::from(u32::MAX) {
            return None;
        }
        *rest = after;
    }
    Some(check)
}

#[cold]
fn skip_unknown<'a>(first: u8, after: &'a [u8], rest: &mut &'a [u8]) -> Option<()> {
    if first < 0x80 {
        let number = u32::from(first) >> 3;
        let wire_type = WireType::from_tag(u64::from(first))?;
        if number == 0 {
            return None;
        }
        *rest = after;
        return wire::skip(rest, number, wire_type);
    }
    let (number, wire_type) = wire::read_tag(rest)?;
    wire::skip(rest, number, wire_type)
}
