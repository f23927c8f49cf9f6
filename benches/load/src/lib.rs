//! Measures a collector: makes load, receives it, and offers a baseline to compare with.
//!
//! `generate` sends prebuilt OTLP requests and reads what the collector's process used for them;
//! `sink` receives and counts without decoding; `baseline` is the ordinary forwarder that decodes
//! and encodes with prost; `compare` runs both forwarders in turn, so that every figure is a ratio
//! of one run. `capture` writes requests to files, to keep what real SDKs send as fixtures, and
//! `inspect` says what is in them.

pub mod baseline;
pub mod capture;
pub mod client;
pub mod compare;
pub mod count;
pub mod generate;
pub mod http2;
pub mod inspect;
pub mod output;
pub mod payload;
pub mod process;
pub mod random;
pub mod server;
pub mod signal;
pub mod sink;
pub mod units;
