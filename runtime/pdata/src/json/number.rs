//! Reading numbers: JSON numbers, and strings that hold one.

use super::error::{Fault, Result};
use super::read::Reader;
use crate::schema::{Enum, Kind};
use crate::wire::zigzag;

impl<'a> Reader<'a> {
    /// Takes a JSON number as text.
    pub(super) fn number(&mut self) -> Result<&'a [u8]> {
        if !matches!(self.peek(), Some(b'-' | b'0'..=b'9')) {
            return Err(self.expected("a number"));
        }
        let start = self.at;
        let rest = self.rest();
        let mut length = usize::from(rest.first() == Some(&b'-'));
        let integer = digits(rest, length);
        let leading_zero = integer > 1 && rest.get(length) == Some(&b'0');
        length += integer;
        let mut complete = integer > 0 && !leading_zero;
        if rest.get(length) == Some(&b'.') {
            let fraction = digits(rest, length + 1);
            complete &= fraction > 0;
            length += 1 + fraction;
        }
        if matches!(rest.get(length), Some(b'e' | b'E')) {
            length += 1 + usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
            let exponent = digits(rest, length);
            complete &= exponent > 0;
            length += exponent;
        }
        let joined = matches!(rest.get(length), Some(byte) if byte.is_ascii_alphanumeric());
        if !complete || joined {
            return Err(Fault::expected("a number", self.input, start));
        }
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// Takes a number of one of the numeric kinds, as the bits that protobuf writes: the varint, or
    /// the little-endian word.
    #[inline]
    pub(super) fn scalar(&mut self, kind: Kind, scratch: &mut Vec<u8>) -> Result<u64> {
        match kind {
            Kind::Bool => self.boolean(),
            Kind::Double => self.double(scratch).map(f64::to_bits),
            Kind::Enum(values) => self.enumeration(values, scratch),
            Kind::Uint64 | Kind::Fixed64 => {
                self.integer(scratch, 0, u64::MAX, "a 64-bit unsigned integer")
            }
            Kind::Uint32 | Kind::Fixed32 => {
                self.integer(scratch, 0, u64::from(u32::MAX), "a 32-bit unsigned integer")
            }
            Kind::Int64 | Kind::Sfixed64 => {
                self.integer(scratch, 1 << 63, i64::MAX.cast_unsigned(), "a 64-bit integer")
            }
            Kind::Int32 => self.int32(scratch),
            Kind::Sint32 => {
                let value = self.int32(scratch)?.cast_signed();
                Ok(zigzag(value))
            }
            Kind::String | Kind::Bytes | Kind::Id | Kind::Message(_) => {
                Err(self.expected("a number"))
            }
        }
    }

    fn int32(&mut self, scratch: &mut Vec<u8>) -> Result<u64> {
        self.integer(scratch, 1 << 31, i32::MAX.cast_unsigned().into(), "a 32-bit integer")
    }

    fn boolean(&mut self) -> Result<u64> {
        if self.word(b"true") {
            Ok(1)
        } else if self.word(b"false") {
            Ok(0)
        } else {
            Err(self.expected("`true` or `false`"))
        }
    }

    /// Takes an integer, bare or in quotes, between `-lowest` and `highest`, in two's complement.
    fn integer(
        &mut self,
        scratch: &mut Vec<u8>,
        lowest: u64,
        highest: u64,
        what: &str,
    ) -> Result<u64> {
        let quoted = self.peek() == Some(b'"');
        let start = self.at;
        let text = match quoted {
            true => self.string(scratch)?.bytes,
            false if matches!(self.peek(), Some(b'-' | b'0'..=b'9')) => self.number()?,
            false => return Err(self.expected(what)),
        };
        parse_integer(text, lowest, highest).ok_or_else(|| Fault::expected(what, self.input, start))
    }

    fn double(&mut self, scratch: &mut Vec<u8>) -> Result<f64> {
        const WHAT: &str = "a number, or one in quotes, \"NaN\", \"Infinity\", \"-Infinity\"";
        let start = match self.peek() {
            Some(b'"' | b'-' | b'0'..=b'9') => self.at,
            _ => return Err(self.expected(WHAT)),
        };
        let quoted = self.peek() == Some(b'"');
        let text = if quoted { self.string(scratch)?.bytes } else { self.number()? };
        let value = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
        match value {
            // Digits that do not fit read as infinity, which only words may say.
            Some(value) if value.is_infinite() && text.iter().any(u8::is_ascii_digit) => {
                Err(Fault::new(start, "the number is beyond the range of a double"))
            }
            // What is no number has no sign.
            Some(value) if !value.is_nan() || text.len() == 3 => Ok(value),
            _ => Err(Fault::expected(WHAT, self.input, start)),
        }
    }

