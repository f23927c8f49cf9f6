//! The JSON tokenizer: a cursor over the text that is asked for what should come next.
//!
//! Strict RFC 8259, except that text need not be valid UTF-8 here; the decoder mends it.

use super::error::{Fault, Result};

/// A cursor over JSON text.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) input: &'a [u8],
    pub(super) at: usize,
}

/// A string, without its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'s> {
    pub(super) bytes: &'s [u8],
    /// It held half a surrogate pair, which became U+FFFD.
    pub(super) mended: bool,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0 }
    }

    /// The rest of the text.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    /// Skips white space and looks at the next byte.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.input.get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Takes the next byte if it is this one.
    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// A fault at the next byte, where something else was expected.
    #[cold]
    pub(super) fn expected(&mut self, what: &str) -> Box<Fault> {
        self.peek();
        Fault::expected(what, self.input, self.at)
    }

    /// Takes a bare word such as `null`, when it stands next.
    pub(super) fn word(&mut self, word: &[u8]) -> bool {
        self.peek();
        let there = self.rest().starts_with(word)
            && !matches!(self.rest().get(word.len()), Some(byte) if byte.is_ascii_alphanumeric());
        self.at += if there { word.len() } else { 0 };
        there
    }

    /// Takes `null`, when it stands next.
    #[inline]
    pub(super) fn null(&mut self) -> bool {
        self.peek() == Some(b'n') && self.word(b"null")
    }

    /// Begins a list or object.
    pub(super) fn open(&mut self, bracket: u8, what: &str) -> Result<()> {
        if self.eat(bracket) { Ok(()) } else { Err(self.expected(what)) }
    }

    /// Before an element of a list or object: whether there is one. `first` tells whether the
    /// bracket was just opened.
    #[inline]
    pub(super) fn more(&mut self, close: u8, first: bool) -> Result<bool> {
        if self.eat(close) {
            return Ok(false);
        }
        if first || self.eat(b',') {
            return Ok(true);
        }
        Err(self.expected(if close == b'}' { "`,` or `}`" } else { "`,` or `]`" }))
    }

    /// Takes the key of an object's member and the colon.
    #[inline]
    pub(super) fn key<'s>(&mut self, scratch: &'s mut Vec<u8>) -> Result<&'s [u8]>
    where
        'a: 's,
    {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a key in quotes"));
        }
        let key = self.string(scratch)?;
        if self.eat(b':') { Ok(key.bytes) } else { Err(self.expected("`:` after the key")) }
    }

    /// Takes a string. Without escapes it is a slice of the text, else it is in `scratch`.
    #[inline]
    pub(super) fn string<'s>(&mut self, scratch: &'s mut Vec<u8>) -> Result<Text<'s>>
    where
        'a: 's,
    {
        if !self.eat(b'"') {
            return Err(self.expected("a string"));
        }
        let start = self.at;
        self.at += plain_prefix(self.rest());
        if self.input.get(self.at) == Some(&b'"') {
            let bytes = self.input.get(start..self.at).unwrap_or_default();
            self.at += 1;
            return Ok(Text { bytes, mended: false });
        }
        let mended = self.escaped_string(start, scratch)?;
        Ok(Text { bytes: scratch, mended })
    }

    fn escaped_string(&mut self, start: usize, scratch: &mut Vec<u8>) -> Result<bool> {
        scratch.clear();
        scratch.extend_from_slice(self.input.get(start..self.at).unwrap_or_default());
        let mut mended = false;
        loop {
            match self.input.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(mended);
                }
                Some(b'\\') => mended |= self.escape(scratch)?,
                Some(_) => {
                    let reason = "control characters in strings must be escaped, as in \\n";
                    return Err(Fault::new(self.at, reason));
                }
                None => return Err(Fault::new(start - 1, "the string has no closing quote")),
            }
            let plain = plain_prefix(self.rest());
            scratch.extend_from_slice(self.rest().get(..plain).unwrap_or_default());
            self.at += plain;
        }
    }

    /// Takes an escape sequence; answers whether half a surrogate pair became U+FFFD.
    fn escape(&mut self, scratch: &mut Vec<u8>) -> Result<bool> {
        let start = self.at;
        let byte = match self.input.get(start + 1) {
            Some(b'"') => b'"',
            Some(b'\\') => b'\\',
            Some(b'/') => b'/',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                self.at += 2;
                return self.unicode_escape(start, scratch);
            }
            _ => {
                let reason =
                    "unknown escape sequence; known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u";
                return Err(Fault::new(start, reason));
            }
        };
        scratch.push(byte);
        self.at += 2;
        Ok(false)
    }

    fn unicode_escape(&mut self, start: usize, scratch: &mut Vec<u8>) -> Result<bool> {
        let first = self.four_digits(start)?;
        if !(0xd800..0xe000).contains(&first) {
            return Ok(put_char(first, scratch));
        }
        if !self.rest().starts_with(b"\\u") {
            return Ok(put_char(first, scratch));
        }
        let start = self.at;
        self.at += 2;
        let second = self.four_digits(start)?;
        if first < 0xdc00 && (0xdc00..0xe000).contains(&second) {
            let code = 0x10000 + ((first - 0xd800) << 10 | (second - 0xdc00));
            return Ok(put_char(code, scratch));
        }
        // Like the Go collector: both stand alone, even when the second begins another pair.
        Ok(put_char(first, scratch) | put_char(second, scratch))
    }

    fn four_digits(&mut self, start: usize) -> Result<u32> {
        let digits = self.rest().get(..4).unwrap_or_default();
        let code = std::str::from_utf8(digits)
            .ok()
            .filter(|text| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|text| u32::from_str_radix(text, 16).ok());
        self.at += 4;
        code.ok_or_else(|| Fault::new(start, "\\u must be followed by four hexadecimal digits"))
    }
}

