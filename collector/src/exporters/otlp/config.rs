//! Settings of the `otlp_grpc` exporter (reference §2.5).

use holt_grammar::diag::Applicability;
use http::{HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::codes::{NO_PORT, PLAIN_SCHEME_WITH_TLS, TLS_SCHEME_WITHOUT_TLS};
use crate::component::{Findings, MISSING_KEY, WRONG_VALUE};
use crate::config::values::{Duration, Headers, Optional};
use crate::net::compression::Encoding;
use crate::net::grpc::target::Endpoint;
use crate::net::settings::{
    Authentication, Middleware, TlsClientSettings, check_not_negative, refuse_middlewares,
};
use crate::queue::{QueueSettings, RetrySettings};

/// The whole section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Time for one attempt; 0 is no limit.
    pub(super) timeout: Duration,
    /// The queue before the connection; without one, whoever sends waits for the outcome.
    pub(super) sending_queue: Optional<QueueSettings>,
    /// Further attempts after failures that may pass.
    pub(super) retry_on_failure: RetrySettings,
    /// Where to send, `host:port`; a scheme in front decides about TLS.
    pub(super) endpoint: String,
    /// Compression of messages: `gzip`, `zstd`, `snappy`, `none` or nothing.
    pub(super) compression: String,
    /// TLS; it is on unless `insecure` says otherwise.
    pub(super) tls: TlsClientSettings,
    /// Headers of every request.
    pub(super) headers: Headers,
    /// A hint for Go's buffers; Holt reads as much as there is.
    pub(super) read_buffer_size: i64,
    /// A hint for Go's buffers.
    pub(super) write_buffer_size: i64,
    /// Keep dialling until the timeout instead of failing on the first refusal.
    pub(super) wait_for_ready: bool,
    /// How calls are spread over the addresses of the endpoint.
    pub(super) balancer_name: String,
    /// Probes of quiet connections.
    pub(super) keepalive: Optional<KeepaliveClient>,
    /// `:authority` instead of the endpoint's.
    pub(super) authority: String,
    /// `user-agent` instead of the usual one.
    pub(super) user_agent: String,
    /// Authentication at the server.
    pub(super) auth: Option<Authentication>,
    /// Extensions that see every request.
    pub(super) middlewares: Vec<Middleware>,
}

/// `keepalive`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct KeepaliveClient {
    /// Quiet connections are probed after this time.
    pub(super) time: Duration,
    /// Probes must be answered within this time.
    pub(super) timeout: Duration,
    /// Whether connections without open calls are probed.
    pub(super) permit_without_stream: bool,
}

impl Default for KeepaliveClient {
    fn default() -> Self {
        let ten_seconds = Duration::from_secs(10);
        Self { time: ten_seconds, timeout: ten_seconds, permit_without_stream: false }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            sending_queue: Optional::Some(QueueSettings::default()),
            retry_on_failure: RetrySettings::default(),
            endpoint: String::new(),
            compression: "gzip".to_owned(),
            tls: TlsClientSettings::default(),
            headers: Headers::default(),
            read_buffer_size: 0,
            write_buffer_size: 512 << 10,
            wait_for_ready: false,
            balancer_name: "round_robin".to_owned(),
            keepalive: Optional::Default(KeepaliveClient::default()),
            authority: String::new(),
            user_agent: String::new(),
            auth: None,
            middlewares: Vec::new(),
        }
    }
}

/// Names that Go's gRPC library knows.
const BALANCERS: [&str; 5] =
    ["round_robin", "pick_first", "weighted_round_robin", "grpclb", "least_request_experimental"];

impl Config {
    /// The encoding of messages; `None` when there is none of that name.
    pub(super) fn encoding(&self) -> Option<Encoding> {
        match self.compression.as_str() {
            "" | "none" => Some(Encoding::Identity),
            name => Encoding::from_grpc(name),
        }
    }

    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        self.validate_endpoint(findings);
        if self.encoding().is_none() {
            findings.refuse(
                &["compression"],
                &format!("`{}` is no compression that gRPC has", self.compression),
                "write `gzip`, `zstd`, `snappy` or `none`",
                &format!("unsupported compression type {:?}", self.compression),
            );
        }
        if self.timeout.is_negative() {
            findings.refuse(
                &["timeout"],
                "it is less than no time",
                "write a duration such as `5s`, or 0 for no limit",
                "'timeout' must be non-negative",
            );
        }
        if !BALANCERS.contains(&self.balancer_name.as_str()) {
            findings.refuse(
                &["balancer_name"],
                &format!("`{}` is no load balancer", self.balancer_name),
                "write `round_robin` or `pick_first`",
                &format!("invalid balancer_name: {}", self.balancer_name),
            );
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
        if !self.authority.is_empty() && self.authority.parse::<http::uri::Authority>().is_err() {
            findings.error(
                &["authority"],
                WRONG_VALUE,
                &format!("`{}` is no authority of a URL", self.authority),
                "write a name such as `collector.example.com`, or `name:port`",
            );
        }
        if HeaderValue::try_from(&self.user_agent).is_err() {
            let help = "write one line of text";
            findings.error(&["user_agent"], WRONG_VALUE, "it is no header value", help);
        }
        self.tls.validate(&["tls"], findings);
        check_not_negative(self.read_buffer_size, &[], "read_buffer_size", findings);
        check_not_negative(self.write_buffer_size, &[], "write_buffer_size", findings);
        refuse_middlewares(&self.middlewares, &[], findings);
        self.retry_on_failure.validate(&["retry_on_failure"], findings);
        if let Some(queue) = self.sending_queue.as_ref() {
            queue.validate(&["sending_queue"], findings);
        }
    }

    fn validate_endpoint(&self, findings: &mut Findings<'_>) {
        if self.endpoint.is_empty() {
            findings.error(
                &["endpoint"],
                MISSING_KEY,
                "it says where to send, and is missing",
                "write `endpoint: host:4317`",
            );
            return;
        }
        match Endpoint::parse(&self.endpoint) {
            Err(error) => {
                let bare = !self.endpoint.contains([':', '/']);
                let code = if bare { NO_PORT } else { WRONG_VALUE };
                let help = "write `host:port`, for example `otelcol:4317`";
                findings.error(&["endpoint"], code, &error.to_string(), help);
                if bare {
                    let with_port = format!("{}:4317", self.endpoint);
                    findings.instead(&["endpoint"], &with_port, Applicability::Unsafe);
                }
            }
            Ok(Endpoint { scheme: Some("http"), .. }) if !self.tls.is_plain_text() => {
                findings.warn(
                    &["endpoint"],
                    PLAIN_SCHEME_WITH_TLS,
                    "`http://` does not switch TLS off, the connection will be encrypted",
                    "add `tls: {insecure: true}` for plain text, and leave `http://` out",
                );
            }
            Ok(Endpoint { scheme: Some("https"), .. }) if self.tls.is_plain_text() => {
                findings.warn(
                    &["endpoint"],
                    TLS_SCHEME_WITHOUT_TLS,
                    "`https://` overrides `tls.insecure: true`, the connection will be encrypted",
                    "leave `https://` out for plain text, or remove `insecure`",
                );
            }
            Ok(_) => {}
        }
    }
}

/// A header from its name and value; names are made lower case.
pub(super) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::try_from(name.to_ascii_lowercase()).ok()?;
    Some((name, HeaderValue::try_from(value).ok()?))
}
