//! Literals: the text of a token to the value it stands for.
//!
//! The lexical check calls these first and reports what they refuse; the reader of the parse tree
//! calls them again for the values. String escapes are those of Go's `strconv.UnquoteChar`, which
//! decode to code points: `"\xff"` is U+00FF, not a byte.

use crate::span::Span;

/// An escape that does not exist or is not complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadEscape {
    /// The escape, relative to the start of the token.
    pub(crate) span: Span,
    /// What is wrong with it.
    pub(crate) reason: EscapeReason,
}

/// Why an escape is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EscapeReason {
    /// No escape starts with this character.
    Unknown(char),
    /// So many digits of this radix were needed.
    Digits { wanted: u32, radix: u32 },
    /// An octal escape above `\377`.
    OctalRange,
    /// A surrogate, or beyond U+10FFFF.
    NoCharacter,
}

/// Decodes a string token with its quotes. All bad escapes are reported.
pub(crate) fn decode_string(token: &str) -> Result<String, Vec<BadEscape>> {
    let inner = token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(token);
    let mut decoded = String::with_capacity(inner.len());
    let mut errors = Vec::new();
    let mut rest = inner;
    let mut offset: usize = 1;
    while let Some(backslash) = rest.find('\\') {
        let (plain, escape) = rest.split_at(backslash);
        decoded.push_str(plain);
        offset += backslash;
        let (length, result) = decode_escape(escape);
        match result {
            Ok(character) => decoded.push(character),
            Err(reason) => {
                errors.push(BadEscape { span: Span::from(offset..offset + length), reason });
            }
        }
        offset += length;
        rest = escape.get(length..).unwrap_or_default();
    }
    decoded.push_str(rest);
    if errors.is_empty() { Ok(decoded) } else { Err(errors) }
}

/// Decodes the escape that `text` starts with; also says how long it is, right or wrong.
fn decode_escape(text: &str) -> (usize, Result<char, EscapeReason>) {
    let Some(kind) = text.chars().nth(1) else {
        return (text.len(), Err(EscapeReason::Unknown('\\')));
    };
    let simple = match kind {
        'a' => '\u{07}',
        'b' => '\u{08}',
        'f' => '\u{0C}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{0B}',
        '\\' | '"' => kind,
        'x' => return decode_digits(text, 2, 2, 16),
        'u' => return decode_digits(text, 2, 4, 16),
        'U' => return decode_digits(text, 2, 8, 16),
        '0'..='7' => return decode_digits(text, 1, 3, 8),
        _ => return (1 + kind.len_utf8(), Err(EscapeReason::Unknown(kind))),
    };
    (2, Ok(simple))
}

/// Decodes exactly `wanted` digits after a head of `head` bytes.
fn decode_digits(
    text: &str,
    head: usize,
    wanted: u32,
    radix: u32,
) -> (usize, Result<char, EscapeReason>) {
    let digits = text.get(head..).unwrap_or_default();
    let mut value: u32 = 0;
    let mut count: u32 = 0;
    for digit in digits.chars().map_while(|c| c.to_digit(radix)).take(wanted as usize) {
        value = value.wrapping_mul(radix).wrapping_add(digit);
        count += 1;
    }
    let length = head + count as usize;
    let result = if count < wanted {
        Err(EscapeReason::Digits { wanted, radix })
    } else if radix == 8 && value > 0o377 {
        Err(EscapeReason::OctalRange)
    } else {
        char::from_u32(value).ok_or(EscapeReason::NoCharacter)
    };
    (length, result)
}

/// Decodes an integer token; `None` beyond `i64`.
pub(crate) fn decode_int(token: &str) -> Option<i64> {
    token.parse().ok()
}

/// Decodes a float token; `None` when it is too large for a finite value.
pub(crate) fn decode_float(token: &str) -> Option<f64> {
    token.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Decodes a bytes token; `None` for an odd number of digits.
pub(crate) fn decode_bytes(token: &str) -> Option<Vec<u8>> {
    let digits = token.strip_prefix("0x")?.as_bytes();
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    pairs.iter().map(|&[high, low]| u8::try_from(digit(high)? * 16 + digit(low)?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_decode_as_in_go() {
        let cases = [
            (r#""\a\b\f\n\r\t\v""#, "\u{07}\u{08}\u{0C}\n\r\t\u{0B}"),
            (r#""\\ \"""#, "\\ \""),
            (r#""\xff\x41""#, "\u{ff}A"),
            (r#""\101\377\000""#, "A\u{ff}\0"),
            (r#""\u00e9\U0001F600""#, "é😀"),
            (r#""\u00e99""#, "é9"),
            ("\"raw\nline\ttab\"", "raw\nline\ttab"),
            (r#""$1 'single' 한국어""#, "$1 'single' 한국어"),
            (r#""""#, ""),
        ];
        for (token, value) in cases {
            assert_eq!(decode_string(token).as_deref(), Ok(value), "{token}");
        }
    }

    #[test]
    fn wrong_escapes_are_all_reported_with_their_place() {
        let reasons = |token: &str| -> Vec<(u32, u32, EscapeReason)> {
            let errors = decode_string(token).expect_err(token);
            errors.into_iter().map(|e| (e.span.start, e.span.end, e.reason)).collect()
        };
        assert_eq!(
            reasons(r#""\d+ \'x\.""#),
            [
                (1, 3, EscapeReason::Unknown('d')),
                (5, 7, EscapeReason::Unknown('\'')),
                (8, 10, EscapeReason::Unknown('.')),
            ]
        );
        let digits = |wanted, radix| EscapeReason::Digits { wanted, radix };
        assert_eq!(reasons(r#""\x4""#), [(1, 4, digits(2, 16))]);
        assert_eq!(reasons(r#""\18""#), [(1, 3, digits(3, 8))]);
        assert_eq!(reasons(r#""\8""#), [(1, 3, EscapeReason::Unknown('8'))]);
        assert_eq!(reasons(r#""\400""#), [(1, 5, EscapeReason::OctalRange)]);
        assert_eq!(reasons(r#""\u12g4""#), [(1, 5, digits(4, 16))]);
        assert_eq!(reasons(r#""\ud800""#), [(1, 7, EscapeReason::NoCharacter)]);
        assert_eq!(reasons(r#""\U00110000""#), [(1, 11, EscapeReason::NoCharacter)]);
        assert_eq!(reasons("\"\\\n\""), [(1, 3, EscapeReason::Unknown('\n'))]);
        assert_eq!(reasons("\"\\한\""), [(1, 5, EscapeReason::Unknown('한'))]);
    }

    #[test]
    fn numbers_and_bytes_have_their_limits() {
        assert_eq!(decode_int("9223372036854775807"), Some(i64::MAX));
        assert_eq!(decode_int("9223372036854775808"), None);
        assert_eq!(decode_int("007"), Some(7));
        assert_eq!(decode_float("1."), Some(1.0));
        assert_eq!(decode_float(".5e-1"), Some(0.05));
        assert_eq!(decode_float("1.0e308"), Some(1e308));
        assert_eq!(decode_float("1.0e309"), None);
        assert_eq!(decode_float("1.0e-999"), Some(0.0));
        assert_eq!(decode_bytes("0xFf00"), Some(vec![255, 0]));
        assert_eq!(decode_bytes("0xabc"), None);
    }
}
