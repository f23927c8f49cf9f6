//! A bounded queue in memory: accepted batches in, the same in order out. What is taken out still
//! counts until it is released, so that the bound holds for queue and exports together.
//!
//! A queue that grows makes those who fill it wait a moment, although their batches are in it already.
//! A sender that is as fast as the backend then stays level with it, and what lies in memory, and a
//! crash would lose, is little. Behind a backend that is down the moment is all that anyone waits.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
    /// From so many waiting batches on the queue counts as growing.
    backlog: usize,
    state: Mutex<State>,
    filled: Notify,
    freed: Notify,
    /// The backlog is worked off.
    caught_up: Notify,
}

/// How long those who fill a growing queue wait at most.
const MOMENT: Duration = Duration::from_millis(2);

#[derive(Default)]
struct State {
    entries: VecDeque<Entry>,
    size: usize,
    closed: bool,
}

/// Whether an entry found room.
enum Room {
    Enough,
    /// It did, behind more others than are exported at a time.
    Backlog,
    None,
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
    /// A queue that counts as growing from `backlog` waiting batches on.
    pub(super) fn new(
        sizer: Sizer,
        capacity: usize,
        block_on_overflow: bool,
        backlog: usize,
    ) -> Self {
        Self {
            sizer,
            capacity,
            block_on_overflow,
            backlog,
            state: Mutex::default(),
            filled: Notify::new(),
            freed: Notify::new(),
            caught_up: Notify::new(),
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
        let mut entry = Some(entry);
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            match self.offer(&mut entry, size)? {
                Room::Enough => return Ok(()),
                Room::Backlog => {
                    // Whether it is worked off or not, the batch is in the queue.
                    let _ = tokio::time::timeout(MOMENT, self.caught_up.notified()).await;
                    return Ok(());
                }
                Room::None if self.block_on_overflow => freed.await,
                Room::None => return Err(Refused::retryable("sending queue is full")),
            }
        }
    }

    /// Takes the entry if there is room for it.
    fn offer(&self, entry: &mut Option<Entry>, size: usize) -> Result<Room, Refused> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::retryable("sending queue is stopped"));
        }
        if state.size + size > self.capacity {
            return Ok(Room::None);
        }
        state.size += size;
        state.entries.extend(entry.take());
        let room = if state.entries.len() > self.backlog { Room::Backlog } else { Room::Enough };
        drop(state);
        self.filled.notify_one();
        Ok(room)
    }

    /// Takes the first entry; `None` once the queue is closed and empty. For one taker at a time.
    pub(super) async fn take(&self) -> Option<Entry> {
        loop {
            {
                let mut state = self.lock();
                if let Some(entry) = state.entries.pop_front() {
                    let caught_up = state.entries.len() <= self.backlog;
                    drop(state);
                    if caught_up {
                        self.caught_up.notify_waiters();
                    }
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

    /// Room that is taken.
    pub(super) fn taken(&self) -> usize {
        self.lock().size
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
