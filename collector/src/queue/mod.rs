//! What stands between a pipeline and an exporter's sending: a queue, joining of batches, retries,
//! counting (`collector-core` reference §3).
//!
//! Batches enter through [`ExportQueue`], which is the exporter that the pipeline sees, and leave
//! through a [`Sender`], which knows one protocol and makes one attempt. With `sending_queue` on,
//! `consume` answers as soon as the batch is in the queue, in memory or in a storage extension
//! ([`Storage`](crate::component::storage::Storage)); without, when the export has ended.

mod batcher;
mod core;
mod dispatch;
mod drops;
mod entry;
mod exporter;
mod meters;
mod retry;
mod settings;
mod shared;
mod stored;
mod suspects;
#[cfg(test)]
mod tests;

pub use exporter::{ExportQueue, Sender};
pub use settings::{PartitionSettings, QueueBatchSettings, QueueSettings, RetrySettings, Sizer};
