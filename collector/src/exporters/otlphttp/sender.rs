//! One attempt to send a batch over HTTP.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use bytes::Bytes;
use holt_pdata::{Batch, Signal};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use reqwest::{Client, Url};
use tokio::sync::Semaphore;

use super::config::{Config, header};
use super::response;
use crate::component::{Context, Host, Refused, Settings, StartError};
use crate::config::ids::ComponentId;
use crate::net::compression::{Encoding, Level, compress};
use crate::net::http::{causes, explain};
use crate::net::otlp::PartialSuccess;
use crate::net::proxy::is_this_machine;
use crate::net::tls::ClientTls;
use crate::net::{Credentials, NetworkMetrics, user_agent};
use crate::telemetry::Counter;
use crate::telemetry::metrics::LabelValue;

pub(super) struct HttpSender {
    id: ComponentId,
    signal: Signal,
    config: Config,
    tls: ClientTls,
    /// The client, and the TLS that it was made with.
    client: ArcSwap<(Client, Arc<rustls::ClientConfig>)>,
    url: Url,
    headers: HeaderMap,
    json: bool,
    encoding: Encoding,
    level: Level,
    /// As many permits as there may be connections.
    connections: Option<Semaphore>,
    rejected: Counter,
    credentials: Credentials,
    metrics: NetworkMetrics,
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
        let tls = match config.force_attempt_http2 {
            true => config.tls.connector(&[b"h2", b"http/1.1"])?,
            false => config.tls.connector(&[b"http/1.1"])?,
        };
        let tls_config = tls.config();
        let client = ArcSwap::from_pointee((client(config, &tls_config, &url)?, tls_config));
        let encoding = config.content_encoding().unwrap_or(Encoding::Identity);
        let json = config.encoding == "json";
        let connections = usize::try_from(config.max_conns_per_host).unwrap_or(0);
        Ok(Self {
            id: settings.id.clone(),
            signal,
            config: config.clone(),
            tls,
            client,
            url,
            headers: headers(config, json, encoding),
            json,
            encoding,
            level: config.level(),
            connections: (connections > 0).then(|| Semaphore::new(connections)),
            rejected: settings.metrics.exporter("rejected", signal, &settings.id),
            credentials: Credentials::default(),
            metrics: NetworkMetrics::of(&settings.metrics),
        })
    }

    /// The client, made anew once certificates have changed.
    fn client(&self) -> Client {
        let tls = self.tls.config();
        let current = self.client.load();
        if Arc::ptr_eq(&current.1, &tls) {
            return current.0.clone();
        }
        match client(&self.config, &tls, &self.url) {
            Ok(client) => {
                self.client.store(Arc::new((client.clone(), tls)));
                client
            }
            Err(error) => {
                tracing::error!(error, "The client could not be made with the new certificates");
                current.0.clone()
            }
        }
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
    fn destination(&self) -> Vec<(&'static str, LabelValue)> {
        let host = self.url.host_str().unwrap_or_default();
        let mut labels = vec![("server.address", host.into())];
        if !self.url.path().is_empty() {
            labels.push(("url.path", self.url.path().into()));
        }
        labels.extend(self.url.port().map(|port| ("server.port", i64::from(port).into())));
        labels
    }

    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let encrypted = self.url.scheme() == "https";
        self.credentials.resolve(self.config.auth.as_ref(), host, "HTTP", encrypted)
    }

    async fn send(&self, batch: &Batch, context: &Context) -> Result<(), Refused> {
        let _permit = match &self.connections {
            None => None,
            Some(permits) => permits.acquire().await.ok(),
        };
        let body = self.body(batch)?;
        let headers = self.credentials.headers(&self.headers, context).await?.into_owned();
        let measured = self.metrics.outgoing(&Method::POST, &self.url, body.len());
        let request = self.client().post(self.url.clone()).headers(headers).body(body);
        let answer = request.send().await;
        if let Some(measured) = measured {
            match &answer {
                Ok(answer) => measured.answered(answer.status().as_u16(), answer.version()),
                Err(error) if error.is_timeout() => measured.failed("timeout"),
                Err(error) if error.is_connect() => measured.failed("connect"),
                Err(_) => measured.failed("_OTHER"),
            }
        }
        let answer = answer.map_err(|error| {
            let (url, words) = (&self.url, explain(error));
            Refused::retryable(format!("failed to make an HTTP request: Post \"{url}\": {words}"))
        })?;
        if let Some(partial) = response::read(&self.url, answer).await? {
            self.note(&partial);
        }
        Ok(())
    }
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

fn client(config: &Config, tls: &rustls::ClientConfig, url: &Url) -> Result<Client, String> {
    let positive = |duration: crate::config::values::Duration| {
        Some(duration.to_std()).filter(|duration| *duration > Duration::ZERO)
    };
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls.clone())
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
    if config.cookies.is_some() {
        builder = builder.cookie_store(true);
    }
    if let Some(interval) = positive(config.http2_read_idle_timeout) {
        let timeout = positive(config.http2_ping_timeout).unwrap_or(Duration::from_secs(15));
        builder = builder.http2_keep_alive_interval(interval).http2_keep_alive_timeout(timeout);
    }
    if !config.proxy_url.is_empty() {
        let proxy = reqwest::Proxy::all(&config.proxy_url).map_err(|error| error.to_string())?;
        builder = builder.proxy(proxy);
    } else if url.host_str().is_some_and(is_this_machine) {
        // The environment's proxy is for others, as in the reference.
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| causes(&error))
}
