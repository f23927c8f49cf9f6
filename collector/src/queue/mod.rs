//! What stands between a pipeline and an exporter's sending: waiting, retrying, counting.
//!
//! Batches enter through [`ExportQueue`], which is the exporter that the pipeline sees, and leave
//! through a [`Sender`], which knows one protocol and makes one attempt.

mod exporter;
mod settings;

pub use exporter::{ExportQueue, Sender};
pub use settings::{QueueBatchSettings, QueueSettings, RetrySettings};
