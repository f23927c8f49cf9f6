//! Export of the collector's own telemetry: records as JSON in, OTLP requests or lines on standard
//! output out.
//!
//! What goes to an OTLP receiver leaves through the same exporters as everybody's telemetry, made
//! from settings as a user would write them.

mod metrics;
mod outlet;
mod records;
mod value;

pub(super) use metrics::PeriodicReader;
pub(super) use outlet::{ExportError, Outlet};
pub(super) use records::{Record, Records};
pub(super) use value::{attribute, attributes, nanos, resource};
