//! What waits in a queue, and who is told when it has left.
//!
//! A batch that is put gets a [`Ticket`], which counts in the queue until the batch is dealt with.
//! An [`Entry`] is telemetry with the tickets it stands for: one as put, several once batches were
//! joined. Cut or joined as they are, each entry settles its tickets, and the last one to settle a
//! ticket ends it with the worst of the outcomes.

use std::sync::{Arc, Mutex, PoisonError};

use holt_pdata::Batch;
use tokio::sync::oneshot;

use super::Sizer;
use super::shared::SharedQueue;
use crate::component::{Ack, AckOutcome, Context, Refused};

/// How much something is, in all units there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) requests: usize,
    pub(super) items: usize,
    pub(super) bytes: usize,
}

impl Size {
    /// The size of a batch.
    pub(super) fn of(batch: &Batch) -> Self {
        Self { requests: 1, items: batch.items(), bytes: batch.encoded_len() }
    }

    /// The size in the unit of a sizer.
    pub(super) const fn in_units(self, sizer: Sizer) -> usize {
        match sizer {
            Sizer::Requests => self.requests,
            Sizer::Items => self.items,
            Sizer::Bytes => self.bytes,
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.items += other.items;
        self.bytes += other.bytes;
    }

    pub(super) fn subtract(&mut self, other: Self) {
        self.requests = self.requests.saturating_sub(other.requests);
        self.items = self.items.saturating_sub(other.items);
        self.bytes = self.bytes.saturating_sub(other.bytes);
    }
}

/// What became of a batch, from best to worst.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The destination has it.
    Sent,
    /// It was given up.
    Dropped(Reason, Refused),
    /// It stays in storage for the next process, or where there is none, is lost with this one.
    Left,
}

impl Outcome {
    const fn rank(&self) -> u8 {
        match self {
            Self::Sent => 0,
            Self::Dropped(..) => 1,
            Self::Left => 2,
        }
    }
}

/// Why telemetry was given up; the label of the metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// The destination will never take it.
    Permanent,
    /// The time for retries was over, or there were none.
    RetriesExhausted,
    /// A single item is more than the destination takes.
    TooLarge,
    /// The collector ended first.
    Shutdown,
    /// Storage gave back something else than was put.
    Damaged,
    /// Storage cannot be read at present.
    Unreadable,
    /// The exporter panicked on it, and again in another process.
    Panic,
}

impl Reason {
    pub(super) const ALL: [Self; 7] = [
        Self::Permanent,
        Self::RetriesExhausted,
        Self::TooLarge,
        Self::Shutdown,
        Self::Damaged,
        Self::Unreadable,
        Self::Panic,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::RetriesExhausted => "retries_exhausted",
            Self::TooLarge => "too_large",
            Self::Shutdown => "shutdown",
            Self::Damaged => "damaged",
            Self::Unreadable => "unreadable",
            Self::Panic => "panic",
        }
    }
}

/// The place in a queue of a batch that was put.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) size: Size,
    /// Its number in storage.
    pub(super) number: Option<u64>,
    state: Mutex<TicketState>,
}

#[derive(Debug)]
struct TicketState {
    /// Entries that have not settled it.
    open: usize,
    worst: Outcome,
    ack: Ack,
    result: Option<Waiter>,
}

/// Who waits for the result of an export.
pub(super) type Waiter = oneshot::Sender<Result<(), Refused>>;

impl Ticket {
    pub(super) fn new(
        size: Size,
        number: Option<u64>,
        ack: Ack,
        result: Option<Waiter>,
    ) -> Arc<Self> {
        let state = TicketState { open: 1, worst: Outcome::Sent, ack, result };
        Arc::new(Self { size, number, state: Mutex::new(state) })
    }

    /// Notes that so many more entries stand for the batch.
    pub(super) fn share(&self, more: usize) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).open += more;
    }

    /// Notes what became of one of its entries.
    pub(super) fn settle(&self, outcome: &Outcome, queue: &SharedQueue) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if outcome.rank() > state.worst.rank() {
            state.worst = outcome.clone();
        }
        state.open = state.open.saturating_sub(1);
        if state.open > 0 {
            return;
        }
        let worst = state.worst.clone();
        let ack = std::mem::take(&mut state.ack);
        let result = state.result.take();
        drop(state);
        queue.end(self.size, self.number.filter(|_| worst != Outcome::Left));
        let (acknowledged, answer) = match worst {
            Outcome::Sent => (AckOutcome::Delivered, Ok(())),
            Outcome::Dropped(reason, refused) => (AckOutcome::Dropped(reason.name()), Err(refused)),
            Outcome::Left => (
                AckOutcome::Dropped(Reason::Shutdown.name()),
                Err(Refused::retryable("the exporter was stopped")),
            ),
        };
        ack.resolve(acknowledged);
        if let Some(result) = result {
            // Whoever asked may have gone.
            let _ = result.send(answer);
        }
    }
}

/// Telemetry of an entry.
#[derive(Clone, Debug)]
pub(super) enum Payload {
    /// In memory.
    Here(Batch),
    /// In storage, under the number of the entry's only ticket.
    Stored,
}

/// Telemetry in a queue.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) payload: Payload,
    /// Where it came from; without the acknowledgement, which its tickets have.
    pub(super) context: Context,
    pub(super) tickets: Vec<Arc<Ticket>>,
    /// Its place in the order of the queue.
    pub(super) position: u64,
}

impl Entry {
    /// Spans, datapoints, log records or profile samples in it.
    pub(super) fn items(&self) -> usize {
        match &self.payload {
            Payload::Here(batch) => batch.items(),
            Payload::Stored => self.tickets.iter().map(|ticket| ticket.size.items).sum(),
        }
    }

    /// Notes what became of it.
    pub(super) fn settle(self, outcome: &Outcome, queue: &SharedQueue) {
        for ticket in self.tickets {
            ticket.settle(outcome, queue);
        }
    }
}
