//! Stored batches on which an exporter has panicked. A panic ends the process, and the next one finds
//! the batch again: so that it does not panic on it for ever, a mark is put into the queue the first
//! time, and the second time the batch is given up.
//!
//! A mark is a record without items and without a body; what it is about stands in its context.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::component::storage::{DurableQueue, OpenQueue, Record, Waiting};

/// Numbers of batches, each with the number of its mark.
#[derive(Debug, Default)]
pub(super) struct Suspects(Mutex<HashMap<u64, u64>>);

const PANICKED: &str = "panicked ";

impl Suspects {
    /// Takes the marks out of a queue that was opened. Those about batches that are gone are removed.
    pub(super) async fn of(open: &mut OpenQueue) -> Self {
        let is_mark = |waiting: &Waiting| waiting.items == 0 && waiting.bytes == 0;
        let marks: Vec<u64> =
            open.waiting.iter().filter(|one| is_mark(one)).map(|one| one.number).collect();
        open.waiting.retain(|waiting| !is_mark(waiting));
        let suspects = Self::default();
        for mark in marks {
            let about = match open.queue.get(mark).await {
                Ok(record) => number(&record),
                Err(_) => None,
            };
            let about = about.filter(|about| open.waiting.iter().any(|one| one.number == *about));
            match about {
                Some(about) if !suspects.contains(about) => {
                    suspects.lock().insert(about, mark);
                }
                _ => open.queue.done(mark),
            }
        }
        suspects
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an exporter has panicked on a batch.
    pub(super) fn contains(&self, number: u64) -> bool {
        self.lock().contains_key(&number)
    }

    /// Marks a batch.
    pub(super) async fn mark(&self, queue: &dyn DurableQueue, number: u64) {
        let context = Bytes::from(format!("{PANICKED}{number}"));
        match queue.put(Record { items: 0, context, body: Bytes::new() }).await {
            Ok(kept) => {
                self.lock().insert(number, kept.keep());
            }
            Err(error) => tracing::warn!(
                %error,
                batch = number,
                "A batch on which the exporter panicked could not be marked"
            ),
        }
    }

    /// Removes the mark of a batch that is done.
    pub(super) fn forget(&self, queue: &dyn DurableQueue, number: u64) {
        let mark = self.lock().remove(&number);
        if let Some(mark) = mark {
            queue.done(mark);
        }
    }
}

/// The batch that a mark is about.
fn number(record: &Record) -> Option<u64> {
    std::str::from_utf8(&record.context).ok()?.strip_prefix(PANICKED)?.parse().ok()
}
