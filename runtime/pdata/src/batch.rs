//! `Batch`: a validated, encoded OTLP export request, the one value that travels between
//! components.

use bytes::Bytes;

use crate::fault;
use crate::repair::repair;
use crate::schema::{Message, messages};
use crate::validate::{self, Malformed, Scan};
use crate::wire::Fields;

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

    /// The export request of the signal.
    pub fn request(self) -> &'static Message {
        match self {
            Self::Traces => &messages::TRACES,
            Self::Metrics => &messages::METRICS,
            Self::Logs => &messages::LOGS,
            Self::Profiles => &messages::PROFILES,
        }
    }
}

/// Why bytes were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed {signal} request: {reason} (byte {offset}, field {path})",
    signal = signal.name(), path = if path.is_empty() { "(request)" } else { path })]
pub struct DecodeError {
    /// The signal that was asked for.
    pub signal: Signal,
    /// Path of field names from the request down to the fault; empty at the top.
    pub path: String,
    /// Byte offset of the fault in the request.
    pub offset: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// What had to be mended in a request before it became a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Text that was not UTF-8 now holds U+FFFD.
    pub text: bool,
    /// Fields that stood more than once were merged.
    pub merged: bool,
}

/// A validated, encoded OTLP export request. Immutable; cloning shares the bytes.
///
/// The bytes are protobuf in any order a protobuf writer may choose. Invariant: validation would
/// accept them without repair, so views on them cannot fail.
#[derive(Clone, Debug)]
pub struct Batch {
    signal: Signal,
    bytes: Bytes,
    items: usize,
    repairs: Repairs,
    /// Size of the allocation that `bytes` keeps alive.
    retained: usize,
}

impl Batch {
    /// Validates an OTLP export request in protobuf encoding.
    ///
    /// One scan checks structure against the schema, depth and UTF-8 and counts the items. Valid
    /// protobuf that views cannot read as it stands is rewritten; [`Self::repairs`] tells.
    ///
    /// # Errors
    /// When the bytes are not a well-formed request of that signal: field path, offset, reason.
    pub fn decode(signal: Signal, bytes: Bytes) -> Result<Self, DecodeError> {
        let request = signal.request();
        match validate::scan(request, &bytes) {
            Ok(Scan { items, repeated: false, invalid_text: false }) => {
                Ok(Self::new(signal, bytes, items, Repairs::default()))
            }
            Ok(scan) => Self::repaired(signal, &bytes, scan),
            Err(Malformed) => Err(Self::fault(signal, &bytes)),
        }
    }

    #[cold]
    fn repaired(signal: Signal, bytes: &Bytes, scan: Scan) -> Result<Self, DecodeError> {
        let mended = Bytes::from(repair(signal.request(), bytes));
        // Merging can drop items (a oneof member that was replaced), so they are counted anew.
        let items = validate::scan(signal.request(), &mended)
            .map_err(|Malformed| Self::fault(signal, bytes))?
            .items;
        let repairs = Repairs { text: scan.invalid_text, merged: scan.repeated };
        Ok(Self::new(signal, mended, items, repairs))
    }

    #[cold]
    fn fault(signal: Signal, bytes: &Bytes) -> DecodeError {
        let fault = fault::locate(signal.request(), bytes);
        let (path, offset, reason) = match fault {
            Some(fault) => (fault.path, fault.offset, fault.reason),
            None => (String::new(), 0, "malformed protobuf"),
        };
        DecodeError { signal, path, offset, reason }
    }

    /// A batch of bytes that this program wrote itself, with the number of items known.
    ///
    /// The bytes must be what a writer of this package produced, or a checksummed copy of it; they
    /// are not scanned. Views on other bytes are memory-safe but show fields as absent.
    pub fn trusted(signal: Signal, bytes: Bytes, items: usize) -> Self {
        debug_assert_eq!(
            validate::scan(signal.request(), &bytes),
            Ok(Scan { items, repeated: false, invalid_text: false })
        );
        Self::new(signal, bytes, items, Repairs::default())
    }

    /// An empty batch.
    pub const fn empty(signal: Signal) -> Self {
        let repairs = Repairs { text: false, merged: false };
        Self { signal, bytes: Bytes::new(), items: 0, repairs, retained: 0 }
    }

    fn new(signal: Signal, bytes: Bytes, items: usize, repairs: Repairs) -> Self {
        let retained = bytes.len();
        Self { signal, bytes, items, repairs, retained }
    }

    /// Notes that the bytes are a slice of an allocation of that size, such as a read buffer.
    #[must_use]
    pub fn with_allocation(mut self, size: usize) -> Self {
        self.retained = size.max(self.bytes.len());
        self
    }

    /// Size in bytes of the allocation that the batch keeps alive.
    pub const fn retained(&self) -> usize {
        self.retained
    }

    /// The batch in an allocation of its own when it fills less than three quarters of the one it
    /// sits in. Whatever outlives its request (queues, batch buffers) keeps compacted batches, so
    /// that a small batch never pins a large buffer.
    #[must_use]
    pub fn compact(self) -> Self {
        if self.bytes.len() >= self.retained / 4 * 3 {
            return self;
        }
        let bytes = Bytes::copy_from_slice(&self.bytes);
        Self::new(self.signal, bytes, self.items, self.repairs)
    }

    /// Notes what was mended while the bytes were written.
    #[must_use]
    pub(crate) const fn with_repairs(mut self, repairs: Repairs) -> Self {
        self.repairs = repairs;
        self
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

    /// Whether there is no item.
    pub const fn is_empty(&self) -> bool {
        self.items == 0
    }

    /// Whether there is no resource, empty ones included.
    pub fn has_no_resources(&self) -> bool {
        Fields::new(&self.bytes).all(|field| field.number != 1)
    }

    /// What was mended when the batch was decoded.
    pub const fn repairs(&self) -> Repairs {
        self.repairs
    }
}
