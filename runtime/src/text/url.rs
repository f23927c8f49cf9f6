//! URLs, taken apart and put together as Go's `net/url` does it.

/// The parts of a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// In lower case.
    pub scheme: String,
    /// What follows the scheme of a URL without a path.
    opaque: String,
    user: Option<(String, Option<String>)>,
    /// Host and port.
    host: String,
    /// Without escapes.
    pub path: String,
    /// As it was written, where that is not how it would be written.
    raw_path: String,
    omit_host: bool,
    force_query: bool,
    /// As it was written.
    pub query: String,
    /// Without escapes.
    pub fragment: String,
    raw_fragment: String,
}

/// Why a text is not a URL.
pub type Fault = &'static str;

/// What is escaped depends on the part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Zone,
    User,
    Query,
    Fragment,
}

impl Url {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let (text, fragment) = match text.split_once('#') {
            Some((text, fragment)) => (text, fragment),
            None => (text, ""),
        };
        let mut url = Self::without_fragment(text)?;
        if !fragment.is_empty() {
            url.fragment = unescape(fragment, Part::Fragment)?;
            if escape(&url.fragment, Part::Fragment) != fragment {
                fragment.clone_into(&mut url.raw_fragment);
            }
        }
        Ok(url)
    }

    fn without_fragment(text: &str) -> Result<Self, Fault> {
        let mut url = Self::default();
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("it holds a control character");
        }
        if text == "*" {
            "*".clone_into(&mut url.path);
            return Ok(url);
        }
        let (scheme, mut rest) = scheme(text)?;
        url.scheme = scheme.to_lowercase();
        if rest.ends_with('?') && rest.matches('?').count() == 1 {
            url.force_query = true;
            rest = rest.strip_suffix('?').unwrap_or(rest);
        } else if let Some((before, query)) = rest.split_once('?') {
            query.clone_into(&mut url.query);
            rest = before;
        }
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                rest.clone_into(&mut url.opaque);
                return Ok(url);
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err("the first part of its path holds a colon");
            }
        }
        let has_authority = !url.scheme.is_empty() || !rest.starts_with("///");
        if has_authority && let Some(after) = rest.strip_prefix("//") {
            let end = after.find('/').unwrap_or(after.len());
            let (authority, path) = after.split_at(end);
            rest = path;
            url.authority(authority)?;
        } else if !url.scheme.is_empty() && rest.starts_with('/') {
            url.omit_host = true;
        }
        url.path = unescape(rest, Part::Path)?;
        if escape(&url.path, Part::Path) != rest {
            rest.clone_into(&mut url.raw_path);
        }
        Ok(url)
    }

    fn authority(&mut self, text: &str) -> Result<(), Fault> {
        let (user, host) = match text.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, text),
        };
        self.host = parse_host(host)?;
        let Some(user) = user else { return Ok(()) };
        let allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
        if !user.bytes().all(allowed) {
            return Err("its user information holds an invalid character");
        }
        let (name, password) = match user.split_once(':') {
            Some((name, password)) => (name, Some(unescape(password, Part::User)?)),
            None => (user, None),
        };
        self.user = Some((unescape(name, Part::User)?, password));
        Ok(())
    }

    /// The host without port and brackets.
    pub fn host_name(&self) -> &str {
        let host = self.host.rsplit_once(':').filter(|(_, port)| is_port(port));
        let host = host.map_or(self.host.as_str(), |(host, _)| host);
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        inner.unwrap_or(host)
    }

    /// The port, empty if there is none.
    pub fn port(&self) -> &str {
        let port = self.host.rsplit_once(':').map_or("", |(_, port)| port);
        if is_port(port) { port } else { "" }
    }

    /// Name and password of the user.
    pub fn user(&self) -> Option<(&str, Option<&str>)> {
        self.user.as_ref().map(|(name, password)| (name.as_str(), password.as_deref()))
    }

    /// Name and password of the user as they stand in the URL.
    pub fn user_info(&self) -> Option<String> {
        let (name, password) = self.user()?;
        let mut text = escape(name, Part::User);
        if let Some(password) = password {
            text.push(':');
            text.push_str(&escape(password, Part::User));
        }
        Some(text)
    }

    fn escaped_path(&self) -> String {
        let keeps = !self.raw_path.is_empty()
            && valid_encoded(&self.raw_path, Part::Path)
            && unescape(&self.raw_path, Part::Path).is_ok_and(|path| path == self.path);
        if keeps {
            self.raw_path.clone()
        } else if self.path == "*" {
            "*".to_owned()
        } else {
            escape(&self.path, Part::Path)
        }
    }

    fn escaped_fragment(&self) -> String {
        let keeps = !self.raw_fragment.is_empty()
            && valid_encoded(&self.raw_fragment, Part::Fragment)
            && unescape(&self.raw_fragment, Part::Fragment).is_ok_and(|text| text == self.fragment);
        if keeps { self.raw_fragment.clone() } else { escape(&self.fragment, Part::Fragment) }
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out.push_str(&self.scheme);
            out.push(':');
        }
        if self.opaque.is_empty() {
            let addressed = !self.host.is_empty() || self.user.is_some();
            if addressed || !self.scheme.is_empty() && !self.omit_host {
                if addressed || !self.path.is_empty() {
                    out.push_str("//");
                }
                if let Some(user) = self.user_info() {
                    out.push_str(&user);
                    out.push('@');
                }
                out.push_str(&escape(&self.host, Part::Host));
            }
            let path = self.escaped_path();
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                out.push('/');
            }
            if out.is_empty() && path.split('/').next().is_some_and(|first| first.contains(':')) {
                out.push_str("./");
            }
            out.push_str(&path);
        } else {
            out.push_str(&self.opaque);
        }
        if self.force_query || !self.query.is_empty() {
            out.push('?');
            out.push_str(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push('#');
            out.push_str(&self.escaped_fragment());
        }
        f.write_str(&out)
    }
}

