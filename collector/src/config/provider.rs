//! Where configuration text comes from: the schemes of `--config` URIs and `${...}` placeholders.
//!
//! A URI enters, its text leaves. Nothing is watched: a source is read once a load.

use std::io;
use std::sync::LazyLock;

use holt_grammar::diag::Diagnostic;
use regex::Regex;

use super::codes::{UNRESOLVED, WRONG_VALUE};
use super::environment::Environment;

/// Largest answer of a web server that is taken for a configuration, in bytes.
const MAX_DOWNLOAD: usize = 64 << 20;
/// How long a web server may take.
const DOWNLOAD_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

/// The schemes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A file by its path.
    File,
    /// An environment variable by its name, perhaps with `:-` and a default.
    Env,
    /// YAML in the URI itself.
    Yaml,
    /// One GET over HTTP.
    Http,
    /// One GET over HTTPS.
    Https,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 5] = [Self::Env, Self::File, Self::Http, Self::Https, Self::Yaml];

    /// The word before the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Env => "env",
            Self::Yaml => "yaml",
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A URI taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    /// The scheme.
    pub scheme: Scheme,
    /// What follows the colon.
    pub opaque: String,
}

/// Why a URI gives no text.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// Not of the form `scheme:rest`.
    #[error("`{0}` is no configuration URI")]
    InvalidUri(String),
    /// A scheme there is not.
    #[error("the scheme `{scheme}` of `{uri}` is not supported")]
    UnknownScheme {
        /// The scheme.
        scheme: String,
        /// The whole URI.
        uri: String,
    },
    /// The URI has a dollar sign after expansion.
    #[error("`{0}` contains a `$`, which placeholders cannot")]
    Dollar(String),
    /// A file that cannot be read.
    #[error("cannot read the file `{path}`: {error}")]
    File {
        /// The path as given.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// Bytes that are no text.
    #[error("`{0}` is not UTF-8 text")]
    NotText(String),
    /// A name that no variable can have.
    #[error("`{0}` is no name of an environment variable")]
    VariableName(String),
    /// No answer.
    #[error("cannot fetch `{uri}`: {reason}")]
    Fetch {
        /// The URI.
        uri: String,
        /// Why.
        reason: String,
    },
    /// An answer other than 200.
    #[error("cannot fetch `{uri}`: the server answered with status {status}")]
    Status {
        /// The URI.
        uri: String,
        /// The status of the answer.
        status: u16,
    },
}

impl ProviderError {
    /// What the user is told, without a place.
    pub fn diagnostic(&self) -> Diagnostic {
        let finding = Diagnostic::error(UNRESOLVED, self.to_string());
        let schemes = "the schemes are `env`, `file`, `http`, `https` and `yaml`";
        let (help, reference) = match self {
            Self::InvalidUri(uri) => (
                "write a path, or a scheme and a colon, for example `file:config.yaml`".to_owned(),
                format!("invalid uri: {uri:?}"),
            ),
            Self::UnknownScheme { scheme, uri } => {
                (schemes.to_owned(), format!("scheme {scheme:?} is not supported for uri {uri:?}"))
            }
            Self::Dollar(uri) => (
                "a literal `$` is written `$$`, but not inside `${...}`".to_owned(),
                format!("the uri {uri:?} contains unsupported characters ('$')"),
            ),
            Self::File { path, .. } => (
                "paths are relative to the directory the command runs in".to_owned(),
                format!("unable to read the file file:{path}"),
            ),
            Self::NotText(_) => return finding.note("save the file as UTF-8"),
            Self::VariableName(name) => (
                format!(
                    "names have letters, digits and `_` and do not start with a digit; a literal \
                     `${{{name}}}` is written `$${{{name}}}`"
                ),
                format!(
                    "environment variable {name:?} has invalid name: must match regex \
                     ^[a-zA-Z_][a-zA-Z0-9_]*$"
                ),
            ),
            Self::Fetch { uri, .. } => (
                "the server must be reachable when the collector starts".to_owned(),
                format!("unable to download the file via HTTP GET for uri {uri:?}"),
            ),
            Self::Status { uri, status } => (
                "the URI must answer a plain GET with status 200".to_owned(),
                format!("failed to load resource from uri {uri:?}. status code: {status}"),
            ),
        };
        finding.note(help).note(format!("the Go collector says: {reference}"))
    }
}

/// The scheme and the rest; `None` when the text has no such form.
fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    static SCHEME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new("^[A-Za-z][A-Za-z0-9+.-]+$").ok());
    let (scheme, opaque) = uri.split_once(':')?;
    SCHEME.as_ref()?.is_match(scheme).then_some((scheme, opaque))
}

