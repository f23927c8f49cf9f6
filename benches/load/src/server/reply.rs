//! Answers: an empty export response or a refusal, in the shape of the transport.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};

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
            *response.headers_mut() = grpc_status(refusal.code, &refusal.message);
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
                12 => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                14 => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            status(code, &refusal.message)
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
