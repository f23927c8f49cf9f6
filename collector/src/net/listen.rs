//! Listening sockets: an endpoint as users write it in, accepted streams out.
//!
//! A socket that a component listens on outlives it when another takes its place: both hold it for
//! a moment and both accept, so no connection is refused in between.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpListener, TcpStream};

use crate::component::Host;

/// What kind of socket an endpoint names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// TCP over IPv4 or IPv6.
    #[default]
    Tcp,
    /// TCP over IPv4 only.
    Tcp4,
    /// TCP over IPv6 only.
    Tcp6,
    /// A Unix domain socket; the endpoint is a path.
    Unix,
}

impl Transport {
    /// The transport of that name; `None` when Holt has none of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "tcp" => Self::Tcp,
            "tcp4" => Self::Tcp4,
            "tcp6" => Self::Tcp6,
            "unix" => Self::Unix,
            _ => return None,
        })
    }

    /// Its name in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Tcp4 => "tcp4",
            Self::Tcp6 => "tcp6",
            Self::Unix => "unix",
        }
    }
}

/// An endpoint could not be listened on.
#[derive(Debug, thiserror::Error)]
#[error("listen {} {endpoint}: {source}", transport.name())]
pub struct ListenError {
    /// Kind of socket.
    pub transport: Transport,
    /// The endpoint as configured.
    pub endpoint: String,
    /// What the system said.
    pub source: io::Error,
}

/// A bound socket, or a share of one.
#[derive(Clone, Debug)]
pub struct Listener {
    shared: Arc<Shared>,
    /// Given back when the last clone of this share is dropped.
    _claim: Option<Arc<Claim>>,
}

/// A socket, and who holds it.
#[derive(Debug)]
struct Shared {
    socket: Socket,
    claims: Mutex<Vec<Owner>>,
}

#[derive(Debug)]
enum Socket {
    /// TCP.
    Tcp(TcpListener),
    /// Unix domain socket; removes its path when dropped.
    #[cfg(unix)]
    Unix(UnixListener),
}

/// A service, and a component and protocol in it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Owner {
    service: usize,
    name: String,
}

/// A component's hold of a socket.
#[derive(Debug)]
struct Claim {
    owner: Owner,
    shared: Arc<Shared>,
}

impl Claim {
    /// A claim, or who has one in the same service.
    fn new(shared: Arc<Shared>, owner: Owner) -> Result<Self, String> {
        let mut claims = shared.claims.lock().unwrap_or_else(PoisonError::into_inner);
        let mut others = claims.iter().filter(|other| other.service == owner.service);
        if let Some(other) = others.find(|other| other.name != owner.name) {
            return Err(other.name.clone());
        }
        claims.push(owner.clone());
        drop(claims);
        Ok(Self { owner, shared })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut claims = self.shared.claims.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = claims.iter().position(|owner| *owner == self.owner) {
            claims.swap_remove(index);
        }
    }
}

/// A Unix listener with the path it owns.
#[cfg(unix)]
#[derive(Debug)]
pub struct UnixListener {
    inner: tokio::net::UnixListener,
    path: std::path::PathBuf,
}

