//! Times as RFC 3339 text with nanoseconds.

use super::time::format::push_time;
use crate::value::Time;

/// Appends `2023-11-14T22:13:20.000000001Z`; trailing zeros of the fraction are left out.
pub fn push_rfc3339(out: &mut String, time: Time) {
    push_time(out, time, "2006-01-02T15:04:05.999999999Z07:00");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(nanos: i64) -> String {
        let mut out = String::new();
        push_rfc3339(&mut out, Time::from_unix_nanos(nanos));
        out
    }

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(text(0), "1970-01-01T00:00:00Z");
        assert_eq!(text(1_700_000_000_000_000_001), "2023-11-14T22:13:20.000000001Z");
        assert_eq!(text(951_782_400_500_000_000), "2000-02-29T00:00:00.5Z");
        assert_eq!(text(-1), "1969-12-31T23:59:59.999999999Z");
        assert_eq!(text(i64::MAX), "2262-04-11T23:47:16.854775807Z");
        assert_eq!(text(i64::MIN), "1677-09-21T00:12:43.145224192Z");
    }
}
