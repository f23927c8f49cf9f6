//! The queue of one exporter and signal: batches in, the same in order out, within bounds. What is
//! taken out still counts until its ticket ends, so that the bounds hold for queue and exports
//! together.
//!
//! It is in memory alone, or in storage with as much of it in memory as is soon needed. It outlives
//! the exporter that opened it: one that takes its place in a reload holds the same queue, and it
//! closes when the last holder lets go.
//!
//! A queue in memory that grows makes those who fill it wait a moment, although their batches are in it
//! already. A sender that is as fast as the backend then stays level with it, and what lies in memory,
//! and a crash would lose, is little. Behind a backend that is down the moment is all that anyone waits.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use holt_pdata::{Batch, Signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::entry::{Entry, Payload, Reason, Size, Ticket, Waiter};
use super::stored;
use super::suspects::Suspects;
use super::{QueueSettings, Sizer};
use crate::component::storage::{DurableQueue, OpenQueue, StorageError};
use crate::component::{Ack, AckOutcome, Context, Refused};

/// How long those who fill a growing queue wait at most.
const MOMENT: Duration = Duration::from_millis(2);

/// Bytes of stored batches that are kept in memory too, so that they need not be read again.
const AT_HAND: usize = 32 << 20;

/// How much a queue takes, and what happens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) sizer: Sizer,
    pub(super) capacity: usize,
    pub(super) block_on_overflow: bool,
    /// From so many waiting batches on the queue counts as growing.
    pub(super) backlog: usize,
}

impl Limits {
    pub(super) fn of(settings: &QueueSettings) -> Self {
        let number = |value: i64| usize::try_from(value).unwrap_or(usize::MAX);
        Self {
            sizer: settings.queue_sizer(),
            capacity: number(settings.queue_size),
            block_on_overflow: settings.block_on_overflow,
            backlog: number(settings.num_consumers),
        }
    }
}

pub(super) struct SharedQueue {
    state: Mutex<State>,
    filled: Notify,
    freed: Notify,
    /// The backlog is worked off.
    caught_up: Notify,
    storage: Option<Arc<dyn DurableQueue>>,
    suspects: Suspects,
    signal: Signal,
}

struct State {
    entries: VecDeque<Entry>,
    /// Of everything that was put and has not ended.
    size: Size,
    limits: Limits,
    /// Bytes of stored batches in memory.
    at_hand: usize,
    next_position: u64,
    holders: usize,
    closed: bool,
}

/// Whether something found room.
enum Room {
    Enough,
    /// It did, behind more others than are exported at a time.
    Backlog,
    None,
}

/// A stored entry could not be read.
pub(super) struct Unreadable {
    pub(super) entry: Entry,
    pub(super) reason: Reason,
    pub(super) error: String,
}

impl SharedQueue {
    /// A queue in memory.
    pub(super) fn in_memory(signal: Signal, limits: Limits) -> Self {
        let state = State {
            entries: VecDeque::new(),
            size: Size::default(),
            limits,
            at_hand: 0,
            next_position: 0,
            holders: 0,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            filled: Notify::new(),
            freed: Notify::new(),
            caught_up: Notify::new(),
            storage: None,
            suspects: Suspects::default(),
            signal,
        }
    }

