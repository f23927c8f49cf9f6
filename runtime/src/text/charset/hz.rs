//! HZ: simplified Chinese in seven bits. `~{` begins pairs of bytes that are characters, `~}` ends
//! them.

use encoding_rs::GBK;

use super::UNKNOWN;

/// The text of bytes.
pub(super) fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let (mut rest, mut in_pairs) = (bytes, false);
    loop {
        rest = match rest {
            [] => return text,
            [b'~', b'{', after @ ..] => {
                in_pairs = true;
                after
            }
            [b'~', b'}', after @ ..] => {
                in_pairs = false;
                after
            }
            // A line that goes on in the next.
            [b'~', b'\n', after @ ..] => after,
            [b'~', b'~', after @ ..] => {
                text.push('~');
                after
            }
            [b'~', _, after @ ..] => {
                text.push(UNKNOWN);
                after
            }
            [first, after @ ..] if !first.is_ascii() => {
                text.push(UNKNOWN);
                after
            }
            [first, after @ ..] if !in_pairs && *first != b'~' => {
                text.push(char::from(*first));
                after
            }
            [first @ 0x21..=0x7d, second @ 0x21..=0x7e, after @ ..] => {
                let pair = [first | 0x80, second | 0x80];
                let (characters, _) = GBK.decode_without_bom_handling(&pair);
                // What GBK leaves to private use stands for nothing here.
                text.push_str(&characters.replace(is_private, "\u{fffd}"));
                after
            }
            [_, 0..=0x7f, after @ ..] | [_, after @ ..] => {
                text.push(UNKNOWN);
                after
            }
        };
    }
}

const fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stand_between_marks() {
        assert_eq!(decode(b"a~{<:Ky2;~}b~~~\nc"), "a己所不b~c");
        assert_eq!(decode(b"~{!"), "\u{fffd}");
        assert_eq!(decode(b"~"), "\u{fffd}");
    }
}
