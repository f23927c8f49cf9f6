//! The parts of OTLP around the telemetry: method names and responses.

use bytes::Bytes;
use holt_pdata::Signal;
use prost::Message;

/// The gRPC method that takes a signal.
pub const fn export_method(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        Signal::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        Signal::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        Signal::Profiles => {
            "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export"
        }
    }
}

/// The path of a signal below the base URL of an OTLP/HTTP server.
pub const fn http_path(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "/v1/traces",
        Signal::Metrics => "/v1/metrics",
        Signal::Logs => "/v1/logs",
        Signal::Profiles => "/v1development/profiles",
    }
}

/// A server took a request but not all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialSuccess {
    /// Spans, datapoints, log records or profiles that were rejected. Zero goes with a message
    /// that is only a warning.
    pub rejected: i64,
    /// For people.
    pub message: String,
}

/// The response could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the response is no OTLP response: {0}")]
pub struct ResponseError(String);

#[derive(Clone, PartialEq, Message)]
struct ExportResponse {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<ExportPartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct ExportPartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

/// Reads an export response in protobuf, which has the same shape for all signals. `None` when
/// everything was taken.
///
/// # Errors
/// When the bytes are no such response.
pub fn read_response(body: &Bytes) -> Result<Option<PartialSuccess>, ResponseError> {
    if body.is_empty() {
        return Ok(None);
    }
    let response =
        ExportResponse::decode(body.as_ref()).map_err(|error| ResponseError(error.to_string()))?;
    Ok(response
        .partial_success
        .and_then(|partial| noteworthy(partial.rejected, partial.error_message)))
}

/// Reads an export response in JSON. `None` when everything was taken.
///
/// # Errors
/// When the text is no such response.
pub fn read_json_response(body: &[u8]) -> Result<Option<PartialSuccess>, ResponseError> {
    if body.is_empty() {
        return Ok(None);
    }
    let response: serde_json::Value =
        serde_json::from_slice(body).map_err(|error| ResponseError(error.to_string()))?;
    let either = |value: &serde_json::Value, camel: &str, snake: &str| {
        value.get(camel).or_else(|| value.get(snake)).cloned()
    };
    let Some(partial) = either(&response, "partialSuccess", "partial_success") else {
        return Ok(None);
    };
    let names = [
        ("rejectedSpans", "rejected_spans"),
        ("rejectedDataPoints", "rejected_data_points"),
        ("rejectedLogRecords", "rejected_log_records"),
        ("rejectedProfiles", "rejected_profiles"),
    ];
    let rejected = names
        .iter()
        .find_map(|(camel, snake)| either(&partial, camel, snake))
        .and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()))
        .unwrap_or(0);
    let message = either(&partial, "errorMessage", "error_message")
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default();
    Ok(noteworthy(rejected, message))
}

fn noteworthy(rejected: i64, message: String) -> Option<PartialSuccess> {
    (rejected != 0 || !message.is_empty()).then_some(PartialSuccess { rejected, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_success_is_read_in_both_encodings() {
        let expected = PartialSuccess { rejected: 3, message: "too old".to_owned() };
        let proto = Bytes::from_static(b"\x0a\x0b\x08\x03\x12\x07too old");
        assert_eq!(read_response(&proto).expect("valid"), Some(expected.clone()));
        let json = br#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}"#;
        assert_eq!(read_json_response(json).expect("valid"), Some(expected));
    }

    #[test]
    fn plain_success_is_nothing_to_tell() {
        assert_eq!(read_response(&Bytes::new()).expect("valid"), None);
        assert_eq!(read_response(&Bytes::from_static(b"\x0a\x00")).expect("valid"), None);
        assert_eq!(read_json_response(br#"{"partialSuccess":{}}"#).expect("valid"), None);
        assert!(read_json_response(b"<html>").is_err());
        assert!(read_response(&Bytes::from_static(b"\xff")).is_err());
    }
}
