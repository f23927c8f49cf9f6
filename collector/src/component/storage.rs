//! Storage that an extension offers to other components: durable queues for exporters, and small
//! states for receivers that remember how far they have read.
//!
//! A component asks the [`Host`](super::Host) for its storage extension, that for
//! [`Extension::storage`](super::Extension::storage), and opens what it needs by a name of its own
//! ([`client_name`]).

use std::fmt::Write;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::Kind;
use crate::config::ids::ComponentId;

/// What a storage extension offers. Opening something twice at a time is an error.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Where things are kept. Two storages with the same place are the same.
    fn place(&self) -> String;

    /// Opens the queue of a name, which is made when there is none.
    ///
    /// # Errors
    /// When it cannot be read, cannot be made, or is open already.
    async fn queue(&self, name: &str) -> Result<OpenQueue, StorageError>;

    /// Opens the state of a name, which is made when there is none.
    ///
    /// # Errors
    /// When it cannot be read, cannot be made, or is open already.
    async fn state(&self, name: &str) -> Result<Arc<dyn DurableState>, StorageError>;
}

/// A queue that was opened, with what earlier processes left in it.
pub struct OpenQueue {
    /// The queue.
    pub queue: Arc<dyn DurableQueue>,
    /// What is stored and not done, first in first.
    pub waiting: Vec<Waiting>,
    /// Records that cannot be read any more. They have been set aside and told in the log.
    pub damaged: usize,
}

/// A record that waits, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number in the queue.
    pub number: u64,
    /// Spans, datapoints, log records or profile samples in it.
    pub items: usize,
    /// Length of its body in bytes.
    pub bytes: usize,
}

/// A record of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Spans, datapoints, log records or profile samples in it.
    pub items: usize,
    /// What is known about where it came from.
    pub context: Bytes,
    /// The telemetry.
    pub body: Bytes,
}

/// Records in order, each with a number. What was put is there until it is done, also when the
/// process ends in between.
#[async_trait]
pub trait DurableQueue: Send + Sync {
    /// Puts a record at the end. Answers once it would survive the end of the process, or of the
    /// machine when the storage is so configured.
    ///
    /// # Errors
    /// When it is not stored. Nothing of it is left then.
    async fn put(&self, record: Record) -> Result<Kept, StorageError>;

    /// Reads a record that is not done.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] when the record is there and not what was put; it has been set aside.
    async fn get(&self, number: u64) -> Result<Record, StorageError>;

    /// Removes a record. A removal may get lost when the process ends at once; the record is then
    /// there again.
    fn done(&self, number: u64);

    /// Waits until all removals so far are stored.
    async fn flush(&self);
}

/// A record that was put. Dropped before [`Kept::keep`], because whoever put it has gone, it is
/// removed again.
pub struct Kept {
    number: u64,
    remove: Option<Box<dyn FnOnce(u64) + Send + Sync>>,
}

impl Kept {
    /// The record of a number, and how to remove it.
    pub fn new(number: u64, remove: impl FnOnce(u64) + Send + Sync + 'static) -> Self {
        Self { number, remove: Some(Box::new(remove)) }
    }

    /// The number of the record, which stays.
    pub fn keep(mut self) -> u64 {
        self.remove = None;
        self.number
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(remove) = self.remove.take() {
            remove(self.number);
        }
    }
}

/// A few small values by key. Changes survive the end of the machine once they are answered.
#[async_trait]
pub trait DurableState: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError>;

    /// All keys with their values, in the order of the keys.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn all(&self) -> Result<Vec<(String, Vec<u8>)>, StorageError>;

    /// Sets keys, or removes those without a value: all of them or, on an error, none.
    ///
    /// # Errors
    /// When they cannot be stored.
    async fn change(&self, changes: Vec<(String, Option<Vec<u8>>)>) -> Result<(), StorageError>;
}

/// Storage did not do what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// There is no room, which may pass.
    #[error("{0}")]
    Full(String),
    /// It is open already.
    #[error("{0}")]
    InUse(String),
    /// What is there is not what was put.
    #[error("{0}")]
    Damaged(String),
    /// The system failed.
    #[error("{0}")]
    System(String),
    /// It was closed.
    #[error("the storage is closed")]
    Closed,
}

/// The name by which a component opens its storage: unique for the component and the part of it.
/// Made of letters, digits, `.`, `-`, `_` and `~`, so that it can be the name of a file.
pub fn client_name(kind: Kind, id: &ComponentId, part: &str) -> String {
    let raw = format!("{}_{id}_{part}", kind.as_str());
    let mut name = String::with_capacity(raw.len());
    for character in raw.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_') {
            name.push(character);
        } else {
            // Writing to a string does not fail.
            let _ = write!(name, "~{:04X}", u32::from(character));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_fit_for_files() {
        let id = |text: &str| text.parse::<ComponentId>().expect("a valid id");
        let name = |text| client_name(Kind::Exporter, &id(text), "traces");
        assert_eq!(name("otlp_grpc"), "exporter_otlp_grpc_traces");
        assert_eq!(name("otlp_grpc/a/é"), "exporter_otlp_grpc~002Fa~002F~00E9_traces");
        assert_ne!(name("a_b/c"), name("a/b_c"));
    }
}
