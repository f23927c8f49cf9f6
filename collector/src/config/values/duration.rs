//! Durations as the reference writes them: `1m30s`, `200ms`; a bare number counts nanoseconds.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time with sign, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Duration {
    nanoseconds: i64,
}

/// Why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// No number where one belongs.
    #[error("invalid duration `{0}`")]
    Invalid(String),
    /// A number without a unit.
    #[error("missing unit in duration `{0}`")]
    MissingUnit(String),
    /// A unit that does not exist.
    #[error("unknown unit `{unit}` in duration `{text}`")]
    UnknownUnit {
        /// The whole text.
        text: String,
        /// The unit.
        unit: String,
    },
    /// Beyond some 292 years.
    #[error("duration `{0}` is out of range")]
    OutOfRange(String),
}

impl DurationError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::MissingUnit(text) => format!("add a unit: `{text}s`, `{text}ms`, `{text}m`"),
            _ => "write numbers with the units `ns`, `us`, `ms`, `s`, `m` and `h`, for example \
                  `1m30s` or `200ms`"
                .to_owned(),
        }
    }
}

/// The newtype name that marks a duration for the tree's own serializer.
pub(in crate::config) const DURATION_MARK: &str = "$holt::duration";

/// Units and their nanoseconds.
const UNITS: [(&str, i64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

impl Duration {
    /// No time.
    pub const ZERO: Self = Self { nanoseconds: 0 };

    /// A number of nanoseconds.
    pub const fn from_nanos(nanoseconds: i64) -> Self {
        Self { nanoseconds }
    }

    /// A number of milliseconds; saturates.
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self { nanoseconds: milliseconds.saturating_mul(1_000_000) }
    }

    /// A number of seconds; saturates.
    pub const fn from_secs(seconds: i64) -> Self {
        Self { nanoseconds: seconds.saturating_mul(1_000_000_000) }
    }

    /// Length in nanoseconds.
    pub const fn as_nanos(self) -> i64 {
        self.nanoseconds
    }

    /// Whether it is no time at all, which many settings take as "never" or "no limit".
    pub const fn is_zero(self) -> bool {
        self.nanoseconds == 0
    }

    /// Whether it is less than no time, which settings refuse.
    pub const fn is_negative(self) -> bool {
        self.nanoseconds < 0
    }

    /// As a duration of the standard library; a negative one is no time.
    pub fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_nanos(u64::try_from(self.nanoseconds).unwrap_or(0))
    }
}

impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let invalid = || DurationError::Invalid(text.to_owned());
        let out_of_range = || DurationError::OutOfRange(text.to_owned());
        let (negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Ok(Self::ZERO);
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total: i128 = 0;
        while !rest.is_empty() {
            let (number, after) = split_number(rest).ok_or_else(invalid)?;
            let end = after
                .find(|char: char| char == '.' || char.is_ascii_digit())
                .unwrap_or(after.len());
            let (unit, after) = after.split_at_checked(end).ok_or_else(invalid)?;
            if unit.is_empty() {
                return Err(DurationError::MissingUnit(text.to_owned()));
            }
            let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(|| {
                DurationError::UnknownUnit { text: text.to_owned(), unit: unit.to_owned() }
            })?;
            total = total
                .checked_add(scaled(number, i128::from(*scale)).ok_or_else(out_of_range)?)
                .ok_or_else(out_of_range)?;
            rest = after;
        }
        let signed = if negative { -total } else { total };
        i64::try_from(signed).map(Self::from_nanos).map_err(|_| out_of_range())
    }
}

/// The digits before and after the point, and what follows them.
type Number<'t> = (&'t str, &'t str);

/// Splits a decimal number off the front.
fn split_number(text: &str) -> Option<(Number<'_>, &str)> {
    let digits = |text: &str| text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (whole, after) = text.split_at_checked(digits(text))?;
    let (fraction, after) = match after.strip_prefix('.') {
        Some(after) => after.split_at_checked(digits(after))?,
        None => ("", after),
    };
    (!whole.is_empty() || !fraction.is_empty()).then_some(((whole, fraction), after))
}

/// A decimal number times a unit, cut to whole nanoseconds. `None` when out of range.
fn scaled((whole, fraction): Number<'_>, scale: i128) -> Option<i128> {
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut total = whole.checked_mul(scale)?;
    let mut unit = scale;
    let mut remainder: i128 = 0;
    let mut divisor: i128 = 1;
    // Digits beyond the 18th change nothing: an hour has fewer than 10^13 nanoseconds.
    for digit in fraction.bytes().take(18) {
        divisor *= 10;
        remainder = remainder * 10 + i128::from(digit - b'0');
    }
    unit = unit.checked_mul(remainder)? / divisor;
    total = total.checked_add(unit)?;
    Some(total)
}

