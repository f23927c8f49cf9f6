//! The parts of an endpoint as people write it: `http://host:4318/path`, `host:4317`, `[::]:4317`.

/// The parts. Nothing is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Endpoint<'t> {
    /// What stands before `://`.
    pub(super) scheme: Option<&'t str>,
    /// The host, without the brackets of an IPv6 address.
    pub(super) host: &'t str,
    /// The port.
    pub(super) port: Option<&'t str>,
    /// What stands behind, with its slash.
    pub(super) path: &'t str,
}

impl<'t> Endpoint<'t> {
    /// Takes a text apart.
    pub(super) fn new(text: &'t str) -> Self {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, text),
        };
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, rest)) => (host, rest.strip_prefix(':')),
            None => match authority.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        Self { scheme, host, port, path }
    }

    /// Whether it is on this machine.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.host, "localhost" | "::1") || self.host.starts_with("127.")
    }

    /// Whether a listener there answers on every address of the machine.
    pub(super) fn is_everywhere(&self) -> bool {
        matches!(self.host, "" | "0.0.0.0" | "::")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_come_apart() {
        let parts = |text| {
            let Endpoint { scheme, host, port, path } = Endpoint::new(text);
            (scheme, host, port, path)
        };
        assert_eq!(parts("http://a.b:80/c/d"), (Some("http"), "a.b", Some("80"), "/c/d"));
        assert_eq!(parts("0.0.0.0:4317"), (None, "0.0.0.0", Some("4317"), ""));
        assert_eq!(parts("[::]:4317"), (None, "::", Some("4317"), ""));
        assert_eq!(parts("https://u:p@host/x"), (Some("https"), "host", None, "/x"));
        assert_eq!(parts("host"), (None, "host", None, ""));
    }
}
