//! The collector's own metrics: what components count comes in through handles, readings of all
//! of it go out to whoever exports them.
//!
//! Every metric is declared once, in [`table`]; names, labels and levels are those of the Go
//! collector, so that dashboards keep working. A component takes its handles when it is created
//! ([`Metrics::counter`] and its siblings), and recording is an atomic operation on them. A handle
//! of a metric above the configured level does nothing. What has the same name and labels is the
//! same series, so totals outlive the component that counts.

mod definition;
mod instruments;
mod label;
mod reading;
mod registry;
pub mod table;
#[cfg(test)]
mod tests;
mod views;

pub use definition::{Definition, Instrument};
pub use instruments::{Counter, Gauge, Held, Histogram, UpDownCounter};
pub use label::{LabelValue, Labels};
pub use reading::{Distribution, Family, Reading, Series};
pub(crate) use registry::items_name;
pub use registry::{Metrics, Observation};
