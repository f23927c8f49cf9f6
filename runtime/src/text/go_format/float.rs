//! Doubles by verb.

/// A double without its sign, as Go's `strconv` writes it: by the verb `e`, `E`, `f`, `g`, `G`, `b`,
/// `x` or `X`, with so many digits, or as few as tell it from its neighbours.
pub(super) fn text(value: f64, verb: char, precision: Option<usize>) -> String {
    let size = value.abs();
    if size.is_nan() {
        return "NaN".to_owned();
    }
    if size.is_infinite() {
        return "Inf".to_owned();
    }
    match verb {
        'e' | 'E' => {
            let (digits, exponent) = scientific(size, precision);
            with_exponent(&digits, exponent, verb)
        }
        'g' | 'G' => general(size, precision, if verb == 'g' { 'e' } else { 'E' }),
        'b' => binary(size),
        'x' | 'X' => hexadecimal(size, precision, verb),
        _ => plain(size, precision),
    }
}

/// No double has more digits than that, before or behind the point.
const MOST_DIGITS: usize = 1100;

/// The digits, with so many behind the first, and the exponent of the first.
fn scientific(size: f64, precision: Option<usize>) -> (String, i32) {
    let text = match precision {
        Some(precision) => format!("{size:.*e}", precision.min(MOST_DIGITS)),
        None => format!("{size:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut digits = mantissa.replace('.', "");
    let missing = precision.map_or(0, |precision| (precision + 1).saturating_sub(digits.len()));
    digits.extend(std::iter::repeat_n('0', missing));
    (digits, exponent.parse().unwrap_or(0))
}

fn with_exponent(digits: &str, exponent: i32, letter: char) -> String {
    let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}{letter}{sign}{:02}", exponent.unsigned_abs())
}

fn plain(size: f64, precision: Option<usize>) -> String {
    let Some(precision) = precision else { return size.to_string() };
    let mut text = format!("{size:.*}", precision.min(MOST_DIGITS));
    text.extend(std::iter::repeat_n('0', precision.saturating_sub(MOST_DIGITS)));
    text
}

/// With an exponent if it is below -4 or not below the number of digits.
fn general(size: f64, precision: Option<usize>, letter: char) -> String {
    if size == 0.0 {
        return "0".to_owned();
    }
    let precision = precision.map(|precision| precision.max(1));
    let (digits, exponent) = scientific(size, precision.map(|precision| precision - 1));
    let digits = digits.trim_end_matches('0');
    let whole = exponent + 1;
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let limit = match precision.map(|precision| i32::try_from(precision).unwrap_or(i32::MAX)) {
        None => 6,
        Some(precision) if precision > count && count >= whole => count,
        Some(precision) => precision,
    };
    if exponent < -4 || exponent >= limit {
        return with_exponent(digits, exponent, letter);
    }
    positional(digits, whole)
}

/// Digits of which so many stand before the point.
fn positional(digits: &str, whole: i32) -> String {
    let Ok(before) = usize::try_from(whole) else {
        let zeros = whole.unsigned_abs() as usize;
        return format!("0.{:0<zeros$}{digits}", "");
    };
    if before == 0 {
        return format!("0.{digits}");
    }
    match digits.split_at_checked(before) {
        Some((whole, "")) => whole.to_owned(),
        Some((whole, rest)) => format!("{whole}.{rest}"),
        None => format!("{digits:0<before$}"),
    }
}

/// Bits of the fraction of a double.
const FRACTION: u32 = 52;

/// The number before the power of two, and the power.
fn parts(size: f64) -> (u64, i32) {
    let fraction = size.to_bits() & ((1 << FRACTION) - 1);
    match (size.to_bits() >> FRACTION) as i32 {
        0 => (fraction, -1074),
        biased => (fraction | 1 << FRACTION, biased - 1075),
    }
}

fn binary(size: f64) -> String {
    let (number, exponent) = parts(size);
    format!("{number}p{exponent:+}")
}

fn hexadecimal(size: f64, precision: Option<usize>, verb: char) -> String {
    let (mut number, mut exponent) = parts(size);
    if number == 0 {
        exponent = 0;
    } else {
        // The first bit before the point, also of the smallest numbers.
        let missing = number.leading_zeros().saturating_sub(63 - FRACTION);
        number <<= missing;
        exponent = exponent + FRACTION as i32 - missing as i32;
    }
    if let Some(precision) = precision.filter(|precision| *precision < 13) {
        let dropped = FRACTION - 4 * precision as u32;
        let (kept, rest, half) =
            (number >> dropped, number & ((1 << dropped) - 1), 1_u64 << (dropped - 1));
        let up = rest > half || rest == half && kept & 1 == 1;
        number = (kept + u64::from(up)) << dropped;
        if number >> (FRACTION + 1) != 0 {
            number >>= 1;
            exponent += 1;
        }
    }
    let fraction = format!("{:013x}", number & ((1 << FRACTION) - 1));
    let digits = match precision {
        None => fraction.trim_end_matches('0').to_owned(),
        Some(precision) => match fraction.get(..precision) {
            Some(digits) => digits.to_owned(),
            None => format!("{fraction:0<precision$}"),
        },
    };
    let point = if digits.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    let text =
        format!("0x{}{point}{digits}p{sign}{:02}", number >> FRACTION, exponent.unsigned_abs());
    if verb == 'X' { text.to_uppercase() } else { text }
}

/// The text of a double in the other form that the flag `#` asks for: with a point, and by some
/// verbs with as many digits as there were to be.
pub(super) fn with_point(text: &str, verb: char, precision: Option<usize>) -> String {
    let is_hexadecimal = matches!(verb, 'x' | 'X');
    let marks: &[char] = if is_hexadecimal { &['p', 'P'] } else { &['e', 'E'] };
    let (number, tail) = text.split_at(text.find(marks).unwrap_or(text.len()));
    let wanted = match verb {
        'g' | 'G' | 'x' => precision.unwrap_or(6),
        _ => 0,
    };
    // The `x` of the prefix counts as a digit.
    let counted = number.chars().filter(|character| *character != '.');
    let mut digits = counted.skip_while(|character| *character == '0').count();
    let has_point = number.contains('.');
    if number == "0" {
        digits = 1;
    }
    let mut out = number.to_owned();
    if !has_point {
        out.push('.');
    }
    out.extend(std::iter::repeat_n('0', wanted.saturating_sub(digits)));
    out.push_str(tail);
    out
}
