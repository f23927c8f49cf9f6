//! What servers and clients tell of their requests at the level `detailed`: how long they take and
//! how large they are, under the names of OpenTelemetry's conventions for HTTP and RPC, with the
//! labels that the Go collector's instrumentation gives them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use http::{Method, Request, Response, Version, header};
use http_body::Body;

use super::status::Code;
use crate::config::service::Level;
use crate::telemetry::{LabelValue, Metrics};

/// Where requests are told of; nowhere by default and below the level `detailed`.
#[derive(Clone, Debug, Default)]
pub struct NetworkMetrics(Option<Metrics>);

type Labels = Vec<(&'static str, LabelValue)>;

/// Bytes of a body that were read, for whoever measures the request. Among its extensions.
#[derive(Clone, Debug, Default)]
pub(crate) struct BytesRead(Arc<AtomicUsize>);

impl BytesRead {
    /// So many more were read.
    pub(crate) fn add(&self, count: usize) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }
}

impl NetworkMetrics {
    /// Those of a component with such metrics.
    pub fn of(metrics: &Metrics) -> Self {
        Self((metrics.level() >= Level::Detailed).then(|| metrics.clone()))
    }

    /// Whether anything is told.
    pub(crate) const fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// A request to a server over HTTP; `route` is the path it is known by.
    pub(crate) fn incoming<B>(
        &self,
        request: &mut Request<B>,
        route: Option<String>,
    ) -> Option<Incoming> {
        let metrics = self.0.clone()?;
        let read = BytesRead::default();
        request.extensions_mut().insert(read.clone());
        let mut labels = protocol(request.method(), request.version());
        let authority = match request.uri().authority() {
            Some(authority) => Some(authority.as_str()),
            None => request.headers().get(header::HOST).and_then(|host| host.to_str().ok()),
        };
        let scheme = request.uri().scheme_str().unwrap_or("http");
        labels.push(("url.scheme", scheme.into()));
        labels.extend(authority.into_iter().flat_map(|authority| address(authority, scheme)));
        labels.extend(route.map(|route| ("http.route", route.into())));
        Some(Incoming { metrics, labels, read, started: Instant::now() })
    }

    /// A request of a client over HTTP, with a body of `size` bytes.
    pub(crate) fn outgoing(
        &self,
        method: &Method,
        url: &reqwest::Url,
        size: usize,
    ) -> Option<Outgoing> {
        let metrics = self.0.clone()?;
        let mut labels: Labels = vec![("url.scheme", url.scheme().into())];
        labels.push(("http.request.method", known(method).into()));
        labels.extend(url.host_str().map(|host| ("server.address", unbracketed(host).into())));
        labels.extend(url.port().map(|port| ("server.port", i64::from(port).into())));
        Some(Outgoing { metrics, labels, size, started: Instant::now() })
    }

    /// An answered call to a gRPC server.
    pub(crate) fn served(&self, path: &str, code: Code, started: Instant) {
        let Some(metrics) = &self.0 else { return };
        metrics
            .histogram("rpc.server.call.duration", rpc(path, code))
            .record(started.elapsed().as_secs_f64());
    }

    /// A call of a gRPC client that has ended; `peer` is whom it reached.
    pub(crate) fn called(
        &self,
        path: &str,
        code: Code,
        peer: Option<(&str, u16)>,
        started: Instant,
    ) {
        let Some(metrics) = &self.0 else { return };
        let mut labels = rpc(path, code);
        if let Some((host, port)) = peer {
            labels.push(("server.address", host.into()));
            labels.push(("server.port", i64::from(port).into()));
        }
        metrics
            .histogram("rpc.client.call.duration", labels)
            .record(started.elapsed().as_secs_f64());
    }
}

/// A request that a server is to answer.
pub(crate) struct Incoming {
    metrics: Metrics,
    labels: Labels,
    read: BytesRead,
    started: Instant,
}

