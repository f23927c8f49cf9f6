//! Numbers as text, in the three forms the output uses: numbers come in, text comes out. Shortest
//! digits come from the standard library; where the point and the exponent go is decided here.

/// As in `key=value`: a point from 1e-6 up to 1e21, otherwise `1e+21`, `1e-7`.
pub(super) fn value_form(number: f64) -> String {
    match not_finite(number, "Infinity", "-Infinity") {
        Some(text) => text.to_owned(),
        None if number != 0.0 && !(1e-6..1e21).contains(&number.abs()) => exponential(number, 1),
        None => number.to_string(),
    }
}

/// As in the one-line form of datapoints: a point for exponents from -4 to 5, otherwise `1e-05`.
pub(super) fn short_form(number: f64) -> String {
    if let Some(text) = not_finite(number, "+Inf", "-Inf") {
        return text.to_owned();
    }
    // Decided on the shortest digits, not by comparing numbers: 999999.99999999999 is 1e+06.
    let digits = format!("{number:e}");
    match digits.split_once('e').and_then(|(_, power)| power.parse::<i32>().ok()) {
        Some(-4..=5) | None => number.to_string(),
        Some(_) => exponential(number, 2),
    }
}

/// As in the detailed form: six digits after the point.
pub(super) fn fixed_form(number: f64) -> String {
    match not_finite(number, "+Inf", "-Inf") {
        Some(text) => text.to_owned(),
        None => format!("{number:.6}"),
    }
}

fn not_finite(number: f64, above: &'static str, below: &'static str) -> Option<&'static str> {
    if number.is_nan() {
        Some("NaN")
    } else if number.is_infinite() {
        Some(if number > 0.0 { above } else { below })
    } else {
        None
    }
}

/// `1.5e+21`: the exponent always signed, with at least `width` digits.
fn exponential(number: f64, width: usize) -> String {
    let text = format!("{number:e}");
    let Some((digits, power)) = text.split_once('e') else { return text };
    let (sign, power) = match power.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', power),
    };
    format!("{digits}e{sign}{power:0>width$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_has_its_own_place_for_the_exponent() {
        let forms = |number| (value_form(number), short_form(number), fixed_form(number));
        let text = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(forms(1e6), text("1000000", "1e+06", "1000000.000000"));
        assert_eq!(forms(1e-7), text("1e-7", "1e-07", "0.000000"));
        assert_eq!(forms(0.0), text("0", "0", "0.000000"));
        assert_eq!(forms(-0.0), text("-0", "-0", "-0.000000"));
        assert_eq!(forms(f64::NEG_INFINITY), text("-Infinity", "-Inf", "-Inf"));
        assert_eq!(forms(f64::NAN), text("NaN", "NaN", "NaN"));
    }
}
