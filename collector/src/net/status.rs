//! The status model of gRPC and OTLP: codes, `google.rpc.Status` in protobuf and JSON, and the
//! translation to and from HTTP status codes (`collector-core` reference §2.3).

use std::time::Duration;

use bytes::Bytes;
use prost::Message;

/// A gRPC status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Code {
    /// Success.
    Ok = 0,
    /// The caller gave up.
    Canceled = 1,
    /// Nothing better is known.
    Unknown = 2,
    /// The request is wrong whatever the state of the server.
    InvalidArgument = 3,
    /// The time allowed was over before the work was.
    DeadlineExceeded = 4,
    /// Something that was asked for does not exist.
    NotFound = 5,
    /// Something that should be made exists already.
    AlreadyExists = 6,
    /// The caller is known and may not do this.
    PermissionDenied = 7,
    /// A quota or a size limit is exhausted.
    ResourceExhausted = 8,
    /// The state of the server does not allow it.
    FailedPrecondition = 9,
    /// A conflict with other work.
    Aborted = 10,
    /// Past a valid range.
    OutOfRange = 11,
    /// The method is not there.
    Unimplemented = 12,
    /// An invariant is broken.
    Internal = 13,
    /// Not available now; worth another try.
    Unavailable = 14,
    /// Data is lost or damaged.
    DataLoss = 15,
    /// The caller is not known.
    Unauthenticated = 16,
}

impl Code {
    const ALL: [Self; 17] = [
        Self::Ok,
        Self::Canceled,
        Self::Unknown,
        Self::InvalidArgument,
        Self::DeadlineExceeded,
        Self::NotFound,
        Self::AlreadyExists,
        Self::PermissionDenied,
        Self::ResourceExhausted,
        Self::FailedPrecondition,
        Self::Aborted,
        Self::OutOfRange,
        Self::Unimplemented,
        Self::Internal,
        Self::Unavailable,
        Self::DataLoss,
        Self::Unauthenticated,
    ];

    /// The code with this number; numbers that are not assigned are [`Code::Unknown`].
    pub fn from_number(number: i64) -> Self {
        usize::try_from(number)
            .ok()
            .and_then(|index| Self::ALL.get(index).copied())
            .unwrap_or(Self::Unknown)
    }

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The name used in messages and metrics, such as `Unavailable`.
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// The HTTP status an OTLP/HTTP server answers with for this code.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Ok => 200,
            Self::Canceled
            | Self::DeadlineExceeded
            | Self::Aborted
            | Self::OutOfRange
            | Self::Unavailable
            | Self::DataLoss => 503,
            Self::ResourceExhausted => 429,
            Self::InvalidArgument => 400,
            Self::Unauthenticated => 401,
            Self::PermissionDenied => 403,
            Self::Unimplemented => 404,
            Self::Unknown
            | Self::NotFound
            | Self::AlreadyExists
            | Self::FailedPrecondition
            | Self::Internal => 500,
        }
    }

    /// The code that an HTTP status stands for.
    pub const fn from_http_status(status: u16) -> Self {
        match status {
            400 | 413 => Self::InvalidArgument,
            401 => Self::Unauthenticated,
            403 => Self::PermissionDenied,
            404 => Self::Unimplemented,
            429 => Self::ResourceExhausted,
            502..=504 => Self::Unavailable,
            _ => Self::Unknown,
        }
    }

    /// Whether OTLP lets a client send the same request again. `ResourceExhausted` counts only when
    /// the server said when to come back.
    pub const fn is_retryable(self, has_retry_info: bool) -> bool {
        match self {
            Self::Canceled
            | Self::DeadlineExceeded
            | Self::Aborted
            | Self::OutOfRange
            | Self::Unavailable
            | Self::DataLoss => true,
            Self::ResourceExhausted => has_retry_info,
            _ => false,
        }
    }
}