impl Incoming {
    /// It is answered with this.
    pub(crate) fn answered<B: Body>(mut self, response: &Response<B>) {
        let status = i64::from(response.status().as_u16());
        self.labels.push(("http.response.status_code", status.into()));
        let Self { metrics, labels, read, started } = self;
        let histogram = |name: &str| metrics.histogram(name, labels.iter().cloned());
        histogram("http.server.request.duration").record(started.elapsed().as_secs_f64());
        histogram("http.server.request.body.size").record_size(read.0.load(Ordering::Relaxed));
        let size = response.body().size_hint().exact().unwrap_or_default();
        histogram("http.server.response.body.size").record(size as f64);
    }
}

/// A request that a client has sent.
pub(crate) struct Outgoing {
    metrics: Metrics,
    labels: Labels,
    size: usize,
    started: Instant,
}

impl Outgoing {
    /// A response came.
    pub(crate) fn answered(mut self, status: u16, version: Version) {
        self.labels.push(("http.response.status_code", i64::from(status).into()));
        self.ended(version);
    }

    /// None came, because of this.
    pub(crate) fn failed(mut self, why: &'static str) {
        self.labels.push(("error.type", why.into()));
        self.ended(Version::HTTP_11);
    }

    fn ended(mut self, version: Version) {
        self.labels.extend(version_labels(version));
        let Self { metrics, labels, size, started } = self;
        let histogram = |name: &str| metrics.histogram(name, labels.iter().cloned());
        histogram("http.client.request.duration").record(started.elapsed().as_secs_f64());
        histogram("http.client.request.body.size").record_size(size);
    }
}

fn rpc(path: &str, code: Code) -> Labels {
    vec![
        ("rpc.method", path.trim_start_matches('/').into()),
        ("rpc.response.status_code", canonical(code).into()),
        ("rpc.system.name", "grpc".into()),
    ]
}

/// The name of a code as gRPC's specification writes it, such as `RESOURCE_EXHAUSTED`.
fn canonical(code: Code) -> String {
    match code {
        Code::Ok => return "OK".to_owned(),
        Code::Canceled => return "CANCELLED".to_owned(),
        _ => {}
    }
    let mut text = String::new();
    for (index, letter) in code.name().chars().enumerate() {
        if letter.is_ascii_uppercase() && index > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

fn protocol(method: &Method, version: Version) -> Labels {
    let mut labels = vec![("http.request.method", known(method).into())];
    labels.extend(version_labels(version));
    labels
}

fn version_labels(version: Version) -> Labels {
    let number = match version {
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2.0",
        Version::HTTP_3 => "3.0",
        _ => "1.1",
    };
    vec![("network.protocol.name", "http".into()), ("network.protocol.version", number.into())]
}

/// The method; those that anybody could make up are one.
fn known(method: &Method) -> &str {
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::CONNECT,
        Method::OPTIONS,
        Method::TRACE,
        Method::PATCH,
    ];
    if methods.contains(method) { method.as_str() } else { "_OTHER" }
}

/// Host and port of an authority; a port that the scheme implies is left out.
fn address(authority: &str, scheme: &str) -> Labels {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse::<u16>().ok()),
        _ => (authority, None),
    };
    let implied = if scheme == "https" { 443 } else { 80 };
    let mut labels: Labels = vec![("server.address", unbracketed(host).into())];
    let port = port.filter(|port| *port != implied);
    labels.extend(port.map(|port| ("server.port", i64::from(port).into())));
    labels
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_names_of_the_specification() {
        let names = [Code::Ok, Code::Canceled, Code::DeadlineExceeded, Code::Unavailable];
        let names: Vec<String> = names.into_iter().map(canonical).collect();
        assert_eq!(names, ["OK", "CANCELLED", "DEADLINE_EXCEEDED", "UNAVAILABLE"]);
    }

    #[test]
    fn an_authority_is_host_and_port() {
        let text = |authority: &str, scheme: &str| {
            let labels = address(authority, scheme).into_iter();
            labels.map(|(_, value)| value.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(text("gateway:4318", "http"), "gateway 4318");
        assert_eq!(text("gateway:443", "https"), "gateway");
        assert_eq!(text("[::1]:4318", "http"), "::1 4318");
        assert_eq!(text("[::1]", "http"), "::1");
    }
}
