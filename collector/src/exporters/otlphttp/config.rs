//! Settings of the `otlp_http` exporter (reference §2.6).

use http::{HeaderName, HeaderValue};
use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use holt_grammar::diag::Applicability;
use holt_pdata::Signal;

use crate::component::codes::{NO_SCHEME, SIGNAL_PATH_IN_ENDPOINT};
use crate::component::{Findings, MISSING_KEY, WRONG_VALUE};
use crate::config::values::{Duration, Headers, Optional};
use crate::config::yaml::Node;
use crate::net::compression::{Encoding, Level};
use crate::net::otlp::http_path;
use crate::net::settings::{
    Authentication, Middleware, TlsClientSettings, check_not_negative, refuse_middlewares,
};
use crate::queue::{QueueSettings, RetrySettings};

/// The whole section.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Base URL; the signal's path is appended.
    pub(super) endpoint: String,
    /// Whole URL for traces, used as it is.
    pub(super) traces_endpoint: String,
    /// Whole URL for metrics, used as it is.
    pub(super) metrics_endpoint: String,
    /// Whole URL for logs, used as it is.
    pub(super) logs_endpoint: String,
    /// Whole URL for profiles, used as it is.
    pub(super) profiles_endpoint: String,
    /// Form of requests: `proto` or `json`.
    pub(super) encoding: String,
    /// Compression of requests: `gzip`, `zstd`, `snappy`, `x-snappy-framed`, `zlib`, `deflate`,
    /// `lz4`, `none` or nothing.
    pub(super) compression: String,
    /// How hard to compress.
    pub(super) compression_params: CompressionParams,
    /// Time for one attempt; 0 is no limit.
    pub(super) timeout: Duration,
    /// Headers of every request.
    pub(super) headers: Headers,
    /// The proxy to send through, a URL; that of the environment when empty.
    pub(super) proxy_url: String,
    /// A hint for Go's buffers; Holt reads as much as there is.
    pub(super) read_buffer_size: i64,
    /// A hint for Go's buffers.
    pub(super) write_buffer_size: i64,
    /// Idle connections kept in all; Holt has one host per exporter.
    pub(super) max_idle_conns: i64,
    /// Idle connections kept; 0 is as many as were needed at a time.
    pub(super) max_idle_conns_per_host: i64,
    /// Most connections; 0 is no limit.
    pub(super) max_conns_per_host: i64,
    /// Idle connections are closed after this time; 0 is never.
    pub(super) idle_conn_timeout: Duration,
    /// Whether every request has a connection of its own.
    pub(super) disable_keep_alives: bool,
    /// Quiet HTTP/2 connections are probed after this time; 0 is never.
    pub(super) http2_read_idle_timeout: Duration,
    /// Probes must be answered within this time.
    pub(super) http2_ping_timeout: Duration,
    /// Whether HTTP/2 is offered where the server may speak it.
    pub(super) force_attempt_http2: bool,
    /// When the key is there, cookies of the server are kept and sent back.
    pub(super) cookies: Option<Node>,
    /// TLS of `https` endpoints.
    pub(super) tls: TlsClientSettings,
    /// Authentication at the server.
    pub(super) auth: Option<Authentication>,
    /// Extensions that see every request.
    pub(super) middlewares: Vec<Middleware>,
    /// The queue before the connection; without one, whoever sends waits for the outcome.
    pub(super) sending_queue: Optional<QueueSettings>,
    /// Further attempts after failures that may pass.
    pub(super) retry_on_failure: RetrySettings,
}

/// `compression_params`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct CompressionParams {
    /// Effort; 0 is the default.
    pub(super) level: i32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            traces_endpoint: String::new(),
            metrics_endpoint: String::new(),
            logs_endpoint: String::new(),
            profiles_endpoint: String::new(),
            encoding: "proto".to_owned(),
            compression: "gzip".to_owned(),
            compression_params: CompressionParams::default(),
            timeout: Duration::from_secs(30),
            headers: Headers::default(),
            proxy_url: String::new(),
            read_buffer_size: 0,
            write_buffer_size: 512 << 10,
            max_idle_conns: 100,
            max_idle_conns_per_host: 0,
            max_conns_per_host: 0,
            idle_conn_timeout: Duration::from_secs(90),
            disable_keep_alives: false,
            http2_read_idle_timeout: Duration::ZERO,
            http2_ping_timeout: Duration::ZERO,
            force_attempt_http2: true,
            cookies: None,
            tls: TlsClientSettings::default(),
            auth: None,
            middlewares: Vec::new(),
            sending_queue: Optional::Some(QueueSettings::default()),
            retry_on_failure: RetrySettings::default(),
        }
    }
}

impl Config {
    /// The encoding of bodies and its name; `None` when there is none of that name.
    pub(super) fn content_encoding(&self) -> Option<Encoding> {
        match self.compression.as_str() {
            "" | "none" => Some(Encoding::Identity),
            "identity" => None,
            name => Encoding::from_http(name),
        }
    }

    /// The effort of the compressor.
    pub(super) fn level(&self) -> Level {
        Some(self.compression_params.level).filter(|level| *level != 0 && *level != -1)
    }