    /// A queue in storage, with what waits in it.
    pub(super) fn in_storage(
        signal: Signal,
        limits: Limits,
        open: OpenQueue,
        suspects: Suspects,
    ) -> Self {
        let storage = Some(open.queue);
        let queue = Self { storage, suspects, ..Self::in_memory(signal, limits) };
        let mut state = queue.lock();
        for waiting in open.waiting {
            let size = Size { requests: 1, items: waiting.items, bytes: waiting.bytes };
            let ticket = Ticket::new(size, Some(waiting.number), Ack::none(), None);
            state.size.add(size);
            let position = state.next_position;
            state.next_position += 1;
            state.entries.push_back(Entry {
                payload: Payload::Stored,
                context: Context::none(),
                tickets: vec![ticket],
                position,
            });
        }
        drop(state);
        queue
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether what is in it survives the process.
    pub(super) const fn is_durable(&self) -> bool {
        self.storage.is_some()
    }

    /// Notes one more holder, whose limits hold from now on. A queue that was closed and is still
    /// there is open again.
    pub(super) fn hold(&self, limits: Limits) {
        let mut state = self.lock();
        state.holders += 1;
        state.limits = limits;
        state.closed = false;
        drop(state);
        self.freed.notify_waiters();
    }

    /// Notes one holder less. True for the last one, with whom the queue closes.
    pub(super) fn let_go(&self) -> bool {
        let mut state = self.lock();
        state.holders = state.holders.saturating_sub(1);
        let is_last = state.holders == 0;
        state.closed |= is_last;
        drop(state);
        if is_last {
            self.filled.notify_waiters();
            self.freed.notify_waiters();
        }
        is_last
    }

    /// Size of everything in it, in the unit it is bounded in.
    pub(super) fn size(&self) -> usize {
        let state = self.lock();
        state.size.in_units(state.limits.sizer)
    }

    /// Size of what it takes.
    pub(super) fn capacity(&self) -> usize {
        self.lock().limits.capacity
    }

    /// Puts a batch at the end. When there is no room, waits or refuses, as configured.
    pub(super) async fn put(
        &self,
        batch: Batch,
        mut context: Context,
        result: Option<Waiter>,
    ) -> Result<(), Refused> {
        let size = Size::of(&batch);
        let mut ack = std::mem::take(&mut context.ack);
        let Some(storage) = &self.storage else {
            let mut entry = Some((batch, context, ack, result));
            let insert = |state: &mut State| {
                let Some((batch, context, ack, result)) = entry.take() else { return };
                let tickets = vec![Ticket::new(size, None, ack, result)];
                push(state, Payload::Here(batch), context, tickets);
            };
            if let Room::Backlog = self.enter(size, insert).await? {
                // Whether it is worked off or not, the batch is in the queue.
                let _ = tokio::time::timeout(MOMENT, self.caught_up.notified()).await;
            }
            return Ok(());
        };
        self.enter(size, |_| {}).await?;
        // Gives the room back if the batch is not stored, or whoever asks goes away meanwhile.
        let mut reserved = Reserved { queue: self, size: Some(size) };
        let kept = storage.put(stored::record(&batch, &context)).await.map_err(refused)?;
        let mut state = self.lock();
        if state.closed {
            // The storage forgets it again, so that the answer is true.
            return Err(stopped());
        }
        let number = kept.keep();
        reserved.size = None;
        let tickets = vec![Ticket::new(size, Some(number), Ack::none(), result)];
        let payload = match state.at_hand + size.bytes <= AT_HAND {
            true => {
                state.at_hand += size.bytes;
                Payload::Here(batch)
            }
            false => Payload::Stored,
        };
        push(&mut state, payload, context, tickets);
        drop(state);
        self.filled.notify_one();
        std::mem::take(&mut ack).resolve(AckOutcome::Stored);
        Ok(())
    }

    /// Waits for room, as configured, takes it, and does something with it at once.
    async fn enter(&self, size: Size, mut insert: impl FnMut(&mut State)) -> Result<Room, Refused> {
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            let (room, blocks) = self.try_enter(size, &mut insert)?;
            match room {
                Room::None if blocks => freed.await,
                Room::None => return Err(Refused::retryable("sending queue is full")),
                room => return Ok(room),
            }
        }
    }

    fn try_enter(
        &self,
        size: Size,
        insert: &mut impl FnMut(&mut State),
    ) -> Result<(Room, bool), Refused> {
        let mut state = self.lock();
        let Limits { sizer, capacity, block_on_overflow, backlog } = state.limits;
        if state.closed {
            return Err(stopped());
        }
        if size.in_units(sizer) > capacity {
            return Err(Refused::retryable("element size too large"));
        }
        if state.size.in_units(sizer) + size.in_units(sizer) > capacity {
            return Ok((Room::None, block_on_overflow));
        }
        state.size.add(size);
        insert(&mut state);
        let room = if state.entries.len() > backlog { Room::Backlog } else { Room::Enough };
        drop(state);
        self.filled.notify_one();
        Ok((room, block_on_overflow))
    }

