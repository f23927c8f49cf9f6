//! Health over HTTP: the page with the states and the page with the configuration.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use jiff::Timestamp;
use serde::Serialize;

use super::aggregate::{Aggregate, Aggregator};
use super::config::HttpConfig;
use crate::component::{ComponentState, SharedFacts};
use crate::net::http::server::{Handler, plain};

pub(super) struct Pages {
    aggregator: Arc<Aggregator>,
    /// Paths of the pages that there are.
    status: Option<String>,
    config: Option<String>,
    start: SystemTime,
    facts: SharedFacts,
}

/// A state as JSON; the members are in the order of the reference.
#[derive(Serialize)]
struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    healthy: bool,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    status_time: String,
    attributes: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    components: BTreeMap<String, Shown>,
}

impl Pages {
    pub(super) fn new(
        aggregator: Arc<Aggregator>,
        config: &HttpConfig,
        facts: SharedFacts,
    ) -> Self {
        let path = |enabled: bool, path: &str| enabled.then(|| path.to_owned());
        Self {
            aggregator,
            status: path(config.status.enabled, &config.status.path),
            config: path(config.config.enabled, &config.config.path),
            start: SystemTime::now(),
            facts,
        }
    }

    fn show(&self, aggregate: &Aggregate, verbose: bool) -> Shown {
        let parts = aggregate.parts.iter().filter(|_| verbose);
        let parts = parts.map(|(name, part)| (name.clone(), self.show(part, verbose)));
        Shown {
            start_time: None,
            healthy: self.aggregator.is_healthy(aggregate),
            status: aggregate.state.name(),
            error: aggregate.state.error().map(str::to_owned),
            status_time: text(aggregate.since),
            attributes: BTreeMap::new(),
            components: parts.collect(),
        }
    }

    fn status(&self, query: &str) -> Response<Full<Bytes>> {
        let parameter = |name: &str| {
            let mut pairs = form(query);
            pairs.find(|(key, _)| key == name).map(|(_, value)| value)
        };
        let scope = parameter("pipeline").unwrap_or_default();
        let verbose = parameter("verbose").is_some_and(|value| value != "false");
        let Some(aggregate) = self.aggregator.of(&scope) else {
            return plain(StatusCode::NOT_FOUND, "");
        };
        let mut shown = self.show(&aggregate, verbose);
        shown.start_time = Some(text(self.start));
        let code = match &aggregate.state {
            _ if !shown.healthy => StatusCode::INTERNAL_SERVER_ERROR,
            ComponentState::FatalError(_) => StatusCode::INTERNAL_SERVER_ERROR,
            ComponentState::Ok
            | ComponentState::RecoverableError(_)
            | ComponentState::PermanentError(_) => StatusCode::OK,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        json(code, serde_json::to_string(&shown).unwrap_or_default())
    }
}

fn text(time: SystemTime) -> String {
    Timestamp::try_from(time).map(|time| time.to_string()).unwrap_or_default()
}

fn form(query: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key.to_owned(), value.replace("%2F", "/").replace("%2f", "/"))
    })
}

fn json(code: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = code;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

#[async_trait]
impl Handler for Pages {
    async fn handle(
        &self,
        request: Request<Incoming>,
        _peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>> {
        let path = Some(request.uri().path());
        if path == self.status.as_deref() {
            return self.status(request.uri().query().unwrap_or_default());
        }
        if path == self.config.as_deref() {
            let config = self.facts.load().config.clone();
            return match config.is_empty() {
                true => plain(StatusCode::SERVICE_UNAVAILABLE, ""),
                false => json(StatusCode::OK, config.to_string()),
            };
        }
        plain(StatusCode::NOT_FOUND, "404 page not found\n")
    }

    fn route(&self, path: &str) -> Option<String> {
        let known = [&self.status, &self.config].into_iter().flatten();
        known.into_iter().any(|known| known == path).then(|| path.to_owned())
    }
}
