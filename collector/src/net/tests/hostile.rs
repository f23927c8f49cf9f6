//! Peers that mean no good or do not know better: each is bounded in time or size, and others are
//! served all the while.

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::net::compression::{Encoding, compress};
use crate::net::grpc::server::{Methods, ServerOptions, serve};
use crate::net::listen::{Listener, Transport};
use crate::net::otlp::export_method;
use crate::net::status::Status;
use crate::service::Running;
use crate::testing::{address_of, http, soon, spans_request, start};

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

async fn gateway() -> Running {
    start(
        "
receivers:
  otlp:
    protocols:
      grpc: {endpoint: '127.0.0.1:0', max_recv_msg_size_mib: 1}
      http:
        endpoint: '127.0.0.1:0'
        read_header_timeout: 50ms
        max_request_body_size: 1048576
exporters: {nop: }
service: {pipelines: {traces: {receivers: [otlp], exporters: [nop]}}}
",
    )
    .await
}

async fn connect(gateway: &Running, protocol: &str) -> TcpStream {
    TcpStream::connect(address_of(gateway, protocol)).await.unwrap()
}

/// Others are served.
async fn serves(gateway: &Running) {
    let address = address_of(gateway, "http");
    let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &spans_request(1)).await;
    assert_eq!(answer.status, 200);
    let (mut client, _) = http2(gateway).await;
    assert_eq!(call(&mut client, spans_request(1).chunks(1 << 20)).await, Some("0".to_owned()));
}

type Client = h2::client::SendRequest<Bytes>;

async fn http2(gateway: &Running) -> (Client, tokio::task::JoinHandle<Result<(), h2::Error>>) {
    let (client, connection) = h2::client::handshake(connect(gateway, "grpc").await).await.unwrap();
    let client = client.ready().await.unwrap();
    (client, tokio::spawn(connection))
}

fn request(encoding: &str) -> Request<()> {
    let path = export_method(holt_pdata::Signal::Traces);
    Request::post(format!("http://h{path}"))
        .header("content-type", "application/grpc")
        .header("grpc-encoding", encoding)
        .body(())
        .unwrap()
}

/// Sends a message in pieces; the status of the answer.
async fn call<'m>(client: &mut Client, pieces: impl Iterator<Item = &'m [u8]>) -> Option<String> {
    encoded_call(client, "identity", pieces).await
}