impl fmt::Display for Duration {
    /// As the reference prints durations: `1h30m0s`, `1.5s`, `200ms`, `0s`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.nanoseconds.unsigned_abs();
        if self.nanoseconds < 0 {
            out.write_str("-")?;
        }
        let (unit, name) = match total {
            0 => return out.write_str("0s"),
            1..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "\u{b5}s"),
            1_000_000..1_000_000_000 => (1_000_000, "ms"),
            _ => {
                let seconds = total / 1_000_000_000;
                let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
                if hours > 0 {
                    write!(out, "{hours}h")?;
                }
                if hours > 0 || minutes > 0 {
                    write!(out, "{minutes}m")?;
                }
                return write_decimal(out, total % 60_000_000_000, 1_000_000_000, "s");
            }
        };
        write_decimal(out, total, unit, name)
    }
}

/// Writes `value / unit` with as many digits as it has.
fn write_decimal(out: &mut fmt::Formatter<'_>, value: u64, unit: u64, name: &str) -> fmt::Result {
    write!(out, "{}", value / unit)?;
    let fraction = value % unit;
    if fraction > 0 {
        let width = unit.ilog10() as usize;
        let digits = format!("{fraction:0width$}");
        write!(out, ".{}", digits.trim_end_matches('0'))?;
    }
    out.write_str(name)
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The tree keeps the number, since YAML and JSON print durations differently.
        if super::secret::is_exposed() {
            serializer.serialize_newtype_struct(DURATION_MARK, &self.nanoseconds)
        } else {
            serializer.collect_str(self)
        }
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(crate::config::de::SCALAR, DurationVisitor)
    }
}

struct DurationVisitor;

impl<'de> Visitor<'de> for DurationVisitor {
    type Value = Duration;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a duration such as `1m30s` or `200ms`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Duration, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Duration, E> {
        Ok(Duration::ZERO)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Duration, E> {
        Ok(Duration::from_nanos(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Duration, E> {
        i64::try_from(value)
            .map(Duration::from_nanos)
            .map_err(|_| E::custom(DurationError::OutOfRange(value.to_string())))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Duration, E> {
        // The reference cuts a fraction of a nanosecond too; the cast saturates.
        #[allow(clippy::cast_possible_truncation)]
        Ok(Duration::from_nanos(value as i64))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Duration, E> {
        text.parse().map_err(|error: DurationError| {
            E::custom(crate::config::de::message_with_help(&error.to_string(), &error.help()))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_of_the_reference_are_read() {
        let nanoseconds = |text: &str| text.parse::<Duration>().unwrap().as_nanos();
        assert_eq!(nanoseconds("0"), 0);
        assert_eq!(nanoseconds("1m30s"), 90_000_000_000);
        assert_eq!(nanoseconds("200ms"), 200_000_000);
        assert_eq!(nanoseconds("1.5h"), 5_400_000_000_000);
        assert_eq!(nanoseconds(".5s"), 500_000_000);
        assert_eq!(nanoseconds("-2us"), -2_000);
        assert_eq!(nanoseconds("1\u{b5}s"), 1_000);
    }

    #[test]
    fn refusals_say_why() {
        let refusal = |text: &str| text.parse::<Duration>().unwrap_err().to_string();
        assert_eq!(refusal("5"), "missing unit in duration `5`");
        assert_eq!(refusal("5d"), "unknown unit `d` in duration `5d`");
        assert_eq!(refusal("soon"), "invalid duration `soon`");
        assert_eq!(refusal(""), "invalid duration ``");
        assert_eq!(refusal("9999999999h"), "duration `9999999999h` is out of range");
    }

    #[test]
    fn printing_follows_the_reference() {
        let print = |nanoseconds| Duration::from_nanos(nanoseconds).to_string();
        assert_eq!(print(0), "0s");
        assert_eq!(print(1_500_000_000), "1.5s");
        assert_eq!(print(5_400_000_000_000), "1h30m0s");
        assert_eq!(print(90_000_000_000), "1m30s");
        assert_eq!(print(200_000_000), "200ms");
        assert_eq!(print(1_500), "1.5\u{b5}s");
        assert_eq!(print(-7), "-7ns");
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(nanoseconds in any::<i64>()) {
            let duration = Duration::from_nanos(nanoseconds);
            prop_assert_eq!(duration.to_string().parse::<Duration>().unwrap(), duration);
        }
    }
}
