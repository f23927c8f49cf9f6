//! The answer to a call: a head, perhaps a message, and a status in the trailers in; the message or
//! the status out.

use bytes::Bytes;

use super::message::{ReadError, read_message};
use super::metadata::{GRPC_ENCODING, read_status};
use crate::net::compression::{Encoding, decompress};
use crate::net::status::{Code, Status};
use crate::net::tls::explain_text;

/// Reads a response; its message is at most `limit` bytes.
pub(super) async fn read_response(
    response: http::Response<h2::RecvStream>,
    limit: usize,
) -> Result<Bytes, Status> {
    let (head, mut body) = response.into_parts();
    // Trailers-only responses carry the status in the head.
    if let Some(status) = read_status(&head.headers)
        && body.is_end_stream()
    {
        return Err(or_missing_message(status));
    }
    if head.status != http::StatusCode::OK {
        let code = match head.status.as_u16() {
            400 => Code::Internal,
            other => Code::from_http_status(other),
        };
        let text = format!("unexpected HTTP status code received from server: {}", head.status);
        return Err(Status::new(code, text));
    }
    let message = read_message(&mut body, limit).await;
    let message = match message {
        Ok(message) => message,
        Err(ReadError::Stream(error)) => return Err(broken(&error)),
        Err(error @ ReadError::TooLarge { .. }) => {
            return Err(Status::new(Code::ResourceExhausted, error.to_string()));
        }
        Err(error) => return Err(Status::new(Code::Internal, error.to_string())),
    };
    let trailers = body.trailers().await.map_err(|error| broken(&error))?;
    let status = trailers.as_ref().and_then(read_status);
    match (status, message) {
        (Some(Status { code: Code::Ok, .. }), Some(message)) if !message.compressed => {
            Ok(message.bytes)
        }
        (Some(Status { code: Code::Ok, .. }), Some(message)) => {
            let encoding = head
                .headers
                .get(GRPC_ENCODING)
                .and_then(|value| value.to_str().ok())
                .and_then(Encoding::from_grpc)
                .ok_or_else(|| {
                    Status::new(Code::Internal, "the response has an unknown encoding")
                })?;
            decompress(encoding, message.bytes, limit)
                .map_err(|error| Status::new(Code::Internal, error.to_string()))
        }
        (Some(status), _) => Err(or_missing_message(status)),
        (None, _) => {
            Err(Status::new(Code::Internal, "server closed the stream without sending trailers"))
        }
    }
}

/// A failure of the connection or stream, as a status: what never got an answer may be sent again.
pub(super) fn broken(error: &h2::Error) -> Status {
    let code = match error.reason() {
        Some(h2::Reason::CANCEL) => Code::Canceled,
        Some(h2::Reason::ENHANCE_YOUR_CALM) => Code::ResourceExhausted,
        Some(h2::Reason::INADEQUATE_SECURITY) => Code::PermissionDenied,
        _ => Code::Unavailable,
    };
    let text = error.to_string();
    let words = explain_text(&text).unwrap_or(text);
    Status::new(code, format!("connection error: {words}"))
}

/// A call that ends well but without a message has not ended well.
fn or_missing_message(status: Status) -> Status {
    match status.code {
        Code::Ok => Status::new(Code::Internal, "the response carries no message"),
        _ => status,
    }
}
