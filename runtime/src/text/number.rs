//! Numbers to text and back, as Go's `strconv` does it.

use std::num::IntErrorKind;

use crate::error::EvalError;

/// A double as Go's JSON encoders write it: plain digits, or an exponent of at least two digits below
/// 1e-6 and from 1e21 on.
pub fn push_float(out: &mut String, value: f64) {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        push_exponent(out, value, 2);
    } else {
        out.push_str(&value.to_string());
    }
}

/// A double as the telemetry model writes it: as JavaScript, with `NaN` and `Infinity`.
pub fn push_float_as_text(out: &mut String, value: f64) {
    let size = value.abs();
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    } else if size != 0.0 && !(1e-6..1e21).contains(&size) {
        push_exponent(out, value, 1);
    } else {
        out.push_str(&value.to_string());
    }
}

fn push_exponent(out: &mut String, value: f64, digits: usize) {
    let text = format!("{value:e}");
    let Some((mantissa, exponent)) = text.split_once('e') else {
        out.push_str(&text);
        return;
    };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    out.push_str(mantissa);
    out.push('e');
    out.push(sign);
    out.extend(std::iter::repeat_n('0', digits.saturating_sub(exponent.len())));
    out.push_str(exponent);
}

/// Reads a decimal integer with an optional sign, and nothing else.
///
/// # Errors
/// When the text is something else, or out of range.
pub fn parse_int(text: &str) -> Result<i64, EvalError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EvalError::NotANumber { text: text.into(), why: "is not a decimal integer" });
    }
    text.parse()
        .map_err(|_| EvalError::NotANumber { text: text.into(), why: "does not fit 64 bits" })
}

/// Reads an integer in a base from 2 to 36. Base 0 goes by the prefix `0b`, `0o`, `0` or `0x`, and
/// underscores may then stand between digits.
///
/// # Errors
/// What is wrong.
pub fn parse_int_in(text: &str, base: i64) -> Result<i64, &'static str> {
    const NO_INTEGER: &str = "is not an integer in this base";
    let (negative, number) = match text.split_at_checked(1) {
        Some(("-", rest)) => (true, rest),
        Some(("+", rest)) => (false, rest),
        _ => (false, text),
    };
    let (radix, digits) = match base {
        0 => {
            let prefixed = number.get(..2).filter(|_| number.len() > 2);
            match (prefixed.unwrap_or_default(), number.as_bytes()) {
                ("0b" | "0B", _) => (2, number.get(2..)),
                ("0o" | "0O", _) => (8, number.get(2..)),
                ("0x" | "0X", _) => (16, number.get(2..)),
                // The first digit says no more than that the others are octal.
                (_, [b'0', ..]) if number.len() > 1 => (8, number.get(1..)),
                _ => (10, Some(number)),
            }
        }
        2..=36 => (base as u32, Some(number)),
        _ => return Err("has a base other than 0 and 2 to 36"),
    };
    let digits = digits.unwrap_or_default();
    let separated = digits.split('_').skip(usize::from(digits.len() < number.len()));
    let loose = base == 0 && digits.contains('_');
    if loose && separated.into_iter().any(str::is_empty) {
        return Err(NO_INTEGER);
    }
    let digits = if loose { &*digits.replace('_', "") } else { digits };
    if !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return Err(NO_INTEGER);
    }
    let value = match u64::from_str_radix(digits, radix) {
        Ok(value) => i128::from(value),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => i128::from(u64::MAX),
        Err(_) => return Err(NO_INTEGER),
    };
    i64::try_from(if negative { -value } else { value }).map_err(|_| "does not fit 64 bits")
}

/// Reads a double: decimal, hexadecimal with an exponent of two (`0x1.8p3`), `inf` or `nan`. An
/// underscore may stand between two digits, and behind `0x`.
pub fn parse_float(text: &str) -> Option<f64> {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let hexadecimal = number.strip_prefix("0x").or_else(|| number.strip_prefix("0X"));
    if text.contains('_') {
        let is_digit = |byte: Option<&u8>| {
            byte.is_some_and(|byte| match hexadecimal {
                Some(_) => byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X'),
                None => byte.is_ascii_digit(),
            })
        };
        let bytes = text.as_bytes();
        let separates = |at: usize| {
            is_digit(at.checked_sub(1).and_then(|at| bytes.get(at))) && is_digit(bytes.get(at + 1))
        };
        let is_valid = text.match_indices('_').all(|(at, _)| separates(at));
        return is_valid.then(|| parse_float(&text.replace('_', ""))).flatten();
    }
    if let Some(digits) = hexadecimal {
        let value = parse_hexadecimal(digits)?;
        return Some(if text.starts_with('-') { -value } else { value });
    }
    let is_infinite = ["inf", "infinity"].iter().any(|word| number.eq_ignore_ascii_case(word));
    let is_word = is_infinite || text.eq_ignore_ascii_case("nan");
    let is_number = number
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    // Go refuses what overflows.
    let is_finite = |value: &f64| is_word || value.is_finite();
    (is_word || is_number).then(|| text.parse().ok()).flatten().filter(is_finite)
}

