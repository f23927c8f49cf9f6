//! UTF-16.

use super::UNKNOWN;

/// The text of bytes, two a unit. A surrogate without its partner and a byte that is left over
/// become U+FFFD, and so do together two surrogates of which the second is a low one.
pub(super) fn decode(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut units = pairs.iter().map(|pair| unit(*pair)).peekable();
    while let Some(first) = units.next() {
        if !is_surrogate(first) {
            text.push(char::from_u32(first.into()).unwrap_or(UNKNOWN));
            continue;
        }
        let second = units.next_if(|next| is_low(*next));
        let both = second.map(|second| char::decode_utf16([first, second]).next());
        text.push(both.flatten().and_then(Result::ok).unwrap_or(UNKNOWN));
    }
    if !rest.is_empty() {
        text.push(UNKNOWN);
    }
    text
}

/// As [`decode`], with the order that a byte order mark gives; the higher byte first without one.
pub(super) fn decode_marked(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => decode(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => decode(rest, u16::from_be_bytes),
        _ => decode(bytes, u16::from_be_bytes),
    }
}

const fn is_surrogate(unit: u16) -> bool {
    matches!(unit, 0xd800..=0xdfff)
}

const fn is_low(unit: u16) -> bool {
    matches!(unit, 0xdc00..=0xdfff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrogates_stand_in_pairs() {
        let big = |bytes: &[u8]| decode(bytes, u16::from_be_bytes);
        assert_eq!(big(&[0xd8, 0x3d, 0xde, 0x00, 0x00, 0x61]), "😀a");
        assert_eq!(big(&[0xd8, 0x3b, 0xd4]), "��");
        assert_eq!(big(&[0xdc, 0x7e, 0xdc, 0xa5, 0x00, 0x61]), "�a");
        assert_eq!(big(&[0xdc, 0x30, 0x39, 0x0a]), "�㤊");
        assert_eq!(big(&[0xfe, 0xff, 0x00, 0x61]), "\u{feff}a");
    }

    #[test]
    fn marks_give_the_order() {
        assert_eq!(decode_marked(&[0xff, 0xfe, 0x61, 0x00]), "a");
        assert_eq!(decode_marked(&[0xfe, 0xff, 0x00, 0x61]), "a");
        assert_eq!(decode_marked(&[0x00, 0x61]), "a");
    }
}
