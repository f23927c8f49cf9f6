//! One connection to a collector, carrying prebuilt bodies: gRPC over HTTP/2 or HTTP/1.1 POST.
//!
//! No gRPC library in between: a body of the pool already has its message prefix, so sending is
//! writing. In go encoded bodies, out comes an [`Answer`].

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderMap, TE};
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use tokio::net::TcpStream;

use crate::http2::Http2;
use crate::signal::{Protocol, Signal};

/// The longest answer that is read; export responses are a few bytes.
const ANSWER_LIMIT: usize = 1 << 20;
/// How long to wait between two attempts to connect.
const CONNECT_PAUSE: Duration = Duration::from_millis(50);

/// Where requests go and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// `host:port`.
    pub endpoint: String,
    /// The transport.
    pub protocol: Protocol,
    /// Bodies are gzip-compressed.
    pub gzip: bool,
    /// Windows and frame size.
    pub http2: Http2,
    /// How long to keep trying to connect.
    pub connect_timeout: Duration,
}

/// What a collector said to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Taken. `rejected` items of it were refused all the same (partial success).
    Accepted {
        /// Items that the collector said it did not take.
        rejected: u64,
    },
    /// Not taken.
    Refused(Refused),
}

/// How a collector refused a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status and message, such as `gRPC 14 queue is full`.
    pub text: String,
    /// Whether the OTLP specification lets a client send the request again.
    pub retryable: bool,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens, or the name does not resolve.
    #[error("cannot connect to {endpoint}: {source}")]
    Connect {
        /// The address asked for.
        endpoint: String,
        /// What the system said at the last attempt.
        source: std::io::Error,
    },
    /// The address cannot stand in a request.
    #[error("`{0}` is not an address of the form host:port")]
    Address(String),
    /// The connection broke or the peer does not speak the protocol.
    #[error("the connection failed: {0}")]
    Transport(#[from] hyper::Error),
    /// The answer is unreadable.
    #[error("the answer cannot be read: {0}")]
    Answer(String),
}

/// An open connection. A clone of a gRPC connection shares its socket.
pub struct Client {
    sender: Sender,
    headers: HeaderMap,
    protocol: Protocol,
    authority: String,
}

enum Sender {
    Grpc(http2::SendRequest<Full<Bytes>>),
    Http(http1::SendRequest<Full<Bytes>>),
}

impl Client {
    /// Connects, trying again until the target's timeout: a collector may still be starting.
    pub async fn connect(target: &Target) -> Result<Client, ClientError> {
        let headers = headers(target)?;
        let stream = open(&target.endpoint, target.connect_timeout).await?;
        let sender = match target.protocol {
            Protocol::Grpc => {
                let (sender, connection) = http2::Builder::new(TokioExecutor::new())
                    .initial_stream_window_size(target.http2.stream_window)
                    .initial_connection_window_size(target.http2.connection_window)
                    .max_frame_size(target.http2.max_frame)
                    .max_send_buf_size(target.http2.stream_window as usize)
                    .handshake(TokioIo::new(stream))
                    .await?;
                // Its error, if any, is what the pending requests fail with.
                tokio::spawn(connection);
                Sender::Grpc(sender)
            }
            Protocol::Http => {
                let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                Sender::Http(sender)
            }
        };
        let authority = target.endpoint.clone();
        Ok(Client { sender, headers, protocol: target.protocol, authority })
    }

    /// A second user of the same connection, where the protocol allows several requests at once.
    pub fn share(&self) -> Option<Client> {
        match &self.sender {
            Sender::Grpc(sender) => Some(Client {
                sender: Sender::Grpc(sender.clone()),
                headers: self.headers.clone(),
                protocol: self.protocol,
                authority: self.authority.clone(),
            }),
            Sender::Http(_) => None,
        }
    }

