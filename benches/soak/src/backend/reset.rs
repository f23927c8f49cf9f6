//! A listener that reads the beginning of whatever comes and then resets the connection.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// So much of a request is read before the reset: its head and some of its body.
const BEFORE: usize = 400;

/// Holds an address until it is dropped.
pub(super) struct Resetter {
    _accepting: JoinSet<()>,
}

impl Resetter {
    pub(super) async fn start(address: SocketAddr) -> io::Result<Resetter> {
        let listener = TcpListener::bind(address).await?;
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    connections.spawn(reset(stream));
                }
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Resetter { _accepting: accepting })
    }
}

async fn reset(mut stream: TcpStream) {
    let mut buffer = [0; BEFORE];
    // A client that sends less is reset all the same, after a moment.
    let read = stream.read_exact(&mut buffer);
    let _ = tokio::time::timeout(Duration::from_secs(1), read).await;
    // Closing with nothing left to linger for sends RST.
    let _ = stream.set_zero_linger();
}
