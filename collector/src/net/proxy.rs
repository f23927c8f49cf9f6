//! HTTP proxies for connections that are not HTTP to the proxy: the environment and a target in, a
//! stream through the proxy to the target out.

use std::io;
use std::net::IpAddr;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::Matcher;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A proxy that connects to others with `CONNECT`.
#[derive(Clone, Debug)]
pub struct Proxy {
    address: String,
    authorization: Option<HeaderValue>,
}

/// Longest answer of a proxy in bytes.
const MAX_ANSWER: usize = 16 << 10;

impl Proxy {
    /// The proxy at a URL; `None` when it is no URL of an HTTP proxy.
    pub fn parse(url: &str) -> Option<Self> {
        Self::intercepting(&Matcher::builder().all(url).build(), "any.example", 443)
    }

    /// The proxy that the environment names for connections to a host: `HTTPS_PROXY`, unless
    /// `NO_PROXY` excludes the host. There is never one for this machine, as in the reference.
    pub fn from_environment(host: &str, port: u16) -> Option<Self> {
        Self::named_by(|name| std::env::var(name).ok(), host, port)
    }

    fn named_by(get: impl Fn(&str) -> Option<String>, host: &str, port: u16) -> Option<Self> {
        if is_this_machine(host) {
            return None;
        }
        let variable =
            |name: &str| get(name).or_else(|| get(&name.to_lowercase())).unwrap_or_default();
        let builder = Matcher::builder().https(variable("HTTPS_PROXY"));
        Self::intercepting(&builder.no(variable("NO_PROXY")).build(), host, port)
    }

    fn intercepting(matcher: &Matcher, host: &str, port: u16) -> Option<Self> {
        let target: Uri = format!("https://{}", authority(host, port)).parse().ok()?;
        let found = matcher.intercept(&target)?;
        let uri = found.uri();
        let port = uri.port_u16().unwrap_or(80);
        if uri.scheme_str() != Some("http") {
            return None;
        }
        let address = authority(uri.host()?, port);
        Some(Self { address, authorization: found.basic_auth().cloned() })
    }

    /// Connects to `host` through the proxy.
    ///
    /// # Errors
    /// When the proxy cannot be reached or refuses.
    pub async fn connect(&self, host: &str, port: u16) -> io::Result<TcpStream> {
        let named = |error: io::Error| {
            io::Error::new(error.kind(), format!("proxy {}: {error}", self.address))
        };
        let mut stream = TcpStream::connect(&self.address).await.map_err(named)?;
        stream.set_nodelay(true)?;
        let target = authority(host, port);
        let agent = super::user_agent();
        let mut request =
            format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {agent}\r\n");
        if let Some(Ok(authorization)) = self.authorization.as_ref().map(HeaderValue::to_str) {
            request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.map_err(named)?;
        let answer = read_head(&mut stream).await.map_err(named)?;
        let line = answer.lines().next().unwrap_or_default();
        match line.split(' ').nth(1) {
            Some("200") => Ok(stream),
            _ => Err(named(io::Error::other(format!("it answers `{line}`")))),
        }
    }
}

/// Byte by byte: what follows the head belongs to the target.
async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == MAX_ANSWER {
            return Err(io::Error::other("its answer does not end"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn authority(host: &str, port: u16) -> String {
    match host.contains(':') && !host.starts_with('[') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

/// Whether a host is this machine by its name or address.
pub fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_a_proxy_and_who_needs_none() {
        let proxy = |no: &str, host: &str| {
            let get = |name: &str| match name {
                "https_proxy" => Some("http://proxy.example:3128".to_owned()),
                "NO_PROXY" => Some(no.to_owned()),
                _ => None,
            };
            Proxy::named_by(get, host, 4317).map(|proxy| proxy.address)
        };
        let through = Some("proxy.example:3128".to_owned());
        assert_eq!(proxy("", "gateway.example"), through);
        assert_eq!(proxy("", "localhost"), None);
        assert_eq!(proxy("gateway.example", "gateway.example"), None);
        assert_eq!(proxy(".example,other.test", "gateway.example"), None);
        assert_eq!(proxy("10.0.0.0/8", "10.1.2.3"), None);
        assert_eq!(proxy("10.0.0.0/8", "11.1.2.3"), through);
        assert_eq!(proxy("*", "gateway.example"), None);
    }

    #[test]
    fn proxies_are_found_by_url() {
        let proxy = Proxy::parse("http://me:secret@proxy.example:3128").expect("a proxy");
        assert_eq!(proxy.address, "proxy.example:3128");
        assert_eq!(proxy.authorization.expect("a header"), "Basic bWU6c2VjcmV0");
        assert_eq!(Proxy::parse("proxy.example").expect("a proxy").address, "proxy.example:80");
        assert!(Proxy::parse("socks5://proxy.example").is_none());
        assert!(is_this_machine("127.0.0.9") && is_this_machine("[::1]"));
    }
}
