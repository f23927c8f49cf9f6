//! The messages of `google.rpc` in which a gRPC server says when to try again.

use std::time::Duration;

/// `google.rpc.Status`, which travels in `grpc-status-details-bin`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Status {
    /// The gRPC status code.
    #[prost(int32, tag = "1")]
    pub(super) code: i32,
    /// Text for people.
    #[prost(string, tag = "2")]
    pub(super) message: String,
    /// What else there is to say.
    #[prost(message, repeated, tag = "3")]
    pub(super) details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Any {
    /// What it is.
    #[prost(string, tag = "1")]
    pub(super) type_url: String,
    /// Its encoding.
    #[prost(bytes = "vec", tag = "2")]
    pub(super) value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    delay: Option<Delay>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

impl RetryInfo {
    /// To be tried again after this time.
    pub(super) fn after(delay: Duration) -> RetryInfo {
        let seconds = i64::try_from(delay.as_secs()).unwrap_or(i64::MAX);
        let nanos = i32::try_from(delay.subsec_nanos()).unwrap_or(0);
        RetryInfo { delay: Some(Delay { seconds, nanos }) }
    }
}
