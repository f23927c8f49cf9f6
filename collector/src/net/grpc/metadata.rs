//! gRPC in HTTP headers: statuses in trailers, deadlines, percent-encoded messages.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::net::status::{Code, Status};

pub(super) const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
pub(super) const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
pub(super) const GRPC_DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");
pub(super) const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
pub(super) const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
pub(super) const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
pub(super) const CONTENT_TYPE_GRPC: HeaderValue = HeaderValue::from_static("application/grpc");

/// Writes a status into headers or trailers.
pub(super) fn write_status(status: &Status, headers: &mut HeaderMap) {
    headers.insert(GRPC_STATUS, HeaderValue::from(u16::from(status.code.number())));
    if !status.message.is_empty()
        && let Ok(message) = HeaderValue::try_from(percent_encode(&status.message))
    {
        headers.insert(GRPC_MESSAGE, message);
    }
    if status.retry_after.is_some()
        && let Ok(details) = HeaderValue::try_from(STANDARD_NO_PAD.encode(status.encode()))
    {
        headers.insert(GRPC_DETAILS, details);
    }
}

/// Reads a status from headers or trailers; `None` when they carry none.
pub(super) fn read_status(headers: &HeaderMap) -> Option<Status> {
    let number = headers.get(GRPC_STATUS)?.to_str().ok()?.parse().unwrap_or(-1);
    let message =
        headers.get(GRPC_MESSAGE).map(|value| percent_decode(value.as_bytes())).unwrap_or_default();
    let retry_after = headers
        .get(GRPC_DETAILS)
        .and_then(|value| {
            let value = value.as_bytes();
            STANDARD.decode(value).or_else(|_| STANDARD_NO_PAD.decode(value)).ok()
        })
        .and_then(|details| Status::decode(&details))
        .and_then(|status| status.retry_after);
    Some(Status { code: Code::from_number(number), message, retry_after })
}

/// Reads `grpc-timeout`: up to eight digits and a unit. What cannot be read is no timeout.
pub(super) fn read_timeout(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(GRPC_TIMEOUT)?.to_str().ok()?;
    let unit = value.chars().last()?;
    let amount: u64 = value.get(..value.len() - unit.len_utf8())?.parse().ok()?;
    Some(match unit {
        'H' => Duration::from_secs(amount.saturating_mul(3600)),
        'M' => Duration::from_secs(amount.saturating_mul(60)),
        'S' => Duration::from_secs(amount),
        'm' => Duration::from_millis(amount),
        'u' => Duration::from_micros(amount),
        'n' => Duration::from_nanos(amount),
        _ => return None,
    })
}

/// Writes a duration as `grpc-timeout`, in the finest unit that fits eight digits.
pub(super) fn write_timeout(timeout: Duration) -> Option<HeaderValue> {
    let units = [(1_u128, 'n'), (1_000, 'u'), (1_000_000, 'm'), (1_000_000_000, 'S')];
    let nanos = timeout.as_nanos();
    let (scale, unit) = units.into_iter().find(|(scale, _)| nanos / scale < 100_000_000)?;
    HeaderValue::try_from(format!("{}{unit}", nanos / scale)).ok()
}

/// gRPC's percent-encoding: printable ASCII without `%` stays.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if (b' '..=b'~').contains(&byte) && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn percent_decode(text: &[u8]) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b'%'
            && let [high, low, after @ ..] = tail
            && let Some(byte) = hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low)
        {
            decoded.push(byte);
            rest = after;
        } else {
            decoded.push(*first);
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn statuses_survive_headers(code in 1_i64..17, message in ".*", delay in proptest::option::of(0_u64..100_000)) {
            let status = Status::new(Code::from_number(code), message)
                .with_retry_after(delay.map(Duration::from_millis));
            let mut headers = HeaderMap::new();
            write_status(&status, &mut headers);
            prop_assert_eq!(read_status(&headers), Some(status));
        }

        #[test]
        fn timeouts_survive_headers(millis in 0_u64..10_000_000) {
            let mut headers = HeaderMap::new();
            let timeout = Duration::from_millis(millis);
            headers.insert(GRPC_TIMEOUT, write_timeout(timeout).expect("fits"));
            prop_assert_eq!(read_timeout(&headers), Some(timeout));
        }
    }

    #[test]
    fn broken_escapes_stay_as_they_are() {
        assert_eq!(percent_decode(b"100% of %4"), "100% of %4");
    }
}
