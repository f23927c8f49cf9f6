//! Answers: an empty export response or a refusal, in the shape of the transport.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use prost::Message;

use super::retry_info::{Any, RetryInfo, Status};
use super::{Content, Refusal};
use crate::signal::Protocol;

/// The prefix of an uncompressed, empty gRPC message.
const EMPTY_MESSAGE: &[u8] = &[0; 5];

/// A body of one piece, with trailers if it is gRPC.
pub(super) struct Reply {
    data: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = match self.data.take() {
            Some(data) => Some(Frame::data(data)),
            None => self.trailers.take().map(Frame::trailers),
        };
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.data.as_ref().map_or(0, Bytes::len) as u64)
    }
}

/// The answer to a request that reached its handler.
pub(super) fn verdict(
    protocol: Protocol,
    content: Content,
    verdict: Result<(), Refusal>,
) -> Response<Reply> {
    match (protocol, content, verdict) {
        (Protocol::Grpc, _, Ok(())) => {
            let reply = Reply {
                data: Some(Bytes::from_static(EMPTY_MESSAGE)),
                trailers: Some(grpc_status(0, "")),
            };
            with_type(Response::new(reply), "application/grpc")
        }
        (Protocol::Grpc, _, Err(refusal)) => {
            let mut response = Response::new(Reply { data: None, trailers: None });
            let headers = response.headers_mut();
            *headers = grpc_status(refusal.code, &refusal.message);
            if let Some(details) = refusal.after.and_then(|after| details(&refusal, after)) {
                headers.insert(HeaderName::from_static("grpc-status-details-bin"), details);
            }
            with_type(response, "application/grpc")
        }
        (Protocol::Http, Content::Json, Ok(())) => {
            let reply = Reply { data: Some(Bytes::from_static(b"{}")), trailers: None };
            with_type(Response::new(reply), "application/json")
        }
        (Protocol::Http, Content::Protobuf, Ok(())) => {
            let reply = Reply { data: None, trailers: None };
            with_type(Response::new(reply), "application/x-protobuf")
        }
        (Protocol::Http, _, Err(refusal)) => {
            let code = match refusal.code {
                3 => StatusCode::BAD_REQUEST,
                8 => StatusCode::TOO_MANY_REQUESTS,
                12 => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                14 => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            let mut response = status(code, &refusal.message);
            if let Some(after) = refusal.after {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after.as_secs()));
            }
            response
        }
    }
}

/// A plain HTTP answer with a line of text.
pub(super) fn status(code: StatusCode, text: &str) -> Response<Reply> {
    let data = Bytes::from(format!("{text}\n"));
    let mut response = Response::new(Reply { data: Some(data), trailers: None });
    *response.status_mut() = code;
    with_type(response, "text/plain")
}

fn with_type(mut response: Response<Reply>, kind: &'static str) -> Response<Reply> {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn grpc_status(code: u8, message: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("grpc-status"), HeaderValue::from(u16::from(code)));
    // Percent-encoding is for what a header cannot carry; our own texts are plain ASCII, and a
    // message that is not is better left out than refused.
    if !message.is_empty()
        && let Ok(message) = HeaderValue::from_str(message)
    {
        headers.insert(HeaderName::from_static("grpc-message"), message);
    }
    headers
}

/// The status once more, as a message that says when to try again.
fn details(refusal: &Refusal, after: Duration) -> Option<HeaderValue> {
    let info = Any {
        type_url: "type.googleapis.com/google.rpc.RetryInfo".to_owned(),
        value: RetryInfo::after(after).encode_to_vec(),
    };
    let status = Status {
        code: i32::from(refusal.code),
        message: refusal.message.clone(),
        details: vec![info],
    };
    HeaderValue::from_str(&STANDARD_NO_PAD.encode(status.encode_to_vec())).ok()
}
