//! Compression bombs: small requests that become large.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use flate2::Compression;
use flate2::write::GzEncoder;
use holt_load::client::{Answer, Client, Target};
use holt_load::http2::Http2;
use holt_load::signal::{Protocol, Signal};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::attack::Outcomes;

/// What a bomb becomes.
const SIZE: usize = 1 << 30;
/// Attackers at the same time.
const ATTACKERS: usize = 4;

/// Bombs as bodies of HTTP requests.
pub(super) async fn over_http(address: SocketAddr, end: Instant) -> Outcomes {
    throw(address, Protocol::Http, end).await
}

/// Bombs as compressed gRPC messages.
pub(super) async fn over_grpc(address: SocketAddr, end: Instant) -> Outcomes {
    throw(address, Protocol::Grpc, end).await
}

async fn throw(address: SocketAddr, protocol: Protocol, end: Instant) -> Outcomes {
    let mut outcomes = Outcomes::default();
    let Ok(Ok(body)) = tokio::task::spawn_blocking(move || bomb(protocol)).await else {
        outcomes.note("the bomb cannot be made");
        return outcomes;
    };
    let target = Target {
        endpoint: address.to_string(),
        protocol,
        gzip: true,
        http2: Http2::default(),
        connect_timeout: Duration::ZERO,
    };
    let mut tasks = JoinSet::new();
    // Making the bomb took its time; everyone throws at least one.
    let end = end.max(Instant::now() + Duration::from_secs(1));
    for _ in 0..ATTACKERS {
        let (target, body) = (target.clone(), body.clone());
        tasks.spawn(async move {
            let mut outcomes = Outcomes::default();
            while Instant::now() < end {
                outcomes.note(one(&target, body.clone()).await);
            }
            outcomes
        });
    }
    Outcomes::of(tasks).await
}

async fn one(target: &Target, body: Bytes) -> String {
    let mut client = match Client::connect(target).await {
        Ok(client) => client,
        Err(error) => return error.to_string(),
    };
    match client.send(Signal::Logs, body).await {
        Ok(Answer::Accepted { .. }) => "accepted".to_owned(),
        Ok(Answer::Refused(refused)) => refused.text,
        Err(error) => error.to_string(),
    }
}

/// Zeros, compressed; for gRPC with the flag and the length in front.
fn bomb(protocol: Protocol) -> io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let zeros = vec![0; 1 << 20];
    for _ in 0..SIZE / zeros.len() {
        encoder.write_all(&zeros)?;
    }
    let compressed = encoder.finish()?;
    if protocol == Protocol::Http {
        return Ok(compressed.into());
    }
    let mut framed = BytesMut::with_capacity(compressed.len() + 5);
    framed.put_u8(1);
    framed.put_u32(u32::try_from(compressed.len()).unwrap_or(u32::MAX));
    framed.put_slice(&compressed);
    Ok(framed.freeze())
}