impl Uri {
    /// Takes the value of a `--config` flag apart. Without a colon, or with a drive letter before
    /// it, it is a path.
    ///
    /// # Errors
    /// No URI, or an unknown scheme.
    pub fn of_flag(text: &str) -> Result<Self, ProviderError> {
        let is_drive = matches!(text.as_bytes(), [b'A'..=b'z', b':', ..]);
        if is_drive || !text.contains(':') {
            return Ok(Self { scheme: Scheme::File, opaque: text.to_owned() });
        }
        Self::with_scheme(text)
    }

    /// Takes the inside of a `${...}` placeholder apart. Without a colon it is a variable.
    ///
    /// # Errors
    /// No URI, an unknown scheme, or a `$`.
    pub fn of_placeholder(text: &str) -> Result<Self, ProviderError> {
        let whole = if text.contains(':') { text.to_owned() } else { format!("env:{text}") };
        if let Some((_, opaque)) = split_scheme(&whole)
            && opaque.contains('$')
        {
            return Err(ProviderError::Dollar(whole));
        }
        Self::with_scheme(&whole)
    }

    fn with_scheme(text: &str) -> Result<Self, ProviderError> {
        let (scheme, opaque) =
            split_scheme(text).ok_or_else(|| ProviderError::InvalidUri(text.to_owned()))?;
        let known = Scheme::ALL.into_iter().find(|known| known.as_str() == scheme);
        let scheme = known.ok_or_else(|| ProviderError::UnknownScheme {
            scheme: scheme.to_owned(),
            uri: text.to_owned(),
        })?;
        Ok(Self { scheme, opaque: opaque.to_owned() })
    }

    /// How the source is called in findings.
    pub fn name(&self) -> String {
        match self.scheme {
            Scheme::File => self.opaque.clone(),
            Scheme::Yaml => "yaml:".to_owned(),
            Scheme::Env => {
                let name =
                    self.opaque.split_once(":-").map_or(self.opaque.as_str(), |(name, _)| name);
                format!("env:{name}")
            }
            Scheme::Http | Scheme::Https => format!("{}:{}", self.scheme.as_str(), self.opaque),
        }
    }
}

/// What a URI gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retrieved {
    /// The text.
    pub text: String,
    /// The variable that was not set, or set to nothing.
    pub missing: Option<MissingVariable>,
}

/// A variable that gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingVariable {
    /// Not set, and no default given.
    Unset(String),
    /// Set to nothing.
    Empty(String),
}

/// Gets the text behind a URI.
///
/// # Errors
/// The text cannot be had.
pub async fn retrieve(
    uri: &Uri,
    environment: &dyn Environment,
) -> Result<Retrieved, ProviderError> {
    match uri.scheme {
        Scheme::Yaml => Ok(Retrieved { text: uri.opaque.clone(), missing: None }),
        Scheme::Env => variable(&uri.opaque, environment),
        Scheme::File => {
            let bytes = tokio::fs::read(&uri.opaque)
                .await
                .map_err(|error| ProviderError::File { path: uri.opaque.clone(), error })?;
            text(bytes, &uri.opaque)
        }
        Scheme::Http | Scheme::Https => {
            let whole = uri.name();
            let bytes = download(&whole).await?;
            text(bytes, &whole)
        }
    }
}

fn text(bytes: Vec<u8>, name: &str) -> Result<Retrieved, ProviderError> {
    let text = String::from_utf8(bytes).map_err(|_| ProviderError::NotText(name.to_owned()))?;
    Ok(Retrieved { text, missing: None })
}

/// A variable by its name, with an optional `:-` and default for when it is not set.
fn variable(opaque: &str, environment: &dyn Environment) -> Result<Retrieved, ProviderError> {
    let (name, default) = match opaque.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (opaque, None),
    };
    let valid = !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !valid {
        return Err(ProviderError::VariableName(name.to_owned()));
    }
    let name = name.to_owned();
    Ok(match (environment.variable(&name), default) {
        (None, None) => {
            Retrieved { text: String::new(), missing: Some(MissingVariable::Unset(name)) }
        }
        (None, Some(default)) => Retrieved { text: default.to_owned(), missing: None },
        (Some(text), _) if text.is_empty() => {
            Retrieved { text, missing: Some(MissingVariable::Empty(name)) }
        }
        (Some(text), _) => Retrieved { text, missing: None },
    })
}

