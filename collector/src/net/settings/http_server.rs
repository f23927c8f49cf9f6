//! Settings of HTTP servers (reference §2.2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grpc_server::check_endpoint;
use super::{Authentication, Middleware, TlsServerSettings, refuse_middlewares};
use crate::component::{Findings, Host, StartError, WRONG_VALUE};
use crate::config::values::{Duration, Headers, Optional};
use crate::net::compression::Encoding;
use crate::net::http::server::{ALPN, HttpServerOptions};
use crate::net::listen::{Listener, Transport};
use crate::net::{Gate, NetworkMetrics};

/// An HTTP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct HttpServerSettings {
    /// Where to listen.
    pub endpoint: String,
    /// Kind of socket.
    pub transport: String,
    /// TLS.
    pub tls: Optional<TlsServerSettings>,
    /// Which web pages may send.
    pub cors: Optional<Cors>,
    /// Authentication of clients.
    pub auth: Option<Authentication>,
    /// Largest body in bytes, before and after decompression; 0 is the default of 20 MiB.
    pub max_request_body_size: i64,
    /// Whether request headers go along with the telemetry.
    pub include_metadata: bool,
    /// Headers of every response.
    pub response_headers: Headers,
    /// Accepted content encodings; empty is the default, all of them.
    pub compression_algorithms: Vec<String>,
    /// Time for a whole request; 0 is no limit.
    pub read_timeout: Duration,
    /// Time for the headers of a request, from its first byte; 0 is 60 s.
    pub read_header_timeout: Duration,
    /// Time for a response; 0 is no limit.
    pub write_timeout: Duration,
    /// Time between requests of a connection; 0 is no limit.
    pub idle_timeout: Duration,
    /// Whether a connection serves more than one request.
    pub keep_alives_enabled: bool,
    /// Extensions that see every request.
    pub middlewares: Vec<Middleware>,
}

impl Default for HttpServerSettings {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            transport: "tcp".to_owned(),
            tls: Optional::None,
            cors: Optional::None,
            auth: None,
            max_request_body_size: 0,
            include_metadata: false,
            response_headers: Headers::default(),
            compression_algorithms: Vec::new(),
            read_timeout: Duration::ZERO,
            read_header_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            keep_alives_enabled: true,
            middlewares: Vec::new(),
        }
    }
}

/// `cors`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Cors {
    /// Origins that may send; `*` stands for any text.
    pub allowed_origins: Vec<String>,
    /// Headers they may send besides the simple ones.
    pub allowed_headers: Vec<String>,
    /// Headers they may read.
    pub exposed_headers: Vec<String>,
    /// Seconds a browser may keep the answer; 0 is the browser's default.
    pub max_age: i64,
}

/// Time for the headers of a request when the settings give no limit: whoever sends them byte by
/// byte would hold a connection for ever.
const LONGEST_HEAD: std::time::Duration = std::time::Duration::from_secs(60);

const DEFAULT_BODY_SIZE: usize = 20 << 20;

impl HttpServerSettings {
    /// Reports what is wrong with the settings at `keys`.
    pub fn validate(&self, keys: &[&str], findings: &mut Findings<'_>) {
        check_endpoint(&self.endpoint, &self.transport, keys, findings);
        if let Some(tls) = self.tls.as_ref() {
            tls.validate(&[keys, &["tls"]].concat(), findings);
        }
        if let Some(cors) = self.cors.as_ref()
            && cors.allowed_origins.is_empty()
            && !cors.allowed_headers.is_empty()
        {
            findings.warn(
                &[keys, &["cors"]].concat(),
                WRONG_VALUE,
                "without `allowed_origins` no web page may send, the other keys have no effect",
                "name the origins under `allowed_origins`",
            );
        }
        for name in &self.compression_algorithms {
            if Encoding::from_http(name).is_none() {
                findings.error(
                    &[keys, &["compression_algorithms"]].concat(),
                    WRONG_VALUE,
                    &format!("`{name}` is no content encoding Holt can read"),
                    "there are \"\" (for none), gzip, zstd, zlib, deflate, snappy, \
                     x-snappy-framed and lz4",
                );
            }
        }
        for (name, value) in self.response_headers.iter() {
            let valid = http::HeaderName::try_from(name).is_ok()
                && http::HeaderValue::try_from(value.expose()).is_ok();
            if !valid {
                findings.error(
                    &[keys, &["response_headers"]].concat(),
                    WRONG_VALUE,
                    &format!("`{name}` and its value are no HTTP header"),
                    "names are letters, digits and dashes; values are one line of text",
                );
            }
        }
        refuse_middlewares(&self.middlewares, keys, findings);
    }

    /// The kind of socket; valid settings always have one.
    fn transport(&self) -> Transport {
        Transport::from_name(&self.transport).unwrap_or_default()
    }

    /// Listens, and prepares TLS and authentication. `owner` names the component and the protocol,
    /// such as `receiver otlp http`.
    /// Requests are told of in `metrics`.
    ///
    /// # Errors
    /// When the socket, the certificates or the authenticator are not to be had.
    pub async fn open(
        &self,
        host: &Host,
        owner: &str,
        metrics: &NetworkMetrics,
    ) -> Result<(Listener, HttpServerOptions), StartError> {
        let mut options = self.plain_options();
        options.metrics = metrics.clone();
        if let Some(tls) = self.tls.as_ref() {
            options.tls = Some(tls.acceptor(&ALPN).map_err(StartError)?);
        }
        options.gate = Gate::of(self.auth.as_ref(), host)?;
        let listener = Listener::shared(host, self.transport(), &self.endpoint, owner)
            .await
            .map_err(StartError::of)?;
        Ok((listener, options))
    }