#[cfg(unix)]
impl Drop for UnixListener {
    fn drop(&mut self) {
        // Nothing can be done when it is gone already.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// An accepted connection.
#[derive(Debug)]
pub enum Accepted {
    /// TCP, with the peer's address.
    Tcp(TcpStream, SocketAddr),
    /// Unix domain socket.
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

impl Listener {
    /// Binds `endpoint`: `host:port` (an empty host means all interfaces), or a path for
    /// [`Transport::Unix`].
    ///
    /// # Errors
    /// When the endpoint cannot be understood, resolved or bound.
    pub async fn bind(transport: Transport, endpoint: &str) -> Result<Self, ListenError> {
        let shared = Shared::bind(transport, endpoint).await?;
        Ok(Self { shared: Arc::new(shared), _claim: None })
    }

    /// The same for a component, which shares the socket with the one whose place it takes.
    /// `owner` names the component and the protocol, such as `receiver otlp grpc`.
    ///
    /// # Errors
    /// As [`Listener::bind`]; also when another component of the same service listens there.
    pub async fn shared(
        host: &Host,
        transport: Transport,
        endpoint: &str,
        owner: &str,
    ) -> Result<Self, ListenError> {
        let mut key = format!("listen:{}:{endpoint}", transport.name());
        // Everybody who asks for any free port means another one.
        if transport != Transport::Unix && endpoint.ends_with(":0") {
            key = format!("{key}:{owner}");
        }
        let shared = host.resources().share(&key, Shared::bind(transport, endpoint)).await?;
        let owner = Owner { service: host.identity(), name: owner.to_owned() };
        match Claim::new(shared.clone(), owner) {
            Ok(claim) => Ok(Self { shared, _claim: Some(Arc::new(claim)) }),
            Err(other) => {
                let text = format!("address already in use by {other}");
                let source = io::Error::new(io::ErrorKind::AddrInUse, text);
                Err(ListenError { transport, endpoint: endpoint.to_owned(), source })
            }
        }
    }

    /// The address that was bound: `ip:port`, or the path.
    pub fn address(&self) -> String {
        match &self.shared.socket {
            Socket::Tcp(listener) => {
                listener.local_addr().map_or_else(|_| String::new(), |address| address.to_string())
            }
            #[cfg(unix)]
            Socket::Unix(listener) => listener.path.display().to_string(),
        }
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    /// When the system refuses; most such errors concern one connection only or pass with time.
    pub async fn accept(&self) -> io::Result<Accepted> {
        match &self.shared.socket {
            Socket::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Accepted::Tcp(stream, peer))
            }
            #[cfg(unix)]
            Socket::Unix(listener) => Ok(Accepted::Unix(listener.inner.accept().await?.0)),
        }
    }
}

impl Shared {
    async fn bind(transport: Transport, endpoint: &str) -> Result<Self, ListenError> {
        match Socket::bind(transport, endpoint).await {
            Ok(socket) => Ok(Self { socket, claims: Mutex::default() }),
            Err(source) => Err(ListenError { transport, endpoint: endpoint.to_owned(), source }),
        }
    }
}

impl Socket {
    async fn bind(transport: Transport, endpoint: &str) -> io::Result<Self> {
        if transport == Transport::Unix {
            #[cfg(unix)]
            return Ok(Self::Unix(UnixListener {
                inner: tokio::net::UnixListener::bind(endpoint)?,
                path: endpoint.into(),
            }));
            #[cfg(not(unix))]
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "Unix sockets are not available on this system",
            ));
        }
        let (host, port) = split_host_port(endpoint)?;
        let mut addresses: Vec<SocketAddr> = if host.is_empty() {
            vec![
                SocketAddr::new(std::net::Ipv6Addr::UNSPECIFIED.into(), port),
                SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), port),
            ]
        } else {
            let mut found: Vec<_> = tokio::net::lookup_host((host, port)).await?.collect();
            // A name that stands for both families is bound on IPv4, as the reference does.
            found.sort_by_key(SocketAddr::is_ipv6);
            found
        };
        match transport {
            Transport::Tcp4 => addresses.retain(SocketAddr::is_ipv4),
            Transport::Tcp6 => addresses.retain(SocketAddr::is_ipv6),
            Transport::Tcp | Transport::Unix => {}
        }
        let mut last = io::Error::new(io::ErrorKind::NotFound, "no suitable address found");
        for address in addresses {
            match TcpListener::bind(address).await {
                Ok(listener) => return Ok(Self::Tcp(listener)),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

/// Splits `host:port`, with IPv6 addresses in brackets.
///
/// # Errors
/// When there is no port or it is not a number.
pub fn split_host_port(endpoint: &str) -> io::Result<(&str, u16)> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidInput, message);
    let (host, port) = endpoint
        .rsplit_once(':')
        .ok_or_else(|| invalid(format!("address {endpoint}: missing port in address")))?;
    let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(bracketed) => bracketed,
        None if host.contains(':') => {
            return Err(invalid(format!(
                "address {endpoint}: too many colons; write IPv6 addresses as [address]:port"
            )));
        }
        None => host,
    };
    let port = port.parse().map_err(|_| invalid(format!("invalid port \"{port}\"")))?;
    Ok((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_split() {
        assert_eq!(split_host_port("localhost:4317").expect("valid"), ("localhost", 4317));
        assert_eq!(split_host_port(":80").expect("valid"), ("", 80));
        assert_eq!(split_host_port("[::1]:80").expect("valid"), ("::1", 80));
        for wrong in ["localhost", "localhost:http", "::1:80", "h:70000"] {
            assert!(split_host_port(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_taken_port_is_named() {
        let first = Listener::bind(Transport::Tcp, "localhost:0").await.expect("bind");
        let address = first.address();
        let error = Listener::bind(Transport::Tcp, &address).await.expect_err("taken");
        assert!(error.to_string().starts_with(&format!("listen tcp {address}: ")), "{error}");
    }
}