/// The parameters of a query, in order.
///
/// # Errors
/// For an invalid escape or a semicolon.
pub fn parse_query(query: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut pairs = Vec::new();
    for part in query.split('&') {
        if part.contains(';') {
            return Err("its query holds a semicolon");
        }
        if part.is_empty() {
            continue;
        }
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        pairs.push((unescape(key, Part::Query)?, unescape(value, Part::Query)?));
    }
    Ok(pairs)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn scheme(text: &str) -> Result<(&str, &str), Fault> {
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return Err("its scheme is missing"),
            b':' => {
                let (scheme, rest) = text.split_at(index);
                return Ok((scheme, rest.get(1..).unwrap_or_default()));
            }
            _ => return Ok(("", text)),
        }
    }
    Ok(("", text))
}

fn parse_host(host: &str) -> Result<String, Fault> {
    const PORT: Fault = "the port is not a number";
    let is_port_part = |text: &str| text.is_empty() || text.strip_prefix(':').is_some_and(is_port);
    if host.rfind('[').is_some_and(|at| at > 0) {
        return Err("its host holds a bracket");
    }
    if host.starts_with('[') {
        let end = host.rfind(']').ok_or("a bracket of its host is not closed")?;
        let (inside, port) = host.split_at(end + 1);
        if !is_port_part(port) {
            return Err(PORT);
        }
        if let Some(zone) = inside.find("%25") {
            let (address, zone) = inside.split_at(zone);
            let closing = zone.len() - 1;
            let zone_text = zone.get(..closing).unwrap_or_default();
            let mut out = unescape(address, Part::Host)?;
            out.push_str(&unescape(zone_text, Part::Zone)?);
            out.push(']');
            out.push_str(&unescape(port, Part::Host)?);
            return Ok(out);
        }
    } else if let Some(at) = host.rfind(':')
        && !is_port_part(host.get(at..).unwrap_or_default())
    {
        return Err(PORT);
    }
    unescape(host, Part::Host)
}

fn must_escape(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() {
        return false;
    }
    if matches!(part, Part::Host | Part::Zone) && b"!$&'()*+,;=:[]<>\"".contains(&byte) {
        return false;
    }
    match byte {
        b'-' | b'_' | b'.' | b'~' => false,
        b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?' | b'@' => match part {
            Part::Path => byte == b'?',
            Part::User => matches!(byte, b'@' | b'/' | b'?' | b':'),
            Part::Query => true,
            Part::Fragment => false,
            Part::Host | Part::Zone => true,
        },
        b'!' | b'(' | b')' | b'*' => part != Part::Fragment,
        _ => true,
    }
}

fn valid_encoded(text: &str, part: Part) -> bool {
    text.bytes().all(|byte| b"!$&'()*+,;=:@[]%".contains(&byte) || !must_escape(byte, part))
}

fn escape(text: &str, part: Part) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte == b' ' && part == Part::Query {
            out.push('+');
        } else if must_escape(byte, part) {
            out.push_str(&format!("%{byte:02X}"));
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

fn unescape(text: &str, part: Part) -> Result<String, Fault> {
    const ESCAPE: Fault = "it holds an invalid escape";
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                let (Some(high), Some(low)) = (digit(), digit()) else { return Err(ESCAPE) };
                let value = (high * 16 + low) as u8;
                if part == Part::Host && high < 8 && value != b'%' {
                    return Err(ESCAPE);
                }
                if part == Part::Zone
                    && value != b'%'
                    && value != b' '
                    && must_escape(value, Part::Host)
                {
                    return Err(ESCAPE);
                }
                out.push(value);
            }
            b'+' if part == Part::Query => out.push(b' '),
            _ => {
                let in_host = matches!(part, Part::Host | Part::Zone);
                if in_host && byte.is_ascii() && must_escape(byte, part) {
                    return Err("its host holds an invalid character");
                }
                out.push(byte);
            }
        }
    }
    // What is not UTF-8 is repaired, as every text.
    Ok(String::from_utf8(out)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn urls_come_apart() {
        let url = Url::parse("HTTPS://u:p%40@h:8/x/a%2Fb.txt?q=1#f").unwrap();
        assert_eq!((url.scheme.as_str(), url.host_name(), url.port()), ("https", "h", "8"));
        assert_eq!((url.path.as_str(), url.query.as_str()), ("/x/a/b.txt", "q=1"));
        assert_eq!(url.user(), Some(("u", Some("p@"))));
        assert_eq!(url.to_string(), "https://u:p%40@h:8/x/a%2Fb.txt?q=1#f");
        assert!(Url::parse("http://h:x/").is_err());
        assert_eq!(Url::parse("http://[::1]:80/").unwrap().host_name(), "::1");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,40}") {
            if let Ok(url) = Url::parse(&text) {
                let _ = (url.to_string(), url.host_name().len(), url.port().len());
            }
            let _ = parse_query(&text);
        }
    }
}