    /// Bounds and timings for the server, without TLS and authentication.
    pub(in crate::net) fn plain_options(&self) -> HttpServerOptions {
        let encodings = if self.compression_algorithms.is_empty() {
            ALL_ENCODINGS.iter().map(|name| (*name).to_owned()).collect()
        } else {
            self.compression_algorithms.clone()
        };
        let time = |time: Duration| Some(time).filter(|time| !time.is_zero()).map(Duration::to_std);
        HttpServerOptions {
            tls: None,
            gate: None,
            max_body_size: match usize::try_from(self.max_request_body_size) {
                Ok(0) | Err(_) => DEFAULT_BODY_SIZE,
                Ok(size) => size,
            },
            encodings,
            response_headers: self
                .response_headers
                .iter()
                .filter_map(|(name, value)| {
                    let name = http::HeaderName::try_from(name).ok()?;
                    Some((name, http::HeaderValue::try_from(value.expose()).ok()?))
                })
                .collect(),
            cors: self.cors.as_ref().filter(|cors| !cors.allowed_origins.is_empty()).cloned(),
            read_timeout: time(self.read_timeout),
            read_header_timeout: time(self.read_header_timeout).or(Some(LONGEST_HEAD)),
            write_timeout: time(self.write_timeout),
            idle_timeout: time(self.idle_timeout),
            keep_alive: self.keep_alives_enabled,
            metrics: NetworkMetrics::default(),
        }
    }
}

/// Content encodings accepted by default.
const ALL_ENCODINGS: [&str; 8] =
    ["", "gzip", "zstd", "zlib", "snappy", "deflate", "lz4", "x-snappy-framed"];

/// Declares the settings of a component that is an HTTP server: the keys of the server, written
/// beside the component's own as the reference does. serde's `flatten` would lose their places.
///
/// The struct gets `Default`, from the server's settings given and the fields' own defaults, and
/// `server()`.
macro_rules! with_http_server {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident ($base:expr) {
            $($(#[$field_meta:meta])* $field:ident: $type:ty = $default:expr,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        $visibility struct $name {
            endpoint: String,
            transport: String,
            tls: $crate::config::values::Optional<$crate::net::settings::TlsServerSettings>,
            cors: $crate::config::values::Optional<$crate::net::settings::Cors>,
            auth: Option<$crate::net::settings::Authentication>,
            max_request_body_size: i64,
            include_metadata: bool,
            response_headers: $crate::config::values::Headers,
            compression_algorithms: Vec<String>,
            read_timeout: $crate::config::values::Duration,
            read_header_timeout: $crate::config::values::Duration,
            write_timeout: $crate::config::values::Duration,
            idle_timeout: $crate::config::values::Duration,
            keep_alives_enabled: bool,
            middlewares: Vec<$crate::net::settings::Middleware>,
            $($(#[$field_meta])* $visibility $field: $type,)*
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            /// The keys of every server, and those of the component.
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                #[derive(schemars::JsonSchema)]
                #[allow(dead_code)] // Only its declaration is used.
                #[serde(default)]
                struct Own {
                    $($(#[$field_meta])* $field: $type,)*
                }

                impl Default for Own {
                    fn default() -> Self {
                        Self { $($field: $default,)* }
                    }
                }

                let mut whole =
                    generator.subschema_for::<$crate::net::settings::HttpServerSettings>();
                let own = generator.subschema_for::<Own>();
                let own = own.get("properties").and_then(serde_json::Value::as_object);
                let keys = whole.get_mut("properties").and_then(serde_json::Value::as_object_mut);
                if let (Some(keys), Some(own)) = (keys, own) {
                    keys.extend(own.clone());
                }
                whole
            }
        }

        impl Default for $name {
            fn default() -> Self {
                let server: $crate::net::settings::HttpServerSettings = $base;
                Self {
                    endpoint: server.endpoint,
                    transport: server.transport,
                    tls: server.tls,
                    cors: server.cors,
                    auth: server.auth,
                    max_request_body_size: server.max_request_body_size,
                    include_metadata: server.include_metadata,
                    response_headers: server.response_headers,
                    compression_algorithms: server.compression_algorithms,
                    read_timeout: server.read_timeout,
                    read_header_timeout: server.read_header_timeout,
                    write_timeout: server.write_timeout,
                    idle_timeout: server.idle_timeout,
                    keep_alives_enabled: server.keep_alives_enabled,
                    middlewares: server.middlewares,
                    $($field: $default,)*
                }
            }
        }

        impl $name {
            /// The part that every HTTP server has.
            $visibility fn server(&self) -> $crate::net::settings::HttpServerSettings {
                let settings = self.clone();
                $crate::net::settings::HttpServerSettings {
                    endpoint: settings.endpoint,
                    transport: settings.transport,
                    tls: settings.tls,
                    cors: settings.cors,
                    auth: settings.auth,
                    max_request_body_size: settings.max_request_body_size,
                    include_metadata: settings.include_metadata,
                    response_headers: settings.response_headers,
                    compression_algorithms: settings.compression_algorithms,
                    read_timeout: settings.read_timeout,
                    read_header_timeout: settings.read_header_timeout,
                    write_timeout: settings.write_timeout,
                    idle_timeout: settings.idle_timeout,
                    keep_alives_enabled: settings.keep_alives_enabled,
                    middlewares: settings.middlewares,
                }
            }
        }
    };
}

pub(crate) use with_http_server;