    /// Sends a body as the pool made it and waits for the answer.
    pub async fn send(&mut self, signal: Signal, body: Bytes) -> Result<Answer, ClientError> {
        let path = signal.path(self.protocol);
        let uri = match self.protocol {
            Protocol::Grpc => format!("http://{}{path}", self.authority),
            Protocol::Http => path.to_owned(),
        };
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(uri)
            .body(Full::new(body))
            .map_err(|_| ClientError::Address(self.authority.clone()))?;
        *request.headers_mut() = self.headers.clone();
        let response = match &mut self.sender {
            Sender::Grpc(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
            Sender::Http(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
        };
        let (parts, body) = response.into_parts();
        let answer = Limited::new(body, ANSWER_LIMIT)
            .collect()
            .await
            .map_err(|error| ClientError::Answer(error.to_string()))?;
        let trailers = answer.trailers().cloned();
        let answer = answer.to_bytes();
        match self.protocol {
            Protocol::Grpc if parts.status.is_success() => {
                let trailers = trailers.unwrap_or(parts.headers);
                grpc_answer(&trailers, &answer)
            }
            Protocol::Http if parts.status.is_success() => {
                rejected_items(&answer).map(|rejected| Answer::Accepted { rejected })
            }
            _ => Ok(Answer::Refused(Refused {
                text: format!("HTTP {}", parts.status),
                retryable: matches!(parts.status.as_u16(), 429 | 502 | 503 | 504),
            })),
        }
    }
}

async fn open(endpoint: &str, timeout: Duration) -> Result<TcpStream, ClientError> {
    let give_up = tokio::time::Instant::now() + timeout;
    loop {
        match TcpStream::connect(endpoint).await {
            Ok(stream) => {
                // Without it a small request waits for the peer's delayed acknowledgement.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(source) if tokio::time::Instant::now() >= give_up => {
                return Err(ClientError::Connect { endpoint: endpoint.to_owned(), source });
            }
            Err(_) => tokio::time::sleep(CONNECT_PAUSE).await,
        }
    }
}

fn headers(target: &Target) -> Result<HeaderMap, ClientError> {
    let mut headers = HeaderMap::new();
    match target.protocol {
        Protocol::Grpc => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
            headers.insert(TE, HeaderValue::from_static("trailers"));
            if target.gzip {
                let encoding = HeaderName::from_static("grpc-encoding");
                headers.insert(encoding, HeaderValue::from_static("gzip"));
            }
        }
        Protocol::Http => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
            let host = HeaderValue::from_str(&target.endpoint)
                .map_err(|_| ClientError::Address(target.endpoint.clone()))?;
            headers.insert(HOST, host);
            if target.gzip {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
    }
    Ok(headers)
}

/// Reads a gRPC status from the trailers, or from the headers of an answer without a body.
fn grpc_answer(trailers: &HeaderMap, body: &[u8]) -> Result<Answer, ClientError> {
    let status = trailers
        .get("grpc-status")
        .and_then(|status| status.to_str().ok())
        .ok_or_else(|| ClientError::Answer("no grpc-status".into()))?;
    if status != "0" {
        let message = trailers.get("grpc-message").and_then(|message| message.to_str().ok());
        // RESOURCE_EXHAUSTED only if the server says when.
        let retryable = match status {
            "1" | "4" | "10" | "11" | "14" | "15" => true,
            "8" => trailers.contains_key("grpc-status-details-bin"),
            _ => false,
        };
        let text = format!("gRPC {status} {}", message.unwrap_or_default());
        return Ok(Answer::Refused(Refused { text, retryable }));
    }
    // Flag and length; export responses are never compressed in practice, and if one is, its
    // partial success cannot be seen.
    match body.split_at_checked(5) {
        Some(([0, ..], message)) => {
            rejected_items(message).map(|rejected| Answer::Accepted { rejected })
        }
        Some(_) => Err(ClientError::Answer("it is compressed".into())),
        None => Err(ClientError::Answer("it has no message".into())),
    }
}

/// The rejected items of an export response. Its three kinds have the same field numbers.
fn rejected_items(message: &[u8]) -> Result<u64, ClientError> {
    let response = ExportTraceServiceResponse::decode(message)
        .map_err(|error| ClientError::Answer(error.to_string()))?;
    let rejected = response.partial_success.map_or(0, |partial| partial.rejected_spans);
    Ok(u64::try_from(rejected).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trailers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn grpc_statuses() {
        let ok = trailers(&[("grpc-status", "0")]);
        let accepted = grpc_answer(&ok, &[0, 0, 0, 0, 0]).unwrap();
        assert_eq!(accepted, Answer::Accepted { rejected: 0 });
        // ExportTraceServiceResponse { partial_success { rejected_spans: 3 } }
        let partial = grpc_answer(&ok, &[0, 0, 0, 0, 4, 0x0a, 0x02, 0x08, 0x03]).unwrap();
        assert_eq!(partial, Answer::Accepted { rejected: 3 });
        let full = trailers(&[("grpc-status", "14"), ("grpc-message", "queue is full")]);
        let refused = grpc_answer(&full, &[]).unwrap();
        let text = "gRPC 14 queue is full".into();
        assert_eq!(refused, Answer::Refused(Refused { text, retryable: true }));
        let exhausted = grpc_answer(&trailers(&[("grpc-status", "8")]), &[]).unwrap();
        let text = "gRPC 8 ".into();
        assert_eq!(exhausted, Answer::Refused(Refused { text, retryable: false }));
        assert!(grpc_answer(&HeaderMap::new(), &[]).is_err());
        assert!(grpc_answer(&ok, &[]).is_err());
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = listener.local_addr().unwrap().to_string();
        drop(listener);
        let target = Target {
            endpoint: endpoint.clone(),
            protocol: Protocol::Grpc,
            gzip: false,
            http2: Http2::default(),
            connect_timeout: Duration::ZERO,
        };
        let error = Client::connect(&target).await.err().unwrap();
        assert!(error.to_string().contains(&endpoint), "{error}");
    }
}