    /// Takes the first entry. `None` when the taker is leaving, and once the queue is closed and
    /// there is nothing in it that the next process will not have.
    pub(super) async fn take(&self, leaving: &CancellationToken) -> Option<Entry> {
        loop {
            let filled = self.filled.notified();
            tokio::pin!(filled);
            filled.as_mut().enable();
            {
                let mut state = self.lock();
                if leaving.is_cancelled() || (state.closed && self.is_durable()) {
                    return None;
                }
                if let Some(entry) = state.entries.pop_front() {
                    state.at_hand = state.at_hand.saturating_sub(self.at_hand(&entry));
                    let caught_up = state.entries.len() <= state.limits.backlog;
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
            tokio::select! {
                () = filled => {}
                () = leaving.cancelled() => return None,
            }
        }
    }

    /// Bytes of an entry that count as at hand.
    fn at_hand(&self, entry: &Entry) -> usize {
        match &entry.payload {
            Payload::Here(batch) if self.is_durable() => batch.encoded_len(),
            Payload::Here(_) | Payload::Stored => 0,
        }
    }

    /// The telemetry of an entry, read from storage if need be, with the context it was stored with.
    pub(super) async fn load(&self, mut entry: Entry) -> Result<(Entry, Batch), Box<Unreadable>> {
        if let Payload::Here(batch) = &entry.payload {
            let batch = batch.clone();
            return Ok((entry, batch));
        }
        let number = entry.tickets.first().and_then(|ticket| ticket.number);
        let (Some(storage), Some(number)) = (&self.storage, number) else {
            let error = "it is in no storage".to_owned();
            return Err(Box::new(Unreadable { entry, reason: Reason::Unreadable, error }));
        };
        let read = storage.get(number).await.and_then(|record| stored::open(self.signal, record));
        match read {
            Ok((batch, context)) => {
                entry.context = context;
                entry.payload = Payload::Here(batch.clone());
                Ok((entry, batch))
            }
            Err(error) => {
                let reason = match error {
                    StorageError::Damaged(_) => Reason::Damaged,
                    _ => Reason::Unreadable,
                };
                Err(Box::new(Unreadable { entry, reason, error: error.to_string() }))
            }
        }
    }

    /// Puts entries that were taken and not sent where they were.
    pub(super) fn put_back(&self, entries: Vec<Entry>) {
        let mut state = self.lock();
        for entry in entries {
            state.at_hand += self.at_hand(&entry);
            let place = state.entries.iter().position(|other| other.position > entry.position);
            let place = place.unwrap_or(state.entries.len());
            state.entries.insert(place, entry);
        }
        drop(state);
        self.filled.notify_waiters();
        self.filled.notify_one();
    }

    /// Takes everything that waits, once the queue is closed.
    pub(super) fn rest(&self) -> Vec<Entry> {
        self.lock().entries.drain(..).collect()
    }

    /// How many batches wait, and how many items are in them.
    pub(super) fn waiting(&self) -> (usize, usize) {
        let state = self.lock();
        (state.entries.len(), state.entries.iter().map(Entry::items).sum())
    }

    /// Ends a ticket: gives its room back and, when it is in storage and done, removes it there.
    pub(super) fn end(&self, size: Size, done: Option<u64>) {
        if let (Some(storage), Some(number)) = (&self.storage, done) {
            storage.done(number);
            self.suspects.forget(&**storage, number);
        }
        self.lock().size.subtract(size);
        self.freed.notify_waiters();
    }

    /// Whether an exporter has panicked on the stored batch of a ticket.
    pub(super) fn is_suspect(&self, ticket: &Ticket) -> bool {
        ticket.number.is_some_and(|number| self.suspects.contains(number))
    }

    /// Remembers, also for later processes, that an exporter has panicked on a stored batch.
    pub(super) async fn suspect(&self, number: u64) {
        if let Some(storage) = &self.storage {
            self.suspects.mark(&**storage, number).await;
        }
    }

    /// Waits until storage knows what is done.
    pub(super) async fn flush(&self) {
        if let Some(storage) = &self.storage {
            storage.flush().await;
        }
    }
}

fn push(state: &mut State, payload: Payload, context: Context, tickets: Vec<Arc<Ticket>>) {
    let position = state.next_position;
    state.next_position += 1;
    state.entries.push_back(Entry { payload, context, tickets, position });
}

fn stopped() -> Refused {
    Refused::retryable("sending queue is stopped")
}

fn refused(error: StorageError) -> Refused {
    Refused::retryable(format!("sending queue cannot store: {error}"))
}

/// Room in a queue for a batch that is not in it yet.
struct Reserved<'a> {
    queue: &'a SharedQueue,
    /// Nothing once the batch is in the queue.
    size: Option<Size>,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if let Some(size) = self.size {
            self.queue.end(size, None);
        }
    }
}