    fn enumeration(&mut self, values: &'static Enum, scratch: &mut Vec<u8>) -> Result<u64> {
        if self.peek() != Some(b'"') {
            let what = format!("a number or name of {}", values.name);
            return match self.peek() {
                Some(b'-' | b'0'..=b'9') => self.int32(scratch),
                _ => Err(self.expected(&what)),
            };
        }
        let start = self.at;
        let name = self.string(scratch)?.bytes;
        match values.values.iter().find(|(known, _)| known.as_bytes() == name) {
            Some((_, number)) => Ok(i64::from(*number).cast_unsigned()),
            None => {
                let known: Vec<&str> = values.values.iter().map(|(known, _)| *known).collect();
                let what = format!("a number or one of {}", known.join(", "));
                Err(Fault::expected(&what, self.input, start))
            }
        }
    }
}

/// Number of digits from `at` on.
#[inline]
fn digits(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
}

fn parse_integer(text: &[u8], lowest: u64, highest: u64) -> Option<u64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    // Unsigned numbers have no sign, not even a plus.
    if digits.is_empty() || (lowest == 0 && digits.len() < text.len()) {
        return None;
    }
    let mut value = 0u64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    if value > if negative { lowest } else { highest } {
        return None;
    }
    Some(if negative { value.wrapping_neg() } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::enums::SPAN_KIND;

    fn read(kind: Kind, json: &str) -> std::result::Result<u64, String> {
        let mut reader = Reader::new(json.as_bytes());
        let value = reader.scalar(kind, &mut Vec::new()).map_err(|fault| fault.reason.clone())?;
        assert_eq!(reader.at, json.len(), "{json}");
        Ok(value)
    }

    fn double(json: &str) -> std::result::Result<f64, String> {
        read(Kind::Double, json).map(f64::from_bits)
    }

    #[test]
    fn integers_stop_at_their_range() {
        assert_eq!(read(Kind::Int64, "\"-9223372036854775808\""), Ok(1 << 63));
        assert!(read(Kind::Int64, "9223372036854775808").is_err());
        assert_eq!(read(Kind::Uint64, "18446744073709551615"), Ok(u64::MAX));
        assert!(read(Kind::Uint64, "\"18446744073709551616\"").is_err());
        for json in ["-1", "-0", "\"+1\""] {
            assert!(read(Kind::Uint64, json).is_err(), "{json}");
        }
        assert_eq!(read(Kind::Int32, "-2147483648"), Ok((-2_147_483_648_i64).cast_unsigned()));
        assert!(read(Kind::Int32, "2147483648").is_err());
        assert_eq!(read(Kind::Fixed32, "\"4294967295\""), Ok(4_294_967_295));
        assert!(read(Kind::Uint32, "4294967296").is_err());
        assert_eq!(read(Kind::Sint32, "-1"), Ok(1));
        assert_eq!(read(Kind::Sint32, "-2147483648"), Ok(u64::from(u32::MAX)));
        assert_eq!(read(Kind::Int64, "\"+007\""), Ok(7));
    }

    #[test]
    fn integers_are_whole() {
        for json in ["1.0", "1e3", "\"1.5\"", "\"\"", "\"-\"", "\" 1\"", "true", "null", "01", "-"]
        {
            assert!(read(Kind::Int64, json).is_err(), "{json}");
        }
        let reason = read(Kind::Int64, "\"abc\"").unwrap_err();
        assert_eq!(reason, "expected a 64-bit integer, found the string \"abc\"");
    }

    #[test]
    fn doubles_are_numbers_or_words() {
        assert_eq!(double("-0.5e-3"), Ok(-0.0005));
        assert_eq!(double("\"12.5\""), Ok(12.5));
        assert_eq!(double("\"-Infinity\""), Ok(f64::NEG_INFINITY));
        assert!(double("\"NaN\"").unwrap().is_nan());
        assert_eq!(double("1e-400"), Ok(0.0));
        assert!(double("1e400").unwrap_err().contains("range"));
        for json in ["1.", ".5", "00.1", "1e", "NaN", "\"abc\"", "\"\"", "-", "\"-NaN\""] {
            assert!(double(json).is_err(), "{json}");
        }
    }

    #[test]
    fn enumerations_are_numbers_or_names() {
        let kind = Kind::Enum(&SPAN_KIND);
        assert_eq!(read(kind, "3"), Ok(3));
        assert_eq!(read(kind, "77"), Ok(77));
        assert_eq!(read(kind, "\"SPAN_KIND_SERVER\""), Ok(2));
        let reason = read(kind, "\"SERVER\"").unwrap_err();
        assert!(reason.contains("SPAN_KIND_SERVER") && reason.contains("found"), "{reason}");
        assert!(read(kind, "\"3\"").is_err());
    }
}
