//! Durations as Go writes them: `1h30m`, `-1.5us`.

/// The units in nanoseconds.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    // Micro sign and Greek mu.
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The nanoseconds of a duration.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_duration(text: &str) -> Result<i64, &'static str> {
    const LARGE: &str = "is too large for a duration";
    let (negative, mut rest) = match text.split_at_checked(1) {
        Some(("-", rest)) => (true, rest),
        Some(("+", rest)) => (false, rest),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err("is not a duration");
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        if !rest.starts_with(|first: char| first == '.' || first.is_ascii_digit()) {
            return Err("is not a duration");
        }
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, after) = rest.split_at(digits(rest));
        let value: u64 = match whole {
            "" => 0,
            whole => whole.parse().ok().filter(|value| *value <= 1 << 63).ok_or(LARGE)?,
        };
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at(digits(after)),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err("is not a duration");
        }
        let end = after.find(|next: char| next == '.' || next.is_ascii_digit());
        let (unit, next) = after.split_at(end.unwrap_or(after.len()));
        if unit.is_empty() {
            return Err("has a number without a unit, such as `s`");
        }
        let known = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, nanos) = known.ok_or("has an unknown unit; there are ns, us, ms, s, m and h")?;
        let mut value = value.checked_mul(*nanos).filter(|value| *value <= 1 << 63).ok_or(LARGE)?;
        if !fraction.is_empty() {
            let (part, scale) = leading_fraction(fraction);
            value += (part as f64 * (*nanos as f64 / scale)) as u64;
            if value > 1 << 63 {
                return Err(LARGE);
            }
        }
        total = total.checked_add(value).filter(|total| *total <= 1 << 63).ok_or(LARGE)?;
        rest = next;
    }
    if negative {
        return Ok((total as i64).wrapping_neg());
    }
    i64::try_from(total).map_err(|_| LARGE)
}

/// The digits of a fraction as a number, with what to divide it by; digits that do not fit are left
/// out.
fn leading_fraction(digits: &str) -> (u64, f64) {
    let (mut value, mut scale, mut full) = (0u64, 1.0, false);
    for digit in digits.bytes() {
        let next = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(u64::from(digit - b'0')))
            .filter(|next| *next <= 1 << 63);
        match next {
            Some(next) if !full => {
                value = next;
                scale *= 10.0;
            }
            _ => full = true,
        }
    }
    (value, scale)
}

/// Appends a duration as Go writes it: `1h30m0s`, `1.5s`, `2µs`.
pub fn push_duration(out: &mut String, nanos: i64) {
    if nanos == 0 {
        return out.push_str("0s");
    }
    if nanos < 0 {
        out.push('-');
    }
    let size = nanos.unsigned_abs();
    let (unit, name) = match size {
        ..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "\u{b5}s"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let mut whole = size / unit;
    if unit == 1_000_000_000 && whole >= 60 {
        let minutes = whole / 60;
        if minutes >= 60 {
            out.push_str(&format!("{}h", minutes / 60));
        }
        out.push_str(&format!("{}m", minutes % 60));
        whole %= 60;
    }
    out.push_str(&whole.to_string());
    let digits = unit.ilog10() as usize;
    let fraction = format!("{:0digits$}", size % unit);
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out.push_str(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written() {
        for (nanos, wanted) in [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1.5\u{b5}s"),
            (-2_000_000, "-2ms"),
            (1_000_000_000, "1s"),
            (90_000_000_001, "1m30.000000001s"),
            (5_400_000_000_000, "1h30m0s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            let mut text = String::new();
            push_duration(&mut text, nanos);
            assert_eq!(text, wanted);
        }
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(parse_duration("1h30m"), Ok(5_400_000_000_000));
        assert_eq!(parse_duration("-1.5us"), Ok(-1500));
        assert_eq!(parse_duration(".5s"), Ok(500_000_000));
        assert_eq!(parse_duration("0"), Ok(0));
        assert_eq!(parse_duration("-9223372036854775808ns"), Ok(i64::MIN));
        for text in ["", "1", "s", ".", "1d", "9223372036854775808ns", "1e3s", "1 s"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
