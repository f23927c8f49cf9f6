//! Answers of a server: a message or a status in, HTTP/2 frames out.

use std::pin::pin;

use bytes::Bytes;
use futures_util::{StreamExt, future};
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::message::OutgoingMessage;
use super::metadata::{CONTENT_TYPE_GRPC, GRPC_ACCEPT_ENCODING, write_status};
use super::server::Messages;
use crate::net::status::{Code, Status};

fn response_head(code: StatusCode) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, CONTENT_TYPE_GRPC);
    headers.insert(GRPC_ACCEPT_ENCODING, HeaderValue::from_static("gzip,zstd,snappy"));
    response
}

pub(super) fn send_message(
    respond: &mut SendResponse<OutgoingMessage>,
    message: Bytes,
) -> Result<(), h2::Error> {
    let Some(message) = OutgoingMessage::new(message, false) else {
        let status = Status::new(Code::Internal, "the response message is longer than 4 GiB");
        return send_status(respond, &status);
    };
    let mut stream = respond.send_response(response_head(StatusCode::OK), false)?;
    stream.send_data(message, false)?;
    let mut trailers = HeaderMap::with_capacity(1);
    write_status(&Status::new(Code::Ok, ""), &mut trailers);
    stream.send_trailers(trailers)
}

/// Sends messages as they come, until they end or nobody listens any more; how it ended.
pub(super) async fn send_messages(
    respond: &mut SendResponse<OutgoingMessage>,
    mut messages: Messages,
) -> Result<Code, h2::Error> {
    let mut stream = respond.send_response(response_head(StatusCode::OK), false)?;
    let mut last = Status::new(Code::Ok, "");
    loop {
        let next = {
            let reset = future::poll_fn(|context| stream.poll_reset(context));
            match future::select(messages.next(), pin!(reset)).await {
                future::Either::Left((next, _)) => next,
                future::Either::Right(_) => return Ok(Code::Canceled),
            }
        };
        match next {
            Some(Ok(message)) => match OutgoingMessage::new(message, false) {
                Some(message) => stream.send_data(message, false)?,
                None => {
                    last = Status::new(Code::Internal, "the response message is longer than 4 GiB");
                    break;
                }
            },
            Some(Err(status)) => {
                last = status;
                break;
            }
            None => break,
        }
    }
    let mut trailers = HeaderMap::new();
    write_status(&last, &mut trailers);
    stream.send_trailers(trailers).map(|()| last.code)
}

pub(super) fn send_status(
    respond: &mut SendResponse<OutgoingMessage>,
    status: &Status,
) -> Result<(), h2::Error> {
    send_http_error(respond, StatusCode::OK, status)
}

pub(super) fn send_http_error(
    respond: &mut SendResponse<OutgoingMessage>,
    code: StatusCode,
    status: &Status,
) -> Result<(), h2::Error> {
    let mut response = response_head(code);
    write_status(status, response.headers_mut());
    respond.send_response(response, true).map(drop)
}
