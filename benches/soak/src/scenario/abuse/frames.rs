//! HTTP/2 frames written by hand, for what no client library would send.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

use holt_load::signal::Signal;

/// What a client says first.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const GOAWAY: u8 = 7;
pub(super) const CONTINUATION: u8 = 9;
pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

/// Appends a frame (RFC 9113, 4.1).
pub(super) fn frame(to: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    to.extend_from_slice(length.get(1..).unwrap_or_default());
    to.extend_from_slice(&[kind, flags]);
    to.extend_from_slice(&stream.to_be_bytes());
    to.extend_from_slice(payload);
}

/// Appends a header that is in no table (RFC 7541, 6.2.2). Both parts are shorter than 127 bytes.
pub(super) fn header(to: &mut Vec<u8>, name: &str, value: &str) {
    to.push(0);
    for text in [name, value] {
        to.push(u8::try_from(text.len()).unwrap_or(126).min(126));
        to.extend(text.bytes().take(126));
    }
}

/// The headers of a request for the logs service.
pub(super) fn headers() -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", Signal::Logs.grpc_path()),
        (":authority", "soak"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ] {
        header(&mut block, name, value);
    }
    block
}

/// Preface, settings and the head of a request; its body begins with `body`.
pub(super) fn request_head(stream: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = PREFACE.to_vec();
    frame(&mut bytes, SETTINGS, 0, 0, &[]);
    frame(&mut bytes, HEADERS, END_HEADERS, stream, &headers());
    if !body.is_empty() {
        frame(&mut bytes, DATA, 0, stream, body);
    }
    bytes
}

/// Reads frames until the request is answered or the connection ends, and says which.
pub(super) async fn outcome(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).await.is_err() {
            return Ok("closed by the collector".to_owned());
        }
        let [a, b, c, kind, flags, ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        stream.read_exact(&mut payload).await?;
        match kind {
            HEADERS if flags & END_STREAM != 0 => return Ok("answered".to_owned()),
            RST_STREAM => return Ok(format!("stream reset, code {}", code(payload.get(..4)))),
            GOAWAY => return Ok(format!("GOAWAY, code {}", code(payload.get(4..8)))),
            _ => {}
        }
    }
}

fn code(bytes: Option<&[u8]>) -> u32 {
    bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}
