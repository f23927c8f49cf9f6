//! One attempt to send a batch over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use holt_pdata::{Batch, Signal};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use reqwest::{Client, Url};
use tokio::sync::Semaphore;

use super::config::{Config, header};
use super::response;
use crate::component::{Context, Refused, Settings};
use crate::config::ids::ComponentId;
use crate::net::compression::{Encoding, Level, compress};
use crate::net::otlp::PartialSuccess;
use crate::net::user_agent;
use crate::telemetry::Counter;

pub(super) struct HttpSender {
    id: ComponentId,
    signal: Signal,
    client: Client,
    url: Url,
    headers: HeaderMap,
    json: bool,
    encoding: Encoding,
    level: Level,
    /// As many permits as there may be connections.
    connections: Option<Semaphore>,
    rejected: Counter,
}

impl HttpSender {
    pub(super) fn new(
        config: &Config,
        settings: &Settings,
        signal: Signal,
    ) -> Result<Self, String> {
        let url = config.url(signal).unwrap_or_else(|| {
            Err(format!("either endpoint or {}_endpoint must be specified", signal.name()))
        })?;
        let client = client(config)?;
        let encoding = config.content_encoding().unwrap_or(Encoding::Identity);
        let json = config.encoding == "json";
        let connections = usize::try_from(config.max_conns_per_host).unwrap_or(0);
        Ok(Self {
            id: settings.id.clone(),
            signal,
            client,
            url,
            headers: headers(config, json, encoding),
            json,
            encoding,
            level: config.level(),
            connections: (connections > 0).then(|| Semaphore::new(connections)),
            rejected: settings.counters.exporter("rejected", signal, &settings.id),
        })
    }

    fn body(&self, batch: &Batch) -> Result<Bytes, Refused> {
        let plain = match self.json {
            true => holt_pdata::json::encode(batch).into(),
            false => batch.bytes().clone(),
        };
        compress(self.encoding, self.level, &plain)
            .map_err(|error| Refused::permanent(format!("compression failed: {error}")))
    }

    fn note(&self, partial: &PartialSuccess) {
        self.rejected.add(usize::try_from(partial.rejected).unwrap_or(0));
        tracing::warn!(
            otelcol.component.id = %self.id,
            otelcol.component.kind = "exporter",
            otelcol.signal = self.signal.name(),
            error_message = partial.message,
            dropped_items = partial.rejected,
            "Partial success response"
        );
    }
}

#[async_trait]
impl crate::queue::Sender for HttpSender {
    async fn send(&self, batch: &Batch, _context: &Context) -> Result<(), Refused> {
        let _permit = match &self.connections {
            None => None,
            Some(permits) => permits.acquire().await.ok(),
        };
        let body = self.body(batch)?;
        let request = self.client.post(self.url.clone()).headers(self.headers.clone()).body(body);
        let answer = request.send().await.map_err(|error| {
            let text = format!(
                "failed to make an HTTP request: Post \"{}\": {}",
                self.url,
                causes(&error.without_url())
            );
            Refused::retryable(text)
        })?;
        if let Some(partial) = response::read(&self.url, answer).await? {
            self.note(&partial);
        }
        Ok(())
    }
}

/// An error with everything that led to it; the outermost text alone says too little.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

fn headers(config: &Config, json: bool, encoding: Encoding) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(agent) = HeaderValue::try_from(user_agent()) {
        headers.insert(USER_AGENT, agent);
    }
    for (name, value) in config.headers.iter() {
        if let Some((name, value)) = header(name, value.expose()) {
            headers.insert(name, value);
        }
    }
    let content_type = if json { "application/json" } else { "application/x-protobuf" };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if encoding != Encoding::Identity
        && let Ok(name) = HeaderValue::try_from(&config.compression)
    {
        headers.insert(CONTENT_ENCODING, name);
    }
    headers
}

fn client(config: &Config) -> Result<Client, String> {
    let positive = |duration: crate::config::values::Duration| {
        Some(duration.to_std()).filter(|duration| *duration > Duration::ZERO)
    };
    let tls = tls(config)?;
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .tcp_nodelay(true)
        .pool_idle_timeout(positive(config.idle_conn_timeout))
        .http2_adaptive_window(false)
        .http2_initial_stream_window_size(1 << 20);
    let idle = match (config.disable_keep_alives, usize::try_from(config.max_idle_conns_per_host)) {
        (true, _) => 0,
        (false, Ok(0) | Err(_)) => usize::MAX,
        (false, Ok(most)) => most,
    };
    builder = builder.pool_max_idle_per_host(idle);
    if let Some(timeout) = positive(config.timeout) {
        builder = builder.timeout(timeout);
    }
    if let Some(interval) = positive(config.http2_read_idle_timeout) {
        let timeout = positive(config.http2_ping_timeout).unwrap_or(Duration::from_secs(15));
        builder = builder.http2_keep_alive_interval(interval).http2_keep_alive_timeout(timeout);
    }
    if !config.proxy_url.is_empty() {
        let proxy = reqwest::Proxy::all(&config.proxy_url).map_err(|error| error.to_string())?;
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| causes(&error))
}

fn tls(config: &Config) -> Result<rustls::ClientConfig, String> {
    let options = config.tls.options()?;
    let mut tls = crate::net::tls::client_config(&options).map_err(|error| error.to_string())?;
    tls.alpn_protocols = match config.force_attempt_http2 {
        true => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        false => vec![b"http/1.1".to_vec()],
    };
    Ok(tls)
}
