//! A bounded queue in memory: accepted batches in, the same in order out. What is taken out still
//! counts until it is released, so that the bound holds for queue and exports together.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use holt_pdata::Batch;
use tokio::sync::{Notify, oneshot};

use super::Sizer;
use crate::component::{Context, Refused};

/// A batch in the queue.
pub(super) struct Entry {
    pub(super) batch: Batch,
    pub(super) context: Context,
    /// Who waits for the result of the export.
    pub(super) result: Option<oneshot::Sender<Result<(), Refused>>>,
}

pub(super) struct MemoryQueue {
    sizer: Sizer,
    capacity: usize,
    block_on_overflow: bool,
    state: Mutex<State>,
    filled: Notify,
    freed: Notify,
}

#[derive(Default)]
struct State {
    entries: VecDeque<Entry>,
    size: usize,
    closed: bool,
}

/// Size of a batch in the unit of a sizer.
pub(super) fn size_of(batch: &Batch, sizer: Sizer) -> usize {
    match sizer {
        Sizer::Requests => 1,
        Sizer::Items => batch.items(),
        Sizer::Bytes => batch.encoded_len(),
    }
}

impl MemoryQueue {
    pub(super) fn new(sizer: Sizer, capacity: usize, block_on_overflow: bool) -> Self {
        Self {
            sizer,
            capacity,
            block_on_overflow,
            state: Mutex::default(),
            filled: Notify::new(),
            freed: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an entry at the end. When there is no room, waits or refuses, as configured.
    pub(super) async fn put(&self, entry: Entry) -> Result<(), Refused> {
        let size = size_of(&entry.batch, self.sizer);
        if size > self.capacity {
            return Err(Refused::retryable("element size too large"));
        }
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            {
                let mut state = self.lock();
                if state.closed {
                    return Err(Refused::retryable("sending queue is stopped"));
                }
                if state.size + size <= self.capacity {
                    state.size += size;
                    state.entries.push_back(entry);
                    drop(state);
                    self.filled.notify_one();
                    return Ok(());
                }
            }
            if !self.block_on_overflow {
                return Err(Refused::retryable("sending queue is full"));
            }
            freed.await;
        }
    }

    /// Takes the first entry; `None` once the queue is closed and empty. For one taker at a time.
    pub(super) async fn take(&self) -> Option<Entry> {
        loop {
            {
                let mut state = self.lock();
                if let Some(entry) = state.entries.pop_front() {
                    return Some(entry);
                }
                if state.closed {
                    return None;
                }
            }
            self.filled.notified().await;
        }
    }

    /// Gives back the room of a batch whose export has ended.
    pub(super) fn release(&self, size: usize) {
        let mut state = self.lock();
        state.size = state.size.saturating_sub(size);
        drop(state);
        self.freed.notify_waiters();
    }

    /// Room that a batch takes.
    pub(super) fn size_of(&self, batch: &Batch) -> usize {
        size_of(batch, self.sizer)
    }

    /// Takes no more entries.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
        self.freed.notify_waiters();
    }
}
