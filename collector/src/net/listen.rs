//! Listening sockets: an endpoint as users write it in, accepted streams out.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

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

/// A bound socket.
#[derive(Debug)]
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// Unix domain socket; removes its path when dropped.
    #[cfg(unix)]
    Unix(UnixListener),
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
        Self::try_bind(transport, endpoint).await.map_err(|source| ListenError {
            transport,
            endpoint: endpoint.to_owned(),
            source,
        })
    }

    async fn try_bind(transport: Transport, endpoint: &str) -> io::Result<Self> {
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

    /// The address that was bound: `ip:port`, or the path.
    pub fn address(&self) -> String {
        match self {
            Self::Tcp(listener) => {
                listener.local_addr().map_or_else(|_| String::new(), |address| address.to_string())
            }
            #[cfg(unix)]
            Self::Unix(listener) => listener.path.display().to_string(),
        }
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    /// When the system refuses; most such errors concern one connection only or pass with time.
    pub async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Accepted::Tcp(stream, peer))
            }
            #[cfg(unix)]
            Self::Unix(listener) => Ok(Accepted::Unix(listener.inner.accept().await?.0)),
        }
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
