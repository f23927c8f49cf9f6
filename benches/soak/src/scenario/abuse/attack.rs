//! Clients that mean no good, by name.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::frames::PREFACE;
use super::{bomb, flood};

/// Connections that do nothing.
const IDLE: usize = 5_000;
/// Connections that send a byte now and then.
const SLOW: usize = 300;

/// A kind of abuse by clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attack {
    Idle,
    SlowHeads,
    SlowBodies,
    TinyFrames,
    Continuations,
    HeaderLines,
    RapidReset,
    BombOverHttp,
    BombOverGrpc,
}

impl Attack {
    pub(super) const ALL: [Attack; 9] = [
        Attack::Idle,
        Attack::SlowHeads,
        Attack::SlowBodies,
        Attack::TinyFrames,
        Attack::Continuations,
        Attack::HeaderLines,
        Attack::RapidReset,
        Attack::BombOverHttp,
        Attack::BombOverGrpc,
    ];

    /// What tables call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Attack::Idle => "5,000 idle connections",
            Attack::SlowHeads => "slow-loris heads",
            Attack::SlowBodies => "slow-loris bodies",
            Attack::TinyFrames => "1-byte HTTP/2 frames",
            Attack::Continuations => "header flood, HTTP/2 CONTINUATION",
            Attack::HeaderLines => "header flood, HTTP/1.1",
            Attack::RapidReset => "rapid reset, HTTP/2",
            Attack::BombOverHttp => "gzip bombs of 1 GiB, HTTP",
            Attack::BombOverGrpc => "gzip bombs of 1 GiB, gRPC",
        }
    }

    /// Goes on for a while; the answer is what came of it.
    pub(super) async fn run(self, grpc: SocketAddr, http: SocketAddr, time: Duration) -> String {
        let end = Instant::now() + time;
        let outcomes = match self {
            Attack::Idle => idle(grpc, http, end).await,
            Attack::SlowHeads => slowly(grpc, http, end, Slow::Head).await,
            Attack::SlowBodies => slowly(grpc, http, end, Slow::Body).await,
            Attack::TinyFrames => flood::tiny_frames(grpc, end).await,
            Attack::Continuations => flood::continuations(grpc, end).await,
            Attack::HeaderLines => flood::header_lines(http, end).await,
            Attack::RapidReset => flood::rapid_reset(grpc, end).await,
            Attack::BombOverHttp => bomb::over_http(http, end).await,
            Attack::BombOverGrpc => bomb::over_grpc(grpc, end).await,
        };
        outcomes.to_string()
    }
}

/// How often each thing happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcomes(BTreeMap<String, u64>);

impl Outcomes {
    pub(super) fn note(&mut self, outcome: impl Into<String>) {
        *self.0.entry(outcome.into()).or_default() += 1;
    }

    /// Gathers what tasks noted.
    pub(super) async fn of(mut tasks: JoinSet<Outcomes>) -> Outcomes {
        let mut all = Outcomes::default();
        while let Some(Ok(part)) = tasks.join_next().await {
            for (outcome, count) in part.0 {
                *all.0.entry(outcome).or_default() += count;
            }
        }
        all
    }
}

impl std::fmt::Display for Outcomes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> =
            self.0.iter().map(|(outcome, count)| format!("{count} x {outcome}")).collect();
        f.write_str(&parts.join(", "))
    }
}

async fn idle(grpc: SocketAddr, http: SocketAddr, end: Instant) -> Outcomes {
    let mut outcomes = Outcomes::default();
    let mut open = Vec::new();
    for index in 0..IDLE {
        let address = if index % 2 == 0 { grpc } else { http };
        match TcpStream::connect(address).await {
            Ok(stream) => open.push(stream),
            Err(error) => outcomes.note(error.to_string()),
        }
    }
    tokio::time::sleep_until(end).await;
    for stream in open {
        let mut byte = [0];
        outcomes.note(match stream.try_read(&mut byte) {
            Ok(0) => "closed by the collector",
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => "reset",
            _ => "kept open",
        });
    }
    outcomes
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Slow {
    Head,
    Body,
}

/// Half of the connections are HTTP/1.1, half HTTP/2.
async fn slowly(grpc: SocketAddr, http: SocketAddr, end: Instant, slow: Slow) -> Outcomes {
    let mut tasks = JoinSet::new();
    for index in 0..SLOW {
        tasks.spawn(async move {
            let mut outcomes = Outcomes::default();
            let outcome = match index % 2 {
                0 => trickle(grpc, &http2_beginning(slow), end).await,
                _ => trickle(http, &http1_beginning(slow), end).await,
            };
            outcomes.note(outcome.unwrap_or_else(|error| error.kind().to_string()));
            outcomes
        });
    }
    Outcomes::of(tasks).await
}

fn http1_beginning(slow: Slow) -> Vec<u8> {
    let head = "POST /v1/logs HTTP/1.1\r\nHost: soak\r\nContent-Type: application/x-protobuf\r\n";
    match slow {
        Slow::Head => format!("{head}X-Slow: "),
        Slow::Body => format!("{head}Content-Length: 100000\r\n\r\n"),
    }
    .into_bytes()
}

fn http2_beginning(slow: Slow) -> Vec<u8> {
    match slow {
        // The preface is never finished.
        Slow::Head => PREFACE.get(..10).unwrap_or_default().to_vec(),
        Slow::Body => super::frames::request_head(1, &[]),
    }
}

/// Sends a beginning, and then a byte a second until the time is up or the collector has enough.
async fn trickle(address: SocketAddr, beginning: &[u8], end: Instant) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(beginning).await?;
    let mut buffer = [0; 4096];
    while Instant::now() < end {
        tokio::select! {
            read = stream.read(&mut buffer) => {
                if read? == 0 {
                    return Ok("closed by the collector".to_owned());
                }
            }
            () = tokio::time::sleep(Duration::from_secs(1)) => stream.write_all(b"a").await?,
        }
    }
    Ok("kept open".to_owned())
}
