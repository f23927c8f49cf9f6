//! Addresses for processes that are killed and started again at the same place.
//!
//! They lie below the range from which the system takes ports for outgoing connections, so that
//! nobody takes one by chance while its owner is down.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// First port of the range, and its length.
const FIRST: u16 = 20_000;
const LENGTH: u16 = 12_000;

/// How many were asked for in this process.
static ASKED: AtomicU16 = AtomicU16::new(0);

/// A port of the loopback address on which nobody listens, another one each time.
pub fn free() -> io::Result<SocketAddr> {
    // Processes begin at different places.
    let offset = (std::process::id().wrapping_mul(197) % u32::from(LENGTH)) as u16;
    for _ in 0..LENGTH {
        let asked = ASKED.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + (offset.wrapping_add(asked)) % LENGTH;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no port is free"))
}
