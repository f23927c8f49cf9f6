//! The server of the page: an address in, answers to scrapes out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::names::Escaping;
use super::page::Page;
use crate::net::http::server::{Handler, HttpServerOptions, plain, serve};
use crate::net::listen::{ListenError, Listener, Transport};

/// The address of a page could not be listened on.
#[derive(Debug, thiserror::Error)]
#[error("binding address {address} for Prometheus exporter: {source}")]
pub(in crate::telemetry) struct BindError {
    address: String,
    source: ListenError,
}

/// A running server. Ends when it is dropped.
pub(in crate::telemetry) struct MetricsServer {
    address: String,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl MetricsServer {
    /// Listens on `host` and `port`; a host may be an IPv6 address with or without brackets.
    pub(in crate::telemetry) async fn start(
        host: &str,
        port: u16,
        page: Page,
    ) -> Result<Self, BindError> {
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let address = match host.contains(':') {
            true => format!("[{host}]:{port}"),
            false => format!("{host}:{port}"),
        };
        let listener = Listener::bind(Transport::Tcp, &address)
            .await
            .map_err(|source| BindError { address, source })?;
        let address = listener.address();
        let stop = CancellationToken::new();
        let on_panic = |message: String| {
            tracing::error!(error = message, "The page of metrics could not be made");
        };
        let handler = Arc::new(Scrape { page });
        let task = tokio::spawn(serve(listener, handler, options(), on_panic, stop.clone()));
        Ok(Self { address, stop, task })
    }

    /// Where it listens, with the port that the system chose for port 0.
    pub(in crate::telemetry) fn address(&self) -> &str {
        &self.address
    }

    /// Ends, so that another can have the address.
    pub(in crate::telemetry) async fn stop(mut self) {
        self.stop.cancel();
        self.task.abort();
        // Gives back a panic or that it was aborted, neither of which matters now.
        let _ = (&mut self.task).await;
    }
}

impl Drop for MetricsServer {
    fn drop(&mut self) {
        self.stop.cancel();
        self.task.abort();
    }
}

/// The limits that the Go collector has.
fn options() -> HttpServerOptions {
    HttpServerOptions {
        read_timeout: Some(Duration::from_secs(5)),
        read_header_timeout: Some(Duration::from_secs(5)),
        write_timeout: Some(Duration::from_secs(10)),
        idle_timeout: Some(Duration::from_secs(120)),
        ..HttpServerOptions::default()
    }
}

struct Scrape {
    page: Page,
}

#[async_trait]
impl Handler for Scrape {
    async fn handle(
        &self,
        request: Request<Incoming>,
        _peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>> {
        if request.uri().path() != "/metrics" {
            return plain(StatusCode::NOT_FOUND, "404 page not found\n");
        }
        let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let escaping = Escaping::asked_for(accept.unwrap_or_default());
        let mut response = Response::new(Full::from(self.page.text(escaping)));
        let kind = match escaping {
            Escaping::Underscores => {
                "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
            }
            Escaping::Quotes => "text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8",
        };
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        response
    }
}