/// The outcome of a call that did not succeed (or, rarely, an explicit success).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rpc error: code = {code:?} desc = {message}")]
pub struct Status {
    /// What kind of outcome.
    pub code: Code,
    /// For people.
    pub message: String,
    /// How long the server asks the client to wait (`google.rpc.RetryInfo`).
    pub retry_after: Option<Duration>,
}

impl Status {
    /// A status without a wait.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None }
    }

    /// Adds the time the client should wait.
    #[must_use]
    pub fn with_retry_after(mut self, after: Option<Duration>) -> Self {
        self.retry_after = after;
        self
    }

    /// As `google.rpc.Status` in protobuf.
    pub fn encode(&self) -> Bytes {
        let details = self.retry_after.map(|delay| {
            let info = RetryInfo {
                retry_delay: Some(ProtoDuration {
                    seconds: i64::try_from(delay.as_secs()).unwrap_or(i64::MAX),
                    nanos: i32::try_from(delay.subsec_nanos()).unwrap_or(0),
                }),
            };
            Any { type_url: RETRY_INFO_URL.to_owned(), value: info.encode_to_vec() }
        });
        let status = RpcStatus {
            code: i32::from(self.code.number()),
            message: self.message.clone(),
            details: details.into_iter().collect(),
        };
        status.encode_to_vec().into()
    }

    /// As `google.rpc.Status` in protobuf's JSON mapping.
    pub fn encode_json(&self) -> Bytes {
        let mut body = serde_json::Map::new();
        body.insert("code".to_owned(), self.code.number().into());
        if !self.message.is_empty() {
            body.insert("message".to_owned(), self.message.clone().into());
        }
        if let Some(delay) = self.retry_after {
            let delay = if delay.subsec_nanos() == 0 {
                format!("{}s", delay.as_secs())
            } else {
                format!("{}.{:09}s", delay.as_secs(), delay.subsec_nanos())
            };
            let detail = serde_json::json!({"@type": RETRY_INFO_URL, "retryDelay": delay});
            body.insert("details".to_owned(), vec![detail].into());
        }
        serde_json::Value::Object(body).to_string().into()
    }

    /// Reads a `google.rpc.Status` in protobuf; `None` when the bytes are not one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let status = RpcStatus::decode(bytes).ok()?;
        let retry_after = status
            .details
            .iter()
            .filter(|detail| detail.type_url == RETRY_INFO_URL)
            .find_map(|detail| RetryInfo::decode(detail.value.as_slice()).ok()?.retry_delay)
            .and_then(|delay| {
                let seconds = u64::try_from(delay.seconds).ok()?;
                Some(Duration::new(seconds, u32::try_from(delay.nanos).ok()?.min(999_999_999)))
            });
        Some(Self {
            code: Code::from_number(i64::from(status.code)),
            message: status.message,
            retry_after,
        })
    }
}

const RETRY_INFO_URL: &str = "type.googleapis.com/google.rpc.RetryInfo";

#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<ProtoDuration>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct ProtoDuration {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_survives_protobuf() {
        let status = Status::new(Code::Unavailable, "later")
            .with_retry_after(Some(Duration::from_millis(1500)));
        assert_eq!(Status::decode(&status.encode()), Some(status));
    }

    #[test]
    fn status_in_json_names_code_message_and_delay() {
        let status = Status::new(Code::ResourceExhausted, "slow down")
            .with_retry_after(Some(Duration::from_secs(2)));
        let json: serde_json::Value =
            serde_json::from_slice(&status.encode_json()).expect("valid JSON");
        assert_eq!(json["code"], 8);
        assert_eq!(json["message"], "slow down");
        assert_eq!(json["details"][0]["retryDelay"], "2s");
    }

    #[test]
    fn numbers_and_codes_agree() {
        for (number, code) in Code::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(code.number()), number);
            assert_eq!(Code::from_number(i64::from(code.number())), code);
        }
        assert_eq!(Code::from_number(99), Code::Unknown);
        assert_eq!(Code::from_number(-1), Code::Unknown);
    }
}
