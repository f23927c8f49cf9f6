//! What an unquoted scalar means: the rules of the YAML library that the reference uses.
//!
//! They are those of YAML 1.2 with octal numbers, underscores and dates of YAML 1.1, but without
//! its `yes` and `no`.

use std::sync::LazyLock;

use regex::Regex;

use super::tree::ScalarValue;

/// What an unquoted text means; `None` is null.
pub(super) fn plain(text: &str) -> Option<ScalarValue> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return None,
        "true" | "True" | "TRUE" => return Some(ScalarValue::Bool(true)),
        "false" | "False" | "FALSE" => return Some(ScalarValue::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Some(ScalarValue::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Some(ScalarValue::Float(f64::INFINITY));
        }
        "-.inf" | "-.Inf" | "-.INF" => return Some(ScalarValue::Float(f64::NEG_INFINITY)),
        _ => {}
    }
    let meant = match text.as_bytes().first() {
        Some(b'.') => float(text),
        Some(b'+' | b'-' | b'0'..=b'9') => {
            let digits = text.replace('_', "");
            if is_timestamp(text) {
                Some(ScalarValue::Timestamp)
            } else {
                integer(&digits).or_else(|| float(&digits))
            }
        }
        _ => None,
    };
    Some(meant.unwrap_or(ScalarValue::Text))
}

/// A whole number: decimal, `0x`, `0b`, `0o`, or octal by a leading zero.
fn integer(text: &str) -> Option<ScalarValue> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.get(..2).map(str::to_ascii_lowercase);
    let (radix, digits) = match (lower.as_deref(), digits.get(2..)) {
        (Some("0x"), Some(rest)) => (16, rest),
        (Some("0b"), Some(rest)) => (2, rest),
        (Some("0o"), Some(rest)) => (8, rest),
        (Some(_), _) if digits.starts_with('0') => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return None;
    }
    let value = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if negative { -value } else { value };
    match (i64::try_from(value), u64::try_from(value)) {
        (Ok(value), _) => Some(ScalarValue::Integer(value)),
        (_, Ok(value)) => Some(ScalarValue::Unsigned(value)),
        _ => None,
    }
}

/// A number with a point or an exponent, or one too large to be whole.
fn float(text: &str) -> Option<ScalarValue> {
    static FORM: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$").ok());
    let form = FORM.as_ref()?;
    let value = form.is_match(text).then(|| text.parse::<f64>().ok())??;
    value.is_finite().then_some(ScalarValue::Float(value))
}

/// A date, or a date with a time and perhaps a zone. Years have four digits, the other parts one
/// or two.
fn is_timestamp(text: &str) -> bool {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r"^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
            r"([Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})",
            r"| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]+)?)?$",
        ))
        .ok()
    });
    let Some(parts) = FORM.as_ref().and_then(|form| form.captures(text)) else { return false };
    let number = |group: usize| parts.get(group).and_then(|part| part.as_str().parse::<i16>().ok());
    let day = |year: i16, month: i16, day: i16| {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        jiff::civil::Date::new(year, month, day).ok()
    };
    let is_day = match (number(1), number(2), number(3)) {
        (Some(year), Some(month), Some(date)) => day(year, month, date).is_some(),
        _ => false,
    };
    let in_time = |group: usize, limit: i16| number(group).is_none_or(|part| part < limit);
    is_day
        && [(5, 24), (6, 60), (7, 60), (10, 24), (11, 60), (12, 60)]
            .into_iter()
            .all(|(group, limit)| in_time(group, limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_mean_what_they_mean_to_the_reference() {
        use ScalarValue::{Bool, Float, Integer, Text, Timestamp, Unsigned};
        let cases = [
            ("yes", Some(Text)),
            ("on", Some(Text)),
            ("y", Some(Text)),
            ("true", Some(Bool(true))),
            ("FALSE", Some(Bool(false))),
            ("tRue", Some(Text)),
            ("~", None),
            ("", None),
            ("Null", None),
            ("0777", Some(Integer(0o777))),
            ("0o777", Some(Integer(0o777))),
            ("-0b11", Some(Integer(-3))),
            ("0xFF", Some(Integer(255))),
            ("08", Some(Float(8.0))),
            ("100_000", Some(Integer(100_000))),
            ("+5", Some(Integer(5))),
            ("0", Some(Integer(0))),
            ("-", Some(Text)),
            ("--1", Some(Text)),
            ("0x", Some(Text)),
            ("18446744073709551615", Some(Unsigned(u64::MAX))),
            ("18446744073709551616", Some(Float(18_446_744_073_709_551_616.0))),
            ("-9223372036854775808", Some(Integer(i64::MIN))),
            ("1e3", Some(Float(1000.0))),
            (".5", Some(Float(0.5))),
            ("1.", Some(Float(1.0))),
            ("1.2.3", Some(Text)),
            (".inf", Some(Float(f64::INFINITY))),
            ("10s", Some(Text)),
            ("2024-01-02", Some(Timestamp)),
            ("2024-1-2 3:04:05.5", Some(Timestamp)),
            ("2024-01-02T03:04:05Z", Some(Timestamp)),
            ("2024-13-02", Some(Text)),
            ("2024-02-30", Some(Text)),
            ("2024-01-02T25:00:00Z", Some(Text)),
            ("0.0.0.0:4317", Some(Text)),
        ];
        for (text, meaning) in cases {
            assert_eq!(plain(text), meaning, "{text}");
        }
    }
}
