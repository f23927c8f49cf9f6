//! Answers health requests from the readiness of the service.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use jiff::Timestamp;

use super::config::{Config, ResponseBody};
use crate::net::http::server::{Handler, plain};

/// Readiness and how it is told.
pub(super) struct Health {
    path: String,
    bodies: Option<ResponseBody>,
    ready_since: Mutex<Option<(Timestamp, Instant)>>,
}

impl Health {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            path: config.path.clone(),
            bodies: config.response_body.clone(),
            ready_since: Mutex::new(None),
        }
    }

    pub(super) fn set_ready(&self, ready: bool) {
        let now = ready.then(|| (Timestamp::now(), Instant::now()));
        *self.ready_since.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    fn answer(&self) -> (StatusCode, String) {
        let ready = *self.ready_since.lock().unwrap_or_else(PoisonError::into_inner);
        let code = match ready {
            Some(_) => StatusCode::OK,
            None => StatusCode::SERVICE_UNAVAILABLE,
        };
        if let Some(bodies) = &self.bodies {
            let body = if ready.is_some() { &bodies.healthy } else { &bodies.unhealthy };
            return (code, body.clone());
        }
        let body = match ready {
            Some((since, clock)) => serde_json::json!({
                "status": "Server available",
                "upSince": since.to_string(),
                "uptime": uptime(clock),
            }),
            None => serde_json::json!({
                "status": "Server not available",
                "upSince": "0001-01-01T00:00:00Z",
                "uptime": "",
            }),
        };
        (code, body.to_string())
    }
}

fn uptime(since: Instant) -> String {
    let nanos = i64::try_from(since.elapsed().as_nanos()).unwrap_or(i64::MAX);
    crate::config::values::Duration::from_nanos(nanos).to_string()
}

#[async_trait]
impl Handler for Health {
    async fn handle(
        &self,
        request: Request<Incoming>,
        _peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        let prefix = self.path.ends_with('/') && path.starts_with(&self.path);
        if path != self.path && !prefix {
            return plain(StatusCode::NOT_FOUND, "404 page not found\n");
        }
        let (code, body) = self.answer();
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = code;
        if self.bodies.is_none() {
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        response
    }
}
