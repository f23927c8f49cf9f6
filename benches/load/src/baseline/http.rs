//! HTTP to HTTP: hyper's server and pooling client, prost in between.

use std::io::Write;

use bytes::{Buf, Bytes};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{Method, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use super::message::ExportRequest;
use super::{BaselineError, Edit, Options};
use crate::server::{Content, Handler, Meta, Refusal};
use crate::signal::Signal;

/// Decodes, encodes and posts.
pub(super) struct Forwarder {
    client: Client<HttpConnector, Full<Bytes>>,
    traces: Uri,
    metrics: Uri,
    logs: Uri,
    gzip: bool,
    edit: Option<Edit>,
}

impl Forwarder {
    pub(super) fn new(options: &Options) -> Result<Forwarder, BaselineError> {
        let uri = |signal: Signal| {
            format!("http://{}{}", options.to, signal.http_path()).parse::<Uri>().map_err(|error| {
                BaselineError::Address { to: options.to.clone(), reason: error.to_string() }
            })
        };
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Forwarder {
            client: Client::builder(TokioExecutor::new()).build(connector),
            traces: uri(Signal::Traces)?,
            metrics: uri(Signal::Metrics)?,
            logs: uri(Signal::Logs)?,
            gzip: options.gzip,
            edit: options.edit.clone(),
        })
    }

    async fn forward<R: ExportRequest>(&self, uri: Uri, body: impl Buf) -> Result<(), Refusal> {
        let encoded = {
            let mut request =
                R::decode(body).map_err(|error| Refusal::invalid(error.to_string()))?;
            if let Some(edit) = &self.edit {
                edit.apply(&mut request);
            }
            request.encode_to_vec()
        };
        let internal = |message: String| Refusal::new(13, message);
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri(uri)
            .header(CONTENT_TYPE, "application/x-protobuf");
        let body = if self.gzip {
            request = request.header(CONTENT_ENCODING, "gzip");
            // Level 6, the same that tonic uses.
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&encoded).map_err(|error| internal(error.to_string()))?;
            encoder.finish().map_err(|error| internal(error.to_string()))?
        } else {
            encoded
        };
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| internal(error.to_string()))?;
        let unavailable = |message: String| Refusal::new(14, message);
        let response = self
            .client
            .request(request)
            .await
            .map_err(|error| unavailable(format!("the backend cannot be reached: {error}")))?;
        let status = response.status();
        // Read to the end, or the connection cannot be used again.
        response.collect().await.map_err(|error| unavailable(error.to_string()))?;
        match status.is_success() {
            true => Ok(()),
            false => Err(unavailable(format!("the backend said {status}"))),
        }
    }
}

impl Handler for Forwarder {
    async fn handle(&self, meta: Meta, body: impl Buf + Send) -> Result<(), Refusal> {
        if meta.content != Content::Protobuf {
            return Err(Refusal::new(12, "the baseline forwards protobuf only"));
        }
        match meta.signal {
            Signal::Traces => {
                self.forward::<ExportTraceServiceRequest>(self.traces.clone(), body).await
            }
            Signal::Metrics => {
                self.forward::<ExportMetricsServiceRequest>(self.metrics.clone(), body).await
            }
            Signal::Logs => self.forward::<ExportLogsServiceRequest>(self.logs.clone(), body).await,
        }
    }
}
