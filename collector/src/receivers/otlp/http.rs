//! OTLP/HTTP: a path for each signal, bodies in protobuf or JSON (`collector-core` reference §2.3).

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use holt_pdata::{Batch, Signal};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;

use super::config::{HttpSettings, with_slash};
use super::grpc::push_headers;
use super::intake::{Intake, Lane};
use crate::component::{ClientAddress, ClientMetadata, Identity, Refused};
use crate::net::compression::Encoding;
use crate::net::http::server::{Handler, HttpServerOptions, plain};
use crate::net::http::{BodyError, content_encoding, read_body};
use crate::net::otlp::http_path;
use crate::net::status::{Code, Status};

/// The handler of all signals.
pub(super) struct Endpoint {
    intake: Intake,
    paths: Vec<(String, Signal)>,
    max_body_size: usize,
    encodings: Vec<String>,
}

impl Endpoint {
    pub(super) fn new(
        intake: Intake,
        settings: &HttpSettings,
        options: &HttpServerOptions,
    ) -> Self {
        let paths = vec![
            (with_slash(&settings.traces_url_path), Signal::Traces),
            (with_slash(&settings.metrics_url_path), Signal::Metrics),
            (with_slash(&settings.logs_url_path), Signal::Logs),
            (http_path(Signal::Profiles).to_owned(), Signal::Profiles),
        ];
        let max_body_size = options.max_body_size;
        Self { intake, paths, max_body_size, encodings: options.encodings.clone() }
    }

    fn lane(&self, path: &str) -> Option<&Arc<Lane>> {
        let (_, signal) = self.paths.iter().find(|(known, _)| known == path)?;
        self.intake.lane(*signal)
    }

    async fn export(
        &self,
        lane: &Lane,
        format: Format,
        encoding: Encoding,
        request: Request<Incoming>,
        peer: Option<SocketAddr>,
    ) -> Result<(), Failure> {
        let (mut head, body) = request.into_parts();
        let body = read_body(&head, body, encoding, self.max_body_size).await?;
        let batch = format.decode(lane, body).map_err(|message| {
            Failure::new(StatusCode::BAD_REQUEST, Status::new(Code::InvalidArgument, message))
        })?;
        let address = peer.map(|peer| ClientAddress::Host(peer.ip()));
        let mut client = ClientMetadata::new(address);
        client.auth = head.extensions.remove().and_then(Identity::into_attributes);
        if self.intake.include_metadata {
            push_headers(&mut client, &head.headers);
        }
        lane.offer(batch, client).await.map_err(Failure::from)
    }
}

#[async_trait]
impl Handler for Endpoint {
    async fn handle(
        &self,
        request: Request<Incoming>,
        peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>> {
        let format = Format::of(request.headers());
        let encoding = match content_encoding(request.headers(), &self.encodings) {
            Ok(encoding) => encoding,
            Err(error) => return Failure::from(error).respond(format, request.headers()),
        };
        let Some(lane) = self.lane(request.uri().path()) else {
            return plain(StatusCode::NOT_FOUND, "404 page not found\n");
        };
        if request.method() != Method::POST {
            return plain(
                StatusCode::METHOD_NOT_ALLOWED,
                "405 method not allowed, supported: [POST]",
            );
        }
        let Some(format) = format else {
            return plain(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "415 unsupported media type, supported: [application/json, application/x-protobuf]",
            );
        };
        match self.export(lane, format, encoding, request, peer).await {
            Ok(()) => format.success(),
            Err(failure) => failure.respond(Some(format), &HeaderMap::new()),
        }
    }

    fn route(&self, path: &str) -> Option<String> {
        self.lane(path).map(|_| path.to_owned())
    }

    fn refuse(&self, headers: &HeaderMap, code: StatusCode, text: &str) -> Response<Full<Bytes>> {
        let status = Status::new(Code::from_http_status(code.as_u16()), text);
        Failure::new(code, status).respond(Format::of(headers), headers)
    }
}

/// How requests and responses are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Protobuf,
    Json,
}

impl Format {
    /// The format that `Content-Type` names; parameters do not matter.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let media_type = value.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/x-protobuf") {
            Some(Self::Protobuf)
        } else if media_type.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else {
            None
        }
    }

    fn decode(self, lane: &Lane, body: Bytes) -> Result<Batch, String> {
        match self {
            Self::Protobuf => lane.decode(body).map_err(|error| error.to_string()),
            Self::Json => lane.decode_json(&body).map_err(|error| error.to_string()),
        }
    }

    fn success(self) -> Response<Full<Bytes>> {
        match self {
            Self::Protobuf => self.respond(StatusCode::OK, Bytes::new()),
            Self::Json => {
                self.respond(StatusCode::OK, Bytes::from_static(b"{\"partialSuccess\":{}}"))
            }
        }
    }

    fn respond(self, status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
        let content_type = match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        };
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
        let content_type = HeaderValue::from_static(content_type);
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
    }
}

/// A request that was not taken.
struct Failure {
    http: StatusCode,
    status: Status,
}

impl Failure {
    const fn new(http: StatusCode, status: Status) -> Self {
        Self { http, status }
    }

    /// The response, in the request's format. A request without a content type is answered in
    /// JSON; one with an unknown type cannot be answered in it.
    fn respond(self, format: Option<Format>, request: &HeaderMap) -> Response<Full<Bytes>> {
        let format = match format {
            Some(format) => format,
            None if !request.contains_key(header::CONTENT_TYPE) => Format::Json,
            None => {
                return Format::Json.respond(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    Bytes::from_static(
                        b"{\"code\": 13, \"message\": \"failed to marshal error message\"}",
                    ),
                );
            }
        };
        let body = match format {
            Format::Protobuf => self.status.encode(),
            Format::Json => self.status.encode_json(),
        };
        let mut response = format.respond(self.http, body);
        let may_say_when =
            matches!(self.http, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        if let Some(after) = self.status.retry_after.filter(|_| may_say_when) {
            // Whole seconds; a client that waits less would come too early.
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let status = refused.to_status();
        let http = StatusCode::from_u16(status.code.http_status());
        Self::new(http.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), status)
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        let http = match error {
            BodyError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(http, Status::new(Code::InvalidArgument, error.to_string()))
    }
}
