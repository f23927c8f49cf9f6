//! What the answer to a request means for its batch.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use reqwest::{Response, Url};

use crate::component::Refused;
use crate::net::otlp::{PartialSuccess, read_json_response, read_response};
use crate::net::status::{Code, Status};

/// Most that is read of a response.
const MAX_RESPONSE_SIZE: usize = 64 << 10;

/// Reads a response: what was taken only in part, or why nothing was.
pub(super) async fn read(
    url: &Url,
    mut response: Response,
) -> Result<Option<PartialSuccess>, Refused> {
    let status = response.status();
    let headers = response.headers().clone();
    let body = read_body(&mut response).await;
    if status.is_success() {
        return partial_success(&headers, &body.map_err(Refused::retryable)?);
    }
    let detail = body.ok().filter(|_| is_protobuf(&headers)).and_then(|body| Status::decode(&body));
    let mut message = format!(
        "error exporting items, request to {url} responded with HTTP Status Code {}",
        status.as_u16()
    );
    if let Some(detail) = detail.filter(|detail| !detail.message.is_empty()) {
        message = format!("{message}, Message={}, Details=[]", detail.message);
    }
    let refused = match status.as_u16() {
        429 | 502..=504 => Refused::retryable(message),
        413 => Refused::too_large(message),
        _ => Refused::permanent(message),
    };
    let after = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
        .then(|| retry_after(&headers))
        .flatten();
    Err(refused.with_after(after).with_code(Code::from_http_status(status.as_u16())))
}

async fn read_body(response: &mut Response) -> Result<Bytes, String> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| error.to_string())? {
        let room = MAX_RESPONSE_SIZE - body.len();
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() == MAX_RESPONSE_SIZE {
            break;
        }
    }
    Ok(body.freeze())
}

fn partial_success(headers: &HeaderMap, body: &Bytes) -> Result<Option<PartialSuccess>, Refused> {
    let read = if is_protobuf(headers) {
        read_response(body)
    } else if media_type(headers) == "application/json" {
        read_json_response(body)
    } else {
        return Ok(None);
    };
    read.map_err(|error| Refused::permanent(error.to_string()))
}

fn is_protobuf(headers: &HeaderMap) -> bool {
    media_type(headers) == "application/x-protobuf"
}

fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

/// `Retry-After`: seconds or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let wait = date.duration_since(jiff::Timestamp::now());
    Some(Duration::try_from(wait).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(value: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, http::HeaderValue::from_static(value));
        retry_after(&headers)
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(after("7"), Some(Duration::from_secs(7)));
        assert_eq!(after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let far = after("Wed, 01 Jan 2200 00:00:00 GMT").expect("a date");
        assert!(far > Duration::from_secs(3600));
        assert_eq!(after("soon"), None);
    }
}
