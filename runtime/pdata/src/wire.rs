//! The protobuf wire format: reading fields from borrowed bytes, writing them to a buffer.
//!
//! Readers take a slice and hand out slices of it; nothing is copied. All readers answer `None` on
//! malformed input, so they are safe on bytes that were never validated; on a validated batch that
//! answer never occurs.

/// How a field's payload is delimited on the wire (protobuf encoding, "wire types").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum WireType {
    /// A base-128 varint.
    Varint = 0,
    /// Eight bytes, little-endian.
    Fixed64 = 1,
    /// A varint length, then that many bytes.
    Len = 2,
    /// Start of a group (obsolete; only kept as an unknown field).
    GroupStart = 3,
    /// End of a group.
    GroupEnd = 4,
    /// Four bytes, little-endian.
    Fixed32 = 5,
}

impl WireType {
    /// The wire type in the low three bits of a tag.
    pub const fn from_tag(tag: u64) -> Option<Self> {
        match tag & 7 {
            0 => Some(Self::Varint),
            1 => Some(Self::Fixed64),
            2 => Some(Self::Len),
            3 => Some(Self::GroupStart),
            4 => Some(Self::GroupEnd),
            5 => Some(Self::Fixed32),
            _ => None,
        }
    }
}

/// Groups may nest this deep inside an unknown field before it is refused.
const MAX_GROUP_DEPTH: u32 = 32;

/// One field as it stands in a message.
#[derive(Clone, Copy, Debug)]
pub struct RawField<'a> {
    /// Field number.
    pub number: u32,
    /// How the payload was delimited.
    pub wire: WireType,
    /// The number for varint and fixed fields, 0 otherwise.
    pub scalar: u64,
    /// The payload of a length-delimited field, without its length; empty otherwise.
    pub bytes: &'a [u8],
}

impl<'a> RawField<'a> {
    /// The payload as text; empty when it is not valid UTF-8, which validation rules out.
    pub fn text(&self) -> &'a str {
        std::str::from_utf8(self.bytes).unwrap_or_default()
    }
}

/// Reads a varint off the front of `input`. More than ten bytes, or bits beyond 64, are refused.
#[inline]
pub fn read_varint(input: &mut &[u8]) -> Option<u64> {
    match *input {
        [first, rest @ ..] if *first < 0x80 => {
            *input = rest;
            Some(u64::from(*first))
        }
        [first, second, rest @ ..] if *second < 0x80 => {
            *input = rest;
            Some(u64::from(*first & 0x7f) | u64::from(*second) << 7)
        }
        _ => read_long_varint(input),
    }
}

fn read_long_varint(input: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for (index, byte) in input.iter().take(10).enumerate() {
        if index == 9 && *byte > 1 {
            return None;
        }
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            *input = input.get(index + 1..)?;
            return Some(value);
        }
    }
    None
}

/// Splits `length` bytes off the front of `input`.
#[inline]
pub fn take<'a>(input: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, rest) = input.split_at_checked(length)?;
    *input = rest;
    Some(head)
}

/// Splits a length-delimited payload off the front of `input`.
#[inline]
pub fn take_len<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(read_varint(input)?).ok()?;
    take(input, length)
}

/// Splits eight little-endian bytes off the front of `input`.
#[inline]
pub fn take_fixed64(input: &mut &[u8]) -> Option<u64> {
    let (head, rest) = input.split_first_chunk::<8>()?;
    *input = rest;
    Some(u64::from_le_bytes(*head))
}

/// Splits four little-endian bytes off the front of `input`.
#[inline]
pub fn take_fixed32(input: &mut &[u8]) -> Option<u32> {
    let (head, rest) = input.split_first_chunk::<4>()?;
    *input = rest;
    Some(u32::from_le_bytes(*head))
}

/// Skips the payload of a field whose tag was just read.
pub fn skip(input: &mut &[u8], number: u32, wire: WireType) -> Option<()> {
    skip_nested(input, number, wire, 0)
}

fn skip_nested(input: &mut &[u8], number: u32, wire: WireType, depth: u32) -> Option<()> {
    match wire {
        WireType::Varint => read_varint(input).map(drop),
        WireType::Fixed64 => take(input, 8).map(drop),
        WireType::Fixed32 => take(input, 4).map(drop),
        WireType::Len => take_len(input).map(drop),
        WireType::GroupEnd => None,
        WireType::GroupStart => {
            if depth >= MAX_GROUP_DEPTH {
                return None;
            }
            loop {
                let (inner, inner_wire) = read_tag(input)?;
                if inner_wire == WireType::GroupEnd {
                    return (inner == number).then_some(());
                }
                skip_nested(input, inner, inner_wire, depth + 1)?;
            }
        }
    }
}