/// A double from hexadecimal digits and an exponent of two, rounded to the nearest one.
fn parse_hexadecimal(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once(['p', 'P'])?;
    // Exponents without end are as good as large ones.
    let exponent = match parse_int(exponent) {
        Ok(exponent) => exponent.clamp(-1_000_000, 1_000_000),
        Err(EvalError::NotANumber { why: "does not fit 64 bits", .. })
            if exponent.starts_with('-') =>
        {
            -1_000_000
        }
        Err(EvalError::NotANumber { why: "does not fit 64 bits", .. }) => 1_000_000,
        Err(_) => return None,
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // The first 64 bits, their exponent, and whether anything follows.
    let (mut bits, mut shift, mut rest) = (0_u64, exponent, false);
    for (index, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16)?);
        let is_fraction = index >= whole.len();
        if bits >> 60 == 0 {
            bits = bits << 4 | digit;
            shift -= if is_fraction { 4 } else { 0 };
        } else {
            rest |= digit != 0;
            shift += if is_fraction { 0 } else { 4 };
        }
    }
    if bits == 0 {
        return Some(0.0);
    }
    let width = 64 - i64::from(bits.leading_zeros());
    let highest = shift + width - 1;
    // Doubles next to zero have fewer digits.
    let precision = if highest >= -1022 { 53 } else { 53 - (-1022 - highest) };
    let surplus = u32::try_from((width - precision).max(0)).unwrap_or(u32::MAX);
    let (kept, cut) = match surplus {
        0..=64 => {
            let wide = u128::from(bits);
            (wide >> surplus, wide & ((1 << surplus) - 1))
        }
        _ => return Some(0.0),
    };
    let half = (1_u128 << surplus) >> 1;
    let up = surplus > 0 && (cut > half || cut == half && (rest || kept & 1 == 1));
    let kept = kept as f64 + f64::from(u8::from(up));
    let value = libm::scalbn(kept, i32::try_from(shift + i64::from(surplus)).ok()?);
    value.is_finite().then_some(value)
}

/// A double to an integer as Go does it on x86-64: towards zero, and the smallest integer for
/// everything that does not fit.
pub fn truncate(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) { value as i64 } else { i64::MIN }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: f64) -> String {
        let mut out = String::new();
        push_float(&mut out, value);
        out
    }

    #[test]
    fn doubles_are_written_as_in_go() {
        assert_eq!(json(2.0), "2");
        assert_eq!(json(1.5), "1.5");
        assert_eq!(json(1e20), "100000000000000000000");
        assert_eq!(json(1e21), "1e+21");
        assert_eq!(json(1.5e-7), "1.5e-07");
        assert_eq!(json(-1e-300), "-1e-300");
        assert_eq!(json(0.0), "0");
        assert_eq!(json(-0.0), "-0");
        let mut out = String::new();
        push_float_as_text(&mut out, 1e-7);
        assert_eq!(out, "1e-7");
    }

    #[test]
    fn integers_are_decimal() {
        assert_eq!(parse_int("-12"), Ok(-12));
        assert_eq!(parse_int("+12"), Ok(12));
        for text in ["", "-", "+-1", " 1", "0x10", "1_0", "1.5", "9223372036854775808", "١"] {
            assert!(parse_int(text).is_err(), "{text}");
        }
    }

    #[test]
    fn integers_have_bases() {
        for (text, base, value) in [
            ("ff", 16, 255),
            ("-0x1f", 0, -31),
            ("0b11", 0, 3),
            ("0o17", 0, 15),
            ("017", 0, 15),
            ("0", 0, 0),
            ("1_000", 0, 1000),
            ("0x_ff", 0, 255),
            ("0_7", 0, 7),
            ("Zz", 36, 1295),
            ("+7", 8, 7),
            ("-8000000000000000", 16, i64::MIN),
        ] {
            assert_eq!(parse_int_in(text, base), Ok(value), "{text}");
        }
        for (text, base) in [
            ("", 10),
            ("-", 0),
            ("+-1", 10),
            ("0x1f", 16),
            ("8", 8),
            ("1_0", 10),
            ("_1", 0),
            ("1_", 0),
            ("1__0", 0),
            ("0x", 0),
            ("0_", 0),
            ("09", 0),
            ("1", 1),
            ("1", 37),
            ("1", -1),
            ("8000000000000000", 16),
            ("é", 36),
        ] {
            assert!(parse_int_in(text, base).is_err(), "{text} {base}");
        }
    }

    #[test]
    fn doubles_are_read_as_in_go() {
        let read = [
            ("1.9", 1.9),
            ("+1.5", 1.5),
            ("1.", 1.0),
            (".5", 0.5),
            ("1_000.5", 1000.5),
            ("1e1_0", 1e10),
            ("1e-400", 0.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("+inf", f64::INFINITY),
            ("0x1p4", 16.0),
            ("-0X1.8p-1", -0.75),
            ("0x_1_0p0", 16.0),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.00000000000008000000001p0", 1.000_000_000_000_000_2),
            ("0x1p-1074", 5e-324),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("0x1.fffffffffffffp1023", f64::MAX),
            ("0x0p99999999999999999999", 0.0),
        ];
        for (text, value) in read {
            assert_eq!(parse_float(text), Some(value), "{text}");
        }
        assert!(parse_float("NaN").is_some_and(f64::is_nan));
        let refused = [
            "",
            ".",
            " 1",
            "1e",
            "1e400",
            "infinit",
            "+nan",
            "_1",
            "1_",
            "1__0",
            "1_.5",
            "٣",
            "0x1",
            "0xp1",
            "0x1p",
            "0x.p1",
            "0xg1p0",
            "0x1p1024",
            "0x1.fffffffffffff8p1023",
        ];
        for text in refused {
            assert_eq!(parse_float(text), None, "{text}");
        }
    }

    #[test]
    fn doubles_out_of_range_become_the_smallest_integer() {
        assert_eq!(truncate(-1.9), -1);
        for value in [1e30, -1e30, f64::NAN, 9_223_372_036_854_775_808.0] {
            assert_eq!(truncate(value), i64::MIN);
        }
    }
}