/// One GET.
async fn download(uri: &str) -> Result<Vec<u8>, ProviderError> {
    let fetch = |reason: String| ProviderError::Fetch { uri: uri.to_owned(), reason };
    // The HTTP client needs a process-wide choice of cryptography; a second one changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(DOWNLOAD_TIMEOUT)
        .build()
        .map_err(|error| fetch(describe(&error)))?;
    let mut answer = client.get(uri).send().await.map_err(|error| fetch(describe(&error)))?;
    let status = answer.status().as_u16();
    if status != 200 {
        return Err(ProviderError::Status { uri: uri.to_owned(), status });
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| fetch(describe(&error)))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_DOWNLOAD {
            return Err(fetch(format!("the answer is longer than {MAX_DOWNLOAD} bytes")));
        }
    }
    Ok(bytes)
}

/// The innermost reason of an error, which is the one a user can act on.
fn describe(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

/// Turns the value of a `--set` flag into YAML: `a.b=c` is `a::b: c`.
///
/// # Errors
/// There is no equal sign.
pub fn yaml_of_set(flag: &str) -> Result<String, Box<Diagnostic>> {
    let Some((key, value)) = flag.split_once('=') else {
        let finding = Diagnostic::error(WRONG_VALUE, format!("`--set {flag}` has no `=`"))
            .note("write `--set processors.batch.timeout=2s`")
            .note("the Go collector says: missing equal sign");
        return Err(Box::new(finding));
    };
    Ok(format!("{}: {}", key.replace('.', "::").trim(), value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_paths_unless_they_have_a_scheme() {
        let uri = |text: &str| Uri::of_flag(text).map(|uri| (uri.scheme, uri.opaque));
        assert_eq!(uri("a/b.yaml").unwrap(), (Scheme::File, "a/b.yaml".to_owned()));
        assert_eq!(uri("file:a.yaml").unwrap(), (Scheme::File, "a.yaml".to_owned()));
        assert_eq!(uri("C:/a.yaml").unwrap(), (Scheme::File, "C:/a.yaml".to_owned()));
        assert_eq!(uri("yaml:a: 1\nb: 2").unwrap(), (Scheme::Yaml, "a: 1\nb: 2".to_owned()));
        assert!(matches!(uri("foo:bar"), Err(ProviderError::UnknownScheme { .. })));
        assert!(matches!(uri("1x:bar"), Err(ProviderError::InvalidUri(_))));
    }

    #[test]
    fn placeholders_are_variables_unless_they_have_a_scheme() {
        let uri = |text: &str| Uri::of_placeholder(text).map(|uri| (uri.scheme, uri.opaque));
        assert_eq!(uri("A").unwrap(), (Scheme::Env, "A".to_owned()));
        assert_eq!(uri("env:A:-x").unwrap(), (Scheme::Env, "A:-x".to_owned()));
        assert!(matches!(uri("env:A$"), Err(ProviderError::Dollar(_))));
        assert!(matches!(uri("A:-x"), Err(ProviderError::InvalidUri(_))));
        assert!(matches!(uri("foo:x"), Err(ProviderError::UnknownScheme { .. })));
    }

    #[test]
    fn variables_and_their_defaults() {
        let environment = std::collections::HashMap::from([
            ("SET".to_owned(), "v".to_owned()),
            ("EMPTY".to_owned(), String::new()),
        ]);
        let get = |opaque: &str| variable(opaque, &environment).map(|got| (got.text, got.missing));
        assert_eq!(get("SET:-d").unwrap(), ("v".to_owned(), None));
        assert_eq!(get("UNSET:-d:-e").unwrap(), ("d:-e".to_owned(), None));
        let empty = Some(MissingVariable::Empty("EMPTY".to_owned()));
        assert_eq!(get("EMPTY:-d").unwrap(), (String::new(), empty));
        let unset = Some(MissingVariable::Unset("UNSET".to_owned()));
        assert_eq!(get("UNSET").unwrap(), (String::new(), unset));
        for name in ["", "1a", "a-b", "a b"] {
            assert!(matches!(get(name), Err(ProviderError::VariableName(_))), "{name}");
        }
    }

    #[test]
    fn set_flags_are_yaml() {
        assert_eq!(
            yaml_of_set("processors.batch.timeout = 2s").unwrap(),
            "processors::batch::timeout: 2s"
        );
        assert_eq!(yaml_of_set("a.b=[x,y]=z").unwrap(), "a::b: [x,y]=z");
        assert!(yaml_of_set("a.b").is_err());
    }
}
