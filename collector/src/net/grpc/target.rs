//! Endpoints of gRPC clients as users write them: a name and port, a URL, or a path of a socket.

use http::uri::Authority;

use super::client::Target;
use crate::net::listen::split_host_port;

/// An endpoint, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Where to connect.
    pub target: Target,
    /// What `:authority` says unless it is set.
    pub authority: Authority,
    /// The scheme the user wrote, of `http` and `https`.
    pub scheme: Option<&'static str>,
}

/// An endpoint cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// A socket without a path.
    #[error("unix socket path cannot be empty")]
    EmptyPath,
    /// A URL with a path.
    #[error("the URL has a path, which gRPC does not use")]
    UrlPath,
    /// No port, or none that is a number.
    #[error("{0}")]
    Address(String),
    /// The name has characters that names do not have.
    #[error("`{0}` is no name of a host")]
    Host(String),
}

impl Endpoint {
    /// Takes apart `host:port`, `http(s)://host:port`, `dns:///host:port`,
    /// `passthrough:///host:port`, or `unix:///path`.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        for prefix in ["unix://", "unix:"] {
            if let Some(path) = text.strip_prefix(prefix) {
                if path.is_empty() {
                    return Err(EndpointError::EmptyPath);
                }
                let target = Target::Unix(path.into());
                let authority = Authority::from_static("localhost");
                return Ok(Self { target, authority, scheme: None });
            }
        }
        let (scheme, rest) = if let Some(rest) = text.strip_prefix("https://") {
            (Some("https"), rest)
        } else if let Some(rest) = text.strip_prefix("http://") {
            (Some("http"), rest)
        } else {
            (None, text)
        };
        // A resolver may be named with an authority of its own, which is not used.
        let rest = ["dns:", "passthrough:"]
            .iter()
            .find_map(|resolver| rest.strip_prefix(resolver)?.strip_prefix("//"))
            .and_then(|rest| rest.split_once('/'))
            .map_or(rest, |(_, address)| address);
        let rest = rest.strip_prefix("dns:").unwrap_or(rest);
        let address = match rest.split_once('/') {
            Some((address, "")) if scheme.is_some() => address,
            Some(_) => return Err(EndpointError::UrlPath),
            None => rest,
        };
        let (host, port) =
            split_host_port(address).map_err(|error| EndpointError::Address(error.to_string()))?;
        let authority = address.parse().map_err(|_| EndpointError::Host(host.to_owned()))?;
        let host = if host.is_empty() { "localhost" } else { host };
        Ok(Self { target: Target::Tcp { host: host.to_owned(), port }, authority, scheme })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(text: &str) -> (String, u16, Option<&'static str>) {
        let endpoint = Endpoint::parse(text).expect(text);
        match endpoint.target {
            Target::Tcp { host, port } => (host, port, endpoint.scheme),
            Target::Unix(path) => panic!("{path:?}"),
        }
    }

    #[test]
    fn endpoints_of_all_shapes() {
        assert_eq!(tcp("otelcol:4317"), ("otelcol".to_owned(), 4317, None));
        assert_eq!(tcp("http://otelcol:4317"), ("otelcol".to_owned(), 4317, Some("http")));
        assert_eq!(tcp("https://otelcol:443/"), ("otelcol".to_owned(), 443, Some("https")));
        assert_eq!(tcp("dns:///otelcol:4317"), ("otelcol".to_owned(), 4317, None));
        assert_eq!(tcp("passthrough:///[::1]:4317"), ("::1".to_owned(), 4317, None));
        assert_eq!(
            Endpoint::parse("unix:///run/otel.sock").expect("valid").target,
            Target::Unix("/run/otel.sock".into())
        );
    }

    #[test]
    fn what_is_no_endpoint() {
        assert_eq!(Endpoint::parse("unix://"), Err(EndpointError::EmptyPath));
        assert_eq!(Endpoint::parse("http://h:1/v1/traces"), Err(EndpointError::UrlPath));
        assert!(Endpoint::parse("otelcol").is_err());
        assert!(Endpoint::parse("ot el:4317").is_err());
    }
}