/// Reads a tag: field number and wire type. Field number 0 and numbers beyond 2^29 are refused.
#[inline]
pub fn read_tag(input: &mut &[u8]) -> Option<(u32, WireType)> {
    let tag = read_varint(input)?;
    let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number))?;
    Some((number, WireType::from_tag(tag)?))
}

/// Reads the next field off the front of `input`; `None` at the end and on malformed bytes.
#[inline(always)]
pub fn next_field<'a>(input: &mut &'a [u8]) -> Option<RawField<'a>> {
    // Most fields have a number below 16 and, when delimited, a length below 128: those are read
    // in place, all others out of line.
    if let [tag, length, rest @ ..] = *input
        && *tag & 0x87 == WireType::Len as u8
        && *length < 0x80
        && *tag >= 8
    {
        let (bytes, rest) = rest.split_at_checked(usize::from(*length))?;
        *input = rest;
        let number = u32::from(*tag >> 3);
        return Some(RawField { number, wire: WireType::Len, scalar: 0, bytes });
    }
    any_field(input)
}

#[inline(never)]
fn any_field<'a>(input: &mut &'a [u8]) -> Option<RawField<'a>> {
    let (number, wire) = read_tag(input)?;
    let mut field = RawField { number, wire, scalar: 0, bytes: &[] };
    match wire {
        WireType::Len => field.bytes = take_len(input)?,
        WireType::Varint => field.scalar = read_varint(input)?,
        WireType::Fixed64 => field.scalar = take_fixed64(input)?,
        WireType::Fixed32 => field.scalar = u64::from(take_fixed32(input)?),
        WireType::GroupStart | WireType::GroupEnd => skip(input, number, wire)?,
    }
    Some(field)
}

/// Iterates over the fields of a message in wire order.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Fields<'a> {
    /// The fields of `message`.
    pub const fn new(message: &'a [u8]) -> Self {
        Self { rest: message, length: message.len() }
    }

    /// Offset in the message of the field that `next` will read.
    #[inline]
    pub const fn offset(&self) -> usize {
        self.length - self.rest.len()
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = RawField<'a>;

    #[inline]
    fn next(&mut self) -> Option<RawField<'a>> {
        next_field(&mut self.rest)
    }
}

/// The first field with that number.
#[inline]
pub fn find(message: &[u8], number: u32) -> Option<RawField<'_>> {
    Fields::new(message).find(|field| field.number == number)
}

/// Appends a varint.
#[inline]
pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Number of bytes that [`put_varint`] writes.
#[inline]
pub const fn varint_len(value: u64) -> usize {
    ((64 - (value | 1).leading_zeros() as usize) * 9 + 64) / 64
}

/// Appends a tag.
#[inline]
pub fn put_tag(out: &mut Vec<u8>, number: u32, wire: WireType) {
    put_varint(out, u64::from(number) << 3 | wire as u64);
}

/// Appends a length-delimited field.
#[inline]
pub fn put_len(out: &mut Vec<u8>, number: u32, payload: &[u8]) {
    put_tag(out, number, WireType::Len);
    put_varint(out, payload.len() as u64);
    out.extend_from_slice(payload);
}

/// Maps a signed number to the zigzag form of `sint32` and `sint64`.
#[inline]
pub const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// Undoes [`zigzag`].
#[inline]
pub const fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn varint_round_trip(value: u64) {
            let mut out = Vec::new();
            put_varint(&mut out, value);
            prop_assert_eq!(out.len(), varint_len(value));
            let mut input = out.as_slice();
            prop_assert_eq!(read_varint(&mut input), Some(value));
            prop_assert!(input.is_empty());
        }

        #[test]
        fn zigzag_round_trip(value: i64) {
            prop_assert_eq!(unzigzag(zigzag(value)), value);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
            let _ = Fields::new(&bytes).count();
        }
    }

    #[test]
    fn padded_varints_are_read() {
        let mut input: &[u8] = &[0x85, 0x80, 0x80, 0x00, 0xff];
        assert_eq!(read_varint(&mut input), Some(5));
        assert_eq!(input, [0xff]);
    }

    #[test]
    fn overlong_varints_are_refused() {
        let mut eleven: &[u8] = &[0x80; 11];
        assert_eq!(read_varint(&mut eleven), None);
        let mut overflow: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        assert_eq!(read_varint(&mut overflow), None);
    }

    #[test]
    fn unknown_groups_are_skipped_as_a_whole() {
        // Group 3 { 1: varint 1, group 4 {} }, then field 5.
        let mut input: &[u8] = &[0x1b, 0x08, 0x01, 0x23, 0x24, 0x1c, 0x28, 0x07];
        let group = next_field(&mut input).unwrap();
        assert_eq!((group.number, group.wire), (3, WireType::GroupStart));
        assert_eq!(next_field(&mut input).unwrap().scalar, 7);
        let mut unclosed: &[u8] = &[0x1b, 0x08, 0x01];
        assert!(next_field(&mut unclosed).is_none());
    }
}
