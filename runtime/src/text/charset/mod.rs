//! Bytes in a character encoding to text: encodings by their IANA names, as far as Go's index of
//! them goes.
//!
//! What has a mark for it in [`Charset`] is decoded here; the rest by the Encoding Standard. Bytes
//! that stand for nothing become U+FFFD.

mod code_pages;
mod hz;
mod names;
mod utf16;

use std::borrow::Cow;

use encoding_rs::Encoding;

/// A character encoding.
#[derive(Clone, Copy, Debug)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// ASCII, and nothing above it.
    Ascii,
    /// UTF-16 with the lower byte first; byte order marks are characters.
    Utf16Le,
    /// UTF-16 with the higher byte first; byte order marks are characters.
    Utf16Be,
    /// UTF-16 with the higher byte first unless a byte order mark says otherwise.
    Utf16Marked,
    /// The first 256 characters, except for some bytes.
    Latin(&'static [(u8, char)]),
    /// ASCII, and 128 characters above it, except for some bytes.
    CodePage(&'static str, &'static [(u8, char)]),
    /// EBCDIC, except for some bytes.
    Ebcdic(&'static [(u8, char)]),
    /// Simplified Chinese in seven bits.
    Hz,
    /// One byte a character, by the Encoding Standard, but without the control characters with
    /// which that fills the gaps.
    Single(&'static Encoding),
    /// Several bytes a character, by the Encoding Standard.
    Multiple(&'static Encoding),
}

impl Charset {
    /// The encoding of that name; letter case does not count.
    pub fn named(name: &str) -> Option<Self> {
        let lower = name.to_lowercase();
        names::own(&lower).or_else(|| names::registered(lower.trim()))
    }

    /// The text of bytes.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        let by_byte = |character: &dyn Fn(u8) -> Option<char>| {
            let characters = bytes.iter().map(|byte| character(*byte).unwrap_or(UNKNOWN));
            Cow::Owned(characters.collect())
        };
        let ascii = |byte: u8| byte.is_ascii().then_some(char::from(byte));
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Ascii => by_byte(&ascii),
            Self::Utf16Le => Cow::Owned(utf16::decode(bytes, u16::from_le_bytes)),
            Self::Utf16Be => Cow::Owned(utf16::decode(bytes, u16::from_be_bytes)),
            Self::Utf16Marked => Cow::Owned(utf16::decode_marked(bytes)),
            Self::Latin(others) => by_byte(&|byte| of(others, byte).or(Some(char::from(byte)))),
            Self::CodePage(upper, others) => {
                let upper: Vec<char> = upper.chars().collect();
                let above = |byte: u8| upper.get(usize::from(byte).checked_sub(128)?).copied();
                by_byte(&|byte| ascii(byte).or_else(|| of(others, byte)).or_else(|| above(byte)))
            }
            Self::Ebcdic(others) => {
                let all: Vec<char> = code_pages::IBM037.chars().collect();
                by_byte(&|byte| of(others, byte).or_else(|| all.get(usize::from(byte)).copied()))
            }
            Self::Hz => Cow::Owned(hz::decode(bytes)),
            Self::Single(encoding) => {
                let (text, _) = encoding.decode_without_bom_handling(bytes);
                if !text.contains(fills_gap) {
                    return text;
                }
                Cow::Owned(text.replace(fills_gap, "\u{fffd}"))
            }
            Self::Multiple(encoding) => encoding.decode_without_bom_handling(bytes).0,
        }
    }
}

const UNKNOWN: char = char::REPLACEMENT_CHARACTER;

fn of(others: &[(u8, char)], byte: u8) -> Option<char> {
    others.iter().find(|(known, _)| *known == byte).map(|(_, character)| *character)
}

const fn fills_gap(character: char) -> bool {
    matches!(character, '\u{80}'..='\u{9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(name: &str, bytes: &[u8]) -> String {
        Charset::named(name).unwrap().decode(bytes).into_owned()
    }

    #[test]
    fn names_are_those_of_the_registry() {
        for name in ["UTF-8", "utf8", "ascii", "", " latin1 ", "CP037", "Windows-1252", "gb18030"] {
            assert!(Charset::named(name).is_some(), "{name}");
        }
        for name in ["nothing", "utf-32", "latin2x", " utf-16le x", " utf8", "x-user-defined"] {
            assert!(Charset::named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn one_byte_is_one_character() {
        let high = [0x80, 0x9f, 0xa4, 0xd5, 0xe9];
        assert_eq!(decoded("csascii", &high), "�����");
        assert_eq!(decoded("iso-8859-1", &high), "\u{80}\u{9f}¤Õé");
        assert_eq!(decoded("iso-8859-9", &[0xf0, 0x9f]), "ğ\u{9f}");
        assert_eq!(decoded("iso-8859-15", &high), "��€Õé");
        assert_eq!(decoded("windows-1252", &[0x80, 0x81]), "€�");
        assert_eq!(decoded("ibm850", &high), "ÇƒñıÚ");
        assert_eq!(decoded("ibm00858", &[0xd5]), "€");
        assert_eq!(decoded("ibm037", &[0xc1, 0x9f, 0xba]), "A¤[");
        assert_eq!(decoded("ibm01140", &[0x9f]), "€");
        assert_eq!(decoded("ibm1047", &[0xad, 0xbd, 0xba]), "[]Ý");
        assert_eq!(decoded("koi8-r", &[0xc1]), "а");
    }

    #[test]
    fn tables_are_whole() {
        use code_pages::*;
        for page in [IBM437, IBM850, IBM852, IBM855, IBM860, IBM862, IBM863, IBM865] {
            assert_eq!(page.chars().count(), 128);
        }
        assert_eq!(IBM037.chars().count(), 256);
    }

    #[test]
    fn several_bytes_are_one_character() {
        assert_eq!(decoded("shift_jis", &[0x82, 0xa0]), "あ");
        assert_eq!(decoded("euc-jp", &[0xa4, 0xa2]), "あ");
        assert_eq!(decoded("iso-2022-jp", b"\x1b$B$\"\x1b(Ba"), "あa");
        assert_eq!(decoded("gbk", &[0xc4, 0xe3]), "你");
        assert_eq!(decoded("gb18030", &[0x81, 0x30, 0x81, 0x30]), "\u{80}");
        assert_eq!(decoded("big5", &[0xa7, 0x41]), "你");
        assert_eq!(decoded("euc-kr", &[0xb0, 0xa1]), "가");
    }
}
