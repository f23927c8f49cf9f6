//! Floods: bodies in frames of one byte, heads without end, streams that are reset at once.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::attack::Outcomes;
use super::frames::{
    self, CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PREFACE, RST_STREAM, SETTINGS,
};

/// Attackers at the same time.
const ATTACKERS: usize = 4;
/// The most that one connection sends of a head: far beyond what anyone takes.
const HEAD: usize = 64 << 20;
/// Streams that one connection opens and resets.
const STREAMS: u32 = 20_000;
/// The size of a message that comes in frames of one byte; no window is smaller.
const MESSAGE: usize = 16_000;
/// How long an attacker waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whole requests, every byte in a frame of its own.
pub(super) async fn tiny_frames(address: SocketAddr, end: Instant) -> Outcomes {
    // A message that is none, so that the collector reads it all and then refuses it.
    let message = [0xff; MESSAGE];
    let mut body = vec![0];
    body.extend_from_slice(&(MESSAGE as u32).to_be_bytes());
    body.extend_from_slice(&message);
    let mut bytes = frames::request_head(1, &[]);
    for byte in &body {
        frames::frame(&mut bytes, DATA, 0, 1, &[*byte]);
    }
    frames::frame(&mut bytes, DATA, END_STREAM, 1, &[]);
    again_and_again(address, end, bytes).await
}

/// Heads that are continued for ever.
pub(super) async fn continuations(address: SocketAddr, end: Instant) -> Outcomes {
    let mut block = Vec::new();
    for _ in 0..100 {
        frames::header(&mut block, "x-flood", &"f".repeat(100));
    }
    let mut bytes = PREFACE.to_vec();
    frames::frame(&mut bytes, SETTINGS, 0, 0, &[]);
    frames::frame(&mut bytes, HEADERS, 0, 1, &frames::headers());
    while bytes.len() < HEAD {
        frames::frame(&mut bytes, CONTINUATION, 0, 1, &block);
    }
    again_and_again(address, end, bytes).await
}

/// Streams that are opened and reset in the same breath.
pub(super) async fn rapid_reset(address: SocketAddr, end: Instant) -> Outcomes {
    let mut bytes = PREFACE.to_vec();
    frames::frame(&mut bytes, SETTINGS, 0, 0, &[]);
    let head = frames::headers();
    for stream in (0..STREAMS).map(|index| 2 * index + 1) {
        frames::frame(&mut bytes, HEADERS, END_HEADERS, stream, &head);
        frames::frame(&mut bytes, RST_STREAM, 0, stream, &8_u32.to_be_bytes());
    }
    again_and_again(address, end, bytes).await
}

/// Lines of a head without end.
pub(super) async fn header_lines(address: SocketAddr, end: Instant) -> Outcomes {
    let mut bytes = b"POST /v1/logs HTTP/1.1\r\nHost: soak\r\n".to_vec();
    while bytes.len() < HEAD {
        bytes.extend_from_slice(b"X-Flood: ffffffffffffffffffffffffffffffffffffffffffffffff\r\n");
    }
    let bytes = Bytes::from(bytes);
    attackers(end, move || {
        let bytes = bytes.clone();
        async move {
            let mut stream = TcpStream::connect(address).await?;
            let (mut reader, mut writer) = stream.split();
            let mut answer = Vec::new();
            let (_, read) = tokio::join!(
                writer.write_all(&bytes),
                tokio::time::timeout(PATIENCE, reader.read_to_end(&mut answer))
            );
            let line = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
            Ok(match (line.is_empty(), read) {
                (false, _) => String::from_utf8_lossy(line).into_owned(),
                (true, Ok(_)) => "closed by the collector".to_owned(),
                (true, Err(_)) => "no answer".to_owned(),
            })
        }
    })
    .await
}

/// Sends the same bytes on one connection after the other.
async fn again_and_again(address: SocketAddr, end: Instant, bytes: Vec<u8>) -> Outcomes {
    let bytes = Bytes::from(bytes);
    attackers(end, move || {
        let bytes = bytes.clone();
        async move {
            let stream = TcpStream::connect(address).await?;
            let (reader, mut writer) = stream.into_split();
            let writing = tokio::spawn(async move {
                let _ = writer.write_all(&bytes).await;
                writer
            });
            let mut reader = reader;
            let read = tokio::time::timeout(PATIENCE, frames::outcome(&mut reader)).await;
            writing.abort();
            read.unwrap_or_else(|_| Ok("no answer".to_owned()))
        }
    })
    .await
}

/// Several attackers, each of which begins again until the time is up.
async fn attackers<F>(end: Instant, attack: impl Fn() -> F + Clone + Send + 'static) -> Outcomes
where
    F: Future<Output = io::Result<String>> + Send,
{
    let mut tasks = JoinSet::new();
    for _ in 0..ATTACKERS {
        let attack = attack.clone();
        tasks.spawn(async move {
            let mut outcomes = Outcomes::default();
            while Instant::now() < end {
                outcomes.note(match attack().await {
                    Ok(outcome) => outcome,
                    Err(error) => error.kind().to_string(),
                });
            }
            outcomes
        });
    }
    Outcomes::of(tasks).await
}