/// [`call`] with a message in an encoding.
async fn encoded_call<'m>(
    client: &mut Client,
    encoding: &str,
    pieces: impl Iterator<Item = &'m [u8]>,
) -> Option<String> {
    let pieces: Vec<&[u8]> = pieces.collect();
    let length = u32::try_from(pieces.iter().map(|piece| piece.len()).sum::<usize>()).unwrap();
    let (response, mut stream) = client.send_request(request(encoding), false).unwrap();
    let flag = u8::from(encoding != "identity");
    let prefix = [&[flag], length.to_be_bytes().as_slice()].concat();
    for byte in prefix.chunks(1).chain(pieces) {
        stream.send_data(Bytes::copy_from_slice(byte), false).unwrap();
    }
    stream.send_data(Bytes::new(), true).unwrap();
    let response = response.await.ok()?;
    // An answer without a message has its status in front.
    if let Some(status) = response.headers().get("grpc-status") {
        return Some(status.to_str().unwrap().to_owned());
    }
    let mut body = response.into_body();
    while let Some(data) = body.data().await {
        body.flow_control().release_capacity(data.ok()?.len()).ok()?;
    }
    let trailers = body.trailers().await.ok()??;
    Some(trailers["grpc-status"].to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_given_up() {
    let gateway = gateway().await;
    let mut stream = connect(&gateway, "http").await;
    stream.write_all(b"POST /v1/traces HTTP/1.1\r\nx: ").await.unwrap();
    let mut answer = Vec::new();
    // However it is closed, it is closed.
    let _ = soon(stream.read_to_end(&mut answer)).await;
    assert!(answer.is_empty());
    serves(&gateway).await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_preface_that_does_not_come_is_given_up() {
    let listener = Listener::bind(Transport::Tcp, "127.0.0.1:0").await.unwrap();
    let address = listener.address();
    let stop = CancellationToken::new();
    let options =
        ServerOptions { handshake_timeout: Duration::from_millis(50), ..ServerOptions::default() };
    let server = tokio::spawn(serve(listener, Methods::new(), options, |_| {}, stop.clone()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = soon(stream.read_to_end(&mut answer)).await;
    stop.cancel();
    soon(server).await.unwrap();
}

#[tokio::test]
async fn many_idle_connections_are_no_matter() {
    let gateway = gateway().await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(connect(&gateway, "grpc").await);
        idle.push(connect(&gateway, "http").await);
    }
    serves(&gateway).await;
    drop(idle);
    gateway.stop().await;
}

#[tokio::test]
async fn frames_of_one_byte_make_a_message_too() {
    let gateway = gateway().await;
    let (mut client, _) = http2(&gateway).await;
    let message = spans_request(40);
    assert_eq!(soon(call(&mut client, message.chunks(1))).await, Some("0".to_owned()));
    assert_eq!(gateway.metrics().total("otelcol_receiver_accepted_spans"), 40);
    gateway.stop().await;
}

#[tokio::test]
async fn heads_are_bounded() {
    let gateway = gateway().await;
    // More headers, and longer ones, than anybody needs.
    for (count, value) in [(10_000, "v"), (50, "v".repeat(100_000).as_str())] {
        let mut stream = connect(&gateway, "http").await;
        let mut head = b"POST /v1/traces HTTP/1.1\r\nhost: h\r\n".to_vec();
        for index in 0..count {
            write!(head, "x-{index}: {value}\r\n").unwrap();
        }
        head.extend_from_slice(b"\r\n");
        // It may be closed while we still send.
        let _ = soon(stream.write_all(&head)).await;
        let mut answer = Vec::new();
        let _ = soon(stream.read_to_end(&mut answer)).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    serves(&gateway).await;
    gateway.stop().await;
}

#[tokio::test]
async fn continuations_without_end_are_cut_off() {
    let gateway = gateway().await;
    let mut stream = connect(&gateway, "grpc").await;
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags, 0, 0, 0, stream], payload].concat()
    };
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    stream.write_all(&frame(4, 0, 0, &[])).await.unwrap();
    // A HEADERS frame that does not end the head: a literal header without indexing.
    let header = [b"\x00\x01x\x7e".as_slice(), &[b'v'; 126]].concat();
    stream.write_all(&frame(1, 0, 1, &header)).await.unwrap();
    let continuation = frame(9, 0, 1, &header.repeat(100));
    let mut sent = 0;
    let cut_off = async {
        while stream.write_all(&continuation).await.is_ok() {
            sent += continuation.len();
            assert!(sent < 64 << 20, "it takes everything");
        }
    };
    soon(cut_off).await;
    serves(&gateway).await;
    gateway.stop().await;
}

#[tokio::test]
async fn calls_that_are_reset_at_once_are_no_matter() {
    let gateway = gateway().await;
    let (mut client, connection) = http2(&gateway).await;
    for _ in 0..2_000 {
        let Ok((response, mut stream)) = client.send_request(request("identity"), false) else {
            break;
        };
        stream.send_reset(h2::Reason::CANCEL);
        drop(response);
        match soon(client.ready()).await {
            Ok(ready) => client = ready,
            Err(_) => break,
        }
    }
    connection.abort();
    serves(&gateway).await;
    gateway.stop().await;
}

#[tokio::test]
async fn bodies_are_bounded_while_they_are_decompressed() {
    let gateway = gateway().await;
    let address = address_of(&gateway, "http");
    let bomb = Bytes::from(vec![0_u8; 32 << 20]);
    for (encoding, name) in [
        (Encoding::Gzip, "gzip"),
        (Encoding::Zstd, "zstd"),
        (Encoding::Snappy, "snappy"),
        (Encoding::SnappyFramed, "x-snappy-framed"),
        (Encoding::Zlib, "deflate"),
        (Encoding::Lz4, "lz4"),
    ] {
        let body = compress(encoding, None, &bomb).unwrap();
        let headers = [PROTOBUF, ("content-encoding", name)];
        let answer = http(&address, "POST", "/v1/traces", &headers, &body).await;
        assert_eq!(answer.status, 413, "{name}");
    }
    serves(&gateway).await;
    gateway.stop().await;
}

#[tokio::test]
async fn messages_are_bounded_while_they_are_decompressed() {
    let gateway = gateway().await;
    let bomb = Bytes::from(vec![0_u8; 32 << 20]);
    let names =
        [(Encoding::Gzip, "gzip"), (Encoding::Zstd, "zstd"), (Encoding::SnappyFramed, "snappy")];
    for (encoding, name) in names {
        let message = compress(encoding, None, &bomb).unwrap();
        let (mut client, _) = http2(&gateway).await;
        let status = encoded_call(&mut client, name, message.chunks(1 << 14)).await;
        assert_eq!(status, Some("8".to_owned()), "{name}");
    }
    serves(&gateway).await;
    gateway.stop().await;
}

#[tokio::test]
async fn connections_are_asked_to_close_in_time() {
    for timer in ["max_connection_idle", "max_connection_age"] {
        let gateway = start(&format!(
            "
receivers:
  otlp:
    protocols:
      grpc: {{endpoint: '127.0.0.1:0', keepalive: {{server_parameters: {{{timer}: 20ms}}}}}}
exporters: {{nop: }}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [nop]}}}}}}
"
        ))
        .await;
        let (mut client, connection) = http2(&gateway).await;
        assert_eq!(call(&mut client, spans_request(1).chunks(64)).await, Some("0".to_owned()));
        // The server's GOAWAY without an error ends the connection in order.
        let ended = tokio::time::timeout(Duration::from_secs(20), connection).await;
        assert!(ended.expect(timer).unwrap().is_ok(), "{timer}");
        gateway.stop().await;
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_be() {
    let gateway = gateway().await;
    let mut stream = connect(&gateway, "http").await;
    let request = b"GET /nowhere HTTP/1.1\r\nhost: h\r\n\r\n".repeat(1000);
    // As much as it takes without answers being read.
    while tokio::time::timeout(Duration::from_millis(200), stream.write_all(&request))
        .await
        .is_ok_and(|sent| sent.is_ok())
    {}
    serves(&gateway).await;
    drop(stream);
    gateway.stop().await;
}

/// A backend that takes connections, reads a little, and tears them down.
async fn torn(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 64]).await;
            let _ = stream.write_all(answer).await;
            // Bytes that were not read make the end a reset.
            drop(stream);
        }
    });
    address
}

#[tokio::test]
async fn a_backend_that_tears_the_connection_down_is_tried_again() {
    let half =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 9\r\n\r\n";
    for answer in [b"".as_slice(), half] {
        let backend = torn(answer).await;
        for exporter in ["otlp_grpc", "otlp_http"] {
            let scheme = if exporter == "otlp_http" { "http://" } else { "" };
            let agent = start(&format!(
                "
receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}}}
exporters:
  {exporter}:
    endpoint: '{scheme}{backend}'
    tls: {{insecure: true}}
    compression: none
    sending_queue: {{enabled: false}}
    retry_on_failure: {{enabled: false}}
service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [{exporter}]}}}}}}
"
            ))
            .await;
            let address = address_of(&agent, "http");
            let request = spans_request(20_000);
            let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &request).await;
            let message = Status::decode(&answer.body).map(|status| status.message);
            assert_eq!(answer.status, 503, "{exporter}: {message:?}");
            agent.stop().await;
        }
    }
}
