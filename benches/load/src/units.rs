//! Text to quantity: durations (`60s`, `500ms`, `5m`) and sizes (`4MiB`) of the command line.

use std::time::Duration;

/// Parses a duration such as `500ms`, `1.5s`, `60s`, `5m` or `1h`. A bare number is refused: it
/// would be read as seconds by some and milliseconds by others.
pub fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let scale = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "" => return Err(format!("`{text}` has no unit; write `{text}s` for seconds")),
        other => return Err(format!("unknown unit `{other}`; use ms, s, m or h")),
    };
    let number: f64 = number.parse().map_err(|_| format!("`{number}` is not a number"))?;
    Duration::try_from_secs_f64(number * scale).map_err(|error| format!("`{text}`: {error}"))
}

/// Parses a size in bytes such as `65535`, `512KiB`, `4MiB`, at most what a 32-bit HTTP/2 setting
/// can hold.
pub fn size(text: &str) -> Result<u32, String> {
    let (number, unit) = split(text);
    let scale: u64 = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        other => return Err(format!("unknown unit `{other}`; use B, KiB, MiB or GiB")),
    };
    let number: u64 = number.parse().map_err(|_| format!("`{number}` is not a whole number"))?;
    number
        .checked_mul(scale)
        .and_then(|bytes| u32::try_from(bytes).ok())
        .ok_or_else(|| format!("`{text}` is too large; at most 4294967295 bytes"))
}

/// The numeric part and the unit of a quantity.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("60"), Err("`60` has no unit; write `60s` for seconds".into()));
        assert_eq!(duration("6d"), Err("unknown unit `d`; use ms, s, m or h".into()));
        assert!(duration("-1s").is_err());
    }

    #[test]
    fn sizes() {
        assert_eq!(size("65535"), Ok(65535));
        assert_eq!(size("4MiB"), Ok(4 << 20));
        assert!(size("4GiB").is_err());
        assert!(size("4mb").is_err());
        assert!(size("1.5MiB").is_err());
    }
}