/// Appends a character; answers whether it had to be U+FFFD instead.
fn put_char(code: u32, out: &mut Vec<u8>) -> bool {
    let known = char::from_u32(code);
    let letter = known.unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    known.is_none()
}

/// Number of leading bytes that stand for themselves in a JSON string: no quote, no backslash, no
/// control character. Eight bytes at a time.
#[inline]
pub(super) fn plain_prefix(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // The lowest flagged byte is always right; a borrow can only flag bytes above it.
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word & HIGHS;
    let mut rest = bytes;
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*head);
        let special = below(word, 0x20)
            | below(word ^ (ONES * u64::from(b'"')), 1)
            | below(word ^ (ONES * u64::from(b'\\')), 1);
        if special != 0 {
            return bytes.len() - rest.len() + special.trailing_zeros() as usize / 8;
        }
        rest = tail;
    }
    let plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    let tail = rest.iter().position(|byte| !plain(byte)).unwrap_or(rest.len());
    bytes.len() - rest.len() + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_prefix_equals_the_slow_way(bytes: Vec<u8>) {
            let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
            let slow = bytes.iter().position(special).unwrap_or(bytes.len());
            prop_assert_eq!(plain_prefix(&bytes), slow);
        }

        #[test]
        fn strings_are_read_as_serde_reads_them(text: String) {
            let json = serde_json::to_string(&text).unwrap();
            let mut scratch = Vec::new();
            let mut reader = Reader::new(json.as_bytes());
            prop_assert_eq!(reader.string(&mut scratch).unwrap().bytes, text.as_bytes());
            prop_assert_eq!(reader.at, json.len());
        }
    }

    fn read(json: &str) -> std::result::Result<(String, bool), String> {
        let mut scratch = Vec::new();
        let mut reader = Reader::new(json.as_bytes());
        let text = reader.string(&mut scratch).map_err(|fault| fault.reason.clone())?;
        Ok((String::from_utf8(text.bytes.to_vec()).unwrap(), text.mended))
    }

    #[test]
    fn surrogates_pair_up_or_become_replacement_characters() {
        assert_eq!(read(r#""\ud83d\ude00""#), Ok(("😀".to_owned(), false)));
        assert_eq!(read(r#""\ud83d!""#), Ok(("\u{fffd}!".to_owned(), true)));
        assert_eq!(read(r#""\ude00A""#), Ok(("\u{fffd}A".to_owned(), true)));
        assert_eq!(read(r#""\ud83d\u0041""#), Ok(("\u{fffd}A".to_owned(), true)));
        assert_eq!(read(r#""\ud83d\n""#), Ok(("\u{fffd}\n".to_owned(), true)));
    }

    #[test]
    fn broken_strings_say_what_is_wrong() {
        assert_eq!(read("\"ab"), Err("the string has no closing quote".to_owned()));
        assert!(read("\"a\nb\"").unwrap_err().contains("control characters"));
        assert!(read(r#""\x""#).unwrap_err().contains("unknown escape"));
        assert!(read(r#""\u12g4""#).unwrap_err().contains("four hexadecimal"));
        assert!(read(r#""\u12"#).unwrap_err().contains("four hexadecimal"));
    }
}