    /// Where a signal goes; `None` when the user named no place for it.
    pub(super) fn url(&self, signal: Signal) -> Option<Result<Url, String>> {
        let own = match signal {
            Signal::Traces => &self.traces_endpoint,
            Signal::Metrics => &self.metrics_endpoint,
            Signal::Logs => &self.logs_endpoint,
            Signal::Profiles => &self.profiles_endpoint,
        };
        let text = if !own.is_empty() {
            own.clone()
        } else if !self.endpoint.is_empty() {
            format!(
                "{}{}",
                self.endpoint.strip_suffix('/').unwrap_or(&self.endpoint),
                http_path(signal)
            )
        } else {
            return None;
        };
        Some(parse_url(&text))
    }

    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        self.validate_endpoints(findings);
        if !["proto", "json"].contains(&self.encoding.as_str()) {
            findings.refuse(
                &["encoding"],
                &format!("`{}` is no encoding of OTLP", self.encoding),
                "write `proto` or `json`",
                &format!("invalid encoding type: {}", self.encoding),
            );
        }
        self.validate_compression(findings);
        let durations = [
            ("timeout", self.timeout),
            ("idle_conn_timeout", self.idle_conn_timeout),
            ("http2_read_idle_timeout", self.http2_read_idle_timeout),
            ("http2_ping_timeout", self.http2_ping_timeout),
        ];
        for (name, value) in durations {
            if value.is_negative() {
                let help = "write a duration such as `30s`";
                findings.error(&[name], WRONG_VALUE, "it is less than no time", help);
            }
        }
        for (name, value) in self.headers.iter() {
            if header(name, value.expose()).is_none() {
                findings.error(
                    &["headers", name],
                    WRONG_VALUE,
                    "the name and value are no HTTP header",
                    "names are letters, digits and dashes; values are one line of text",
                );
            }
        }
        if !self.proxy_url.is_empty()
            && let Err(error) = reqwest::Proxy::all(&self.proxy_url)
        {
            findings.error(
                &["proxy_url"],
                WRONG_VALUE,
                &format!("`{}` is no URL of a proxy: {error}", self.proxy_url),
                "write a URL such as `http://proxy.example.com:3128`",
            );
        }
        self.tls.validate(&["tls"], findings);
        let sizes = [
            ("read_buffer_size", self.read_buffer_size),
            ("write_buffer_size", self.write_buffer_size),
        ];
        for (name, value) in sizes {
            check_not_negative(value, &[], name, findings);
        }
        refuse_middlewares(&self.middlewares, &[], findings);
        self.retry_on_failure.validate(&["retry_on_failure"], findings);
        if let Some(queue) = self.sending_queue.as_ref() {
            queue.validate(&["sending_queue"], findings);
        }
    }

    fn validate_endpoints(&self, findings: &mut Findings<'_>) {
        let all = [
            ("endpoint", &self.endpoint),
            ("traces_endpoint", &self.traces_endpoint),
            ("metrics_endpoint", &self.metrics_endpoint),
            ("logs_endpoint", &self.logs_endpoint),
            ("profiles_endpoint", &self.profiles_endpoint),
        ];
        if all.iter().all(|(_, url)| url.is_empty()) {
            findings.error(
                &["endpoint"],
                MISSING_KEY,
                "at least one endpoint must be specified",
                "write `endpoint: http://host:4318`",
            );
        }
        for (key, url) in all {
            if !url.is_empty()
                && let Err(error) = parse_url(url)
            {
                let help = "write a URL such as `http://otelcol:4318`";
                if url.contains("://") {
                    findings.refuse(&[key], &error, help, &format!("{key} must be a valid URL"));
                } else {
                    findings.error(&[key], NO_SCHEME, &error, help);
                    findings.instead(&[key], &format!("http://{url}"), Applicability::Unsafe);
                }
            }
        }
        let path = self.endpoint.trim_end_matches('/');
        if Signal::ALL.iter().any(|signal| path.ends_with(http_path(*signal))) {
            findings.warn(
                &["endpoint"],
                SIGNAL_PATH_IN_ENDPOINT,
                "the path of a signal is appended to `endpoint`, so it will be there twice",
                "leave the path out, or use `traces_endpoint`, `metrics_endpoint` or \
                 `logs_endpoint`, which are used as they are",
            );
        }
    }

    fn validate_compression(&self, findings: &mut Findings<'_>) {
        let Some(encoding) = self.content_encoding() else {
            findings.refuse(
                &["compression"],
                &format!("`{}` is no compression", self.compression),
                "write `gzip`, `zstd`, `zlib`, `deflate`, `snappy`, `x-snappy-framed`, `lz4` or \
                 `none`",
                &format!("unsupported compression type {:?}", self.compression),
            );
            return;
        };
        let level = self.compression_params.level;
        let fits = match encoding {
            Encoding::Gzip | Encoding::Zlib => (-2..=9).contains(&level),
            Encoding::Zstd => (-7..=22).contains(&level),
            _ => level == 0 || level == -1,
        };
        if !fits {
            findings.refuse(
                &["compression_params", "level"],
                &format!("`{}` has no level {level}", self.compression),
                "gzip, zlib and deflate have levels 1 to 9, zstd 1 to 22, the others none",
                &format!(
                    "unsupported parameters {{Level:{level}}} for compression type {:?}",
                    self.compression
                ),
            );
        }
    }
}

fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is no URL: {error}"))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        "http" | "https" => Err(format!("`{text}` names no host")),
        scheme => Err(format!("`{text}` starts with `{scheme}:`, not with http:// or https://")),
    }
}

/// A header from its name and value.
pub(super) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::try_from(name.to_ascii_lowercase()).ok()?;
    Some((name, HeaderValue::try_from(value).ok()?))
}
