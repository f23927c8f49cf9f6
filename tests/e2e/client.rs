//! Clients that send OTLP as bytes, right or wrong, and tell the answer.

use std::io::{BufReader, Write};
use std::net::TcpStream;

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, Request};

use crate::common::PATIENCE;
use crate::http1::{self, Message};

/// Paths of OTLP/HTTP.
pub(crate) const PATHS: [&str; 3] = ["/v1/traces", "/v1/metrics", "/v1/logs"];
/// Methods of OTLP/gRPC, in the same order.
pub(crate) const METHODS: [&str; 3] = [
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
];
/// The media type of protobuf.
pub(crate) const PROTOBUF: (&str, &str) = ("Content-Type", "application/x-protobuf");
/// The media type of JSON.
pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");

/// An answer over HTTP.
#[derive(Clone, Debug)]
pub(crate) struct HttpAnswer {
    /// The status.
    pub(crate) status: u16,
    /// Everything else.
    pub(crate) message: Message,
}

/// Sends a request over HTTP/1.1.
pub(crate) fn http(
    method: &str,
    address: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> HttpAnswer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    // Who refuses a body need not read it.
    let _ = stream.write_all(body);
    let message = http1::read(&mut BufReader::new(stream)).unwrap().expect("an answer");
    let status = message.start.split(' ').nth(1).unwrap().parse().unwrap();
    HttpAnswer { status, message }
}

/// Posts to an OTLP/HTTP server.
pub(crate) fn post(address: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> HttpAnswer {
    http("POST", address, path, headers, body)
}

/// An answer over gRPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GrpcAnswer {
    /// The status code.
    pub(crate) code: u32,
    /// The message that goes with it.
    pub(crate) message: String,
}

impl GrpcAnswer {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name| Some(headers.get(name)?.to_str().unwrap());
        let code = text("grpc-status")?.parse().unwrap();
        Some(Self { code, message: percent_decoded(text("grpc-message").unwrap_or_default()) })
    }
}

/// Calls a method with one message; with an encoding, `message` is compressed already.
pub(crate) fn grpc(
    address: &str,
    method: &str,
    encoding: Option<&str>,
    message: &[u8],
) -> GrpcAnswer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let call = unary(address, method, encoding, message);
    runtime.block_on(async { tokio::time::timeout(PATIENCE, call).await }).expect("an answer")
}

async fn unary(address: &str, method: &str, encoding: Option<&str>, message: &[u8]) -> GrpcAnswer {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::post(format!("http://{address}{method}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    if let Some(encoding) = encoding {
        request = request.header("grpc-encoding", encoding);
    }
    let mut client = client.ready().await.unwrap();
    let (response, mut body) = client.send_request(request.body(()).unwrap(), false).unwrap();
    let mut frame = BytesMut::new();
    frame.put_u8(u8::from(encoding.is_some()));
    frame.put_u32(u32::try_from(message.len()).unwrap());
    frame.put_slice(message);
    body.send_data(frame.freeze(), true).unwrap();
    let (head, mut answer) = response.await.unwrap().into_parts();
    let mut data = Vec::<Bytes>::new();
    while let Some(chunk) = answer.data().await {
        let chunk = chunk.unwrap();
        answer.flow_control().release_capacity(chunk.len()).unwrap();
        data.push(chunk);
    }
    let trailers = answer.trailers().await.unwrap().unwrap_or_default();
    let status = GrpcAnswer::of(&trailers).or_else(|| GrpcAnswer::of(&head.headers));
    let status = status.unwrap_or_else(|| panic!("no status in {head:?} and {trailers:?}"));
    assert!(status.code != 0 || !data.is_empty(), "success comes with a message");
    status
}

fn percent_decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (hex, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).unwrap());
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// Compressed with gzip.
pub(crate) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// Compressed with zstd.
pub(crate) fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 1).unwrap()
}
