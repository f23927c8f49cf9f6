//! Writing JSON values.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::read::plain_prefix;

const HEX: &[u8; 16] = b"0123456789abcdef";

fn hex_digit(value: u8) -> u8 {
    HEX.get(usize::from(value & 15)).copied().unwrap_or_default()
}

/// Writes a string with its quotes.
#[inline]
pub(super) fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let mut rest = text;
    loop {
        let plain = plain_prefix(rest);
        let (head, tail) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        out.extend_from_slice(head);
        let Some((special, after)) = tail.split_first() else { break };
        match special {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            byte => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[hex_digit(byte >> 4), hex_digit(*byte)]);
            }
        }
        rest = after;
    }
    out.push(b'"');
}

/// Writes bytes as a string of lower-case hex digits.
pub(super) fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    out.extend(bytes.iter().flat_map(|byte| [hex_digit(byte >> 4), hex_digit(*byte)]));
    out.push(b'"');
}

/// Writes bytes as a base64 string.
pub(super) fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let room = out.get_mut(start..).unwrap_or_default();
    let written = STANDARD.encode_slice(bytes, room).unwrap_or_default();
    out.truncate(start + written);
    out.push(b'"');
}

/// Writes an unsigned integer.
#[inline]
pub(super) fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0u8; 20];
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
        length += 1;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(20 - length..).unwrap_or_default());
}

/// Writes a signed integer.
#[inline]
pub(super) fn signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(out, value.unsigned_abs());
}

/// Writes a double: the shortest digits that read as the same number, with an exponent below 1e-6
/// and from 1e21 on; what is no number as a string.
pub(super) fn double(out: &mut Vec<u8>, value: f64) {
    if value.is_nan() {
        return out.extend_from_slice(b"\"NaN\"");
    }
    if value.is_infinite() {
        let word: &[u8] = if value > 0.0 { b"\"Infinity\"" } else { b"\"-Infinity\"" };
        return out.extend_from_slice(word);
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let size = value.abs();
    // Of two shortest candidates equally near, this takes the even one, as Go does and the
    // standard library does not.
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(size);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let mantissa = mantissa.strip_suffix(".0").unwrap_or(mantissa);
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if exponent == 0 {
        out.extend_from_slice(mantissa.as_bytes());
    } else if (1e-6..1e21).contains(&size) {
        without_exponent(out, mantissa, exponent);
    } else {
        out.extend_from_slice(mantissa.as_bytes());
        out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
        // At least two digits.
        if exponent.abs() < 10 {
            out.push(b'0');
        }
        unsigned(out, exponent.unsigned_abs().into());
    }
}

/// Writes `d.ddd` times ten to the power of `exponent` in plain digits.
fn without_exponent(out: &mut Vec<u8>, mantissa: &str, exponent: i32) {
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shift = exponent.unsigned_abs() as usize;
    if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', shift.saturating_sub(whole.len())));
        out.extend_from_slice(whole.as_bytes());
        out.extend_from_slice(fraction.as_bytes());
        return;
    }
    let (moved, rest) = fraction.split_at_checked(shift).unwrap_or((fraction, ""));
    out.extend_from_slice(whole.as_bytes());
    out.extend_from_slice(moved.as_bytes());
    out.extend(std::iter::repeat_n(b'0', shift - moved.len()));
    if !rest.is_empty() {
        out.push(b'.');
        out.extend_from_slice(rest.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn numbers_read_back(unsigned_value: u64, signed_value: i64, bits: u64) {
            prop_assert_eq!(
                written(|out| unsigned(out, unsigned_value)),
                unsigned_value.to_string()
            );
            prop_assert_eq!(written(|out| signed(out, signed_value)), signed_value.to_string());
            for value in [f64::from_bits(bits), signed_value as f64 / 64.0] {
                if !value.is_finite() {
                    continue;
                }
                let bits = value.to_bits();
                let text = written(|out| double(out, value));
                prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), bits);
            }
        }

        #[test]
        fn strings_read_back(text: String) {
            let json = written(|out| string(out, text.as_bytes()));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }

    #[test]
    fn doubles_look_as_go_writes_them() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (9.5e-7, "9.5e-07"),
            (0.00001234, "0.00001234"),
            (1234567890123456768.0, "1234567890123456800"),
            // Exactly between ….2 and ….3.
            (-8_555_378_178_486_401.0 / 4.0, "-2138844544621600.2"),
            (1e16, "10000000000000000"),
            (12345678.5, "12345678.5"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (f64::NAN, "\"NaN\""),
            (f64::NEG_INFINITY, "\"-Infinity\""),
        ] {
            assert_eq!(written(|out| double(out, value)), text);
        }
    }
}
