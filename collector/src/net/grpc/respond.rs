//! Answers of a server: a message or a status in, HTTP/2 frames out.

use bytes::Bytes;
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::message::OutgoingMessage;
use super::metadata::{CONTENT_TYPE_GRPC, GRPC_ACCEPT_ENCODING, write_status};
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
