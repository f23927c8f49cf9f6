//! One buffer and the task that empties it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use holt_pdata::Batch;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::buffer::Buffer;
use super::config::Config;
use super::meters::{Meters, Trigger};
use crate::component::{Ack, AckOutcome, ClientMetadata, Consumer, Context, Refused, Settings};

/// First wait after a refusal that names none.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// Longest such wait.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

pub(super) struct Shard {
    timeout: Duration,
    trigger: usize,
    max_items: usize,
    /// Items the buffer holds before it pushes back.
    capacity: usize,
    settings: Settings,
    next: Arc<dyn Consumer>,
    client: Option<Arc<ClientMetadata>>,
    state: Mutex<State>,
    filled: Notify,
    freed: Notify,
    /// Items taken and neither passed on nor given up.
    pending: AtomicUsize,
    meters: Meters,
    task: Mutex<Option<JoinHandle<Option<()>>>>,
}

#[derive(Default)]
struct State {
    buffer: Buffer,
    /// When the first batch of the buffer came.
    since: Option<Instant>,
    closed: bool,
    /// The answer of the next component while it keeps refusing.
    refusal: Option<Refused>,
}

enum Step {
    Wait(Option<Instant>),
    Send(Vec<(Batch, Ack)>, Trigger),
    End,
}

impl Shard {
    pub(super) fn start(
        config: &Config,
        settings: &Settings,
        meters: Meters,
        next: Arc<dyn Consumer>,
        client: Option<Arc<ClientMetadata>>,
    ) -> Arc<Self> {
        let trigger = config.send_batch_size as usize;
        let max_items = config.send_batch_max_size as usize;
        let shard = Arc::new(Self {
            timeout: config.timeout.to_std(),
            trigger,
            max_items,
            capacity: trigger.max(max_items).max(1) * 2,
            meters,
            settings: settings.clone(),
            next,
            client,
            state: Mutex::default(),
            filled: Notify::new(),
            freed: Notify::new(),
            pending: AtomicUsize::new(0),
            task: Mutex::new(None),
        });
        let task = settings.status.spawn(shard.clone().run());
        *shard.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        shard
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a batch into the buffer. When it is full: waits, or passes on the refusal of the next
    /// component if that is why.
    pub(super) async fn put(&self, batch: Batch, ack: Ack) -> Result<(), Refused> {
        let items = batch.items();
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            {
                let mut state = self.lock();
                if state.closed {
                    return Err(Refused::retryable("the batch processor is stopped"));
                }
                if state.buffer.is_empty() || state.buffer.items() + items <= self.capacity {
                    self.pending.fetch_add(items, Ordering::Relaxed);
                    // It outlives its request, so it must not keep a large buffer alive.
                    state.buffer.push(batch.compact(), ack);
                    state.since.get_or_insert_with(Instant::now);
                    drop(state);
                    self.filled.notify_one();
                    return Ok(());
                }
                if let Some(refusal) = &state.refusal {
                    return Err(refusal.clone());
                }
            }
            freed.await;
        }
    }

    /// Passes on everything, until `deadline`. Gives the number of items that are left.
    pub(super) async fn stop(&self, deadline: Instant) -> usize {
        self.lock().closed = true;
        self.filled.notify_one();
        self.freed.notify_waiters();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut task) = task
            && tokio::time::timeout_at(deadline, &mut task).await.is_err()
        {
            task.abort();
        }
        self.pending.load(Ordering::Relaxed)
    }

    async fn run(self: Arc<Self>) {
        loop {
            let step = self.step(Instant::now());
            match step {
                Step::Wait(None) => self.filled.notified().await,
                Step::Wait(Some(until)) => {
                    // Whichever comes first; the next step finds out.
                    let _ = tokio::time::timeout_at(until, self.filled.notified()).await;
                }
                Step::Send(batches, trigger) => {
                    self.freed.notify_waiters();
                    for (batch, ack) in batches {
                        self.pass_on(batch, ack, trigger).await;
                    }
                }
                Step::End => return,
            }
        }
    }

    fn step(&self, now: Instant) -> Step {
        let mut state = self.lock();
        let Some(since) = state.since else {
            return if state.closed { Step::End } else { Step::Wait(None) };
        };
        let due = since + self.timeout;
        let is_large = state.buffer.items() >= self.trigger;
        if !is_large && !state.closed && now < due {
            return Step::Wait(Some(due));
        }
        let trigger = if now < due && !state.closed { Trigger::Size } else { Trigger::Timeout };
        let least = if trigger == Trigger::Size { self.trigger } else { 0 };
        let batches = state.buffer.take(self.max_items, least);
        state.since = (!state.buffer.is_empty()).then_some(now);
        Step::Send(batches, trigger)
    }

    /// Offers a batch until it is taken or refused for good.
    async fn pass_on(&self, batch: Batch, ack: Ack, trigger: Trigger) {
        let items = batch.items();
        let mut wait = FIRST_WAIT;
        let outcome = loop {
            let attempt = ack.attempt();
            let client = self.client.clone();
            let context = Context { client, ack: attempt.ack(), ..Context::none() };
            let refused = match self.next.consume(batch.clone(), context).await {
                Ok(()) => {
                    attempt.commit();
                    self.meters.sent(&batch, trigger);
                    break AckOutcome::Delivered;
                }
                Err(refused) => refused,
            };
            drop(attempt);
            if refused.permanent {
                self.meters.dropped.add(items);
                self.warn(&refused, items, "Sender failed. Dropping data.");
                break AckOutcome::Dropped("refused for good by the next component");
            }
            let pause = wait.max(refused.after.unwrap_or_default());
            self.warn(&refused, items, "Sender failed. Keeping the batch to offer it again.");
            let closed = {
                let mut state = self.lock();
                state.refusal = Some(refused);
                state.closed
            };
            self.freed.notify_waiters();
            tokio::time::sleep(if closed { FIRST_WAIT } else { pause }).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        };
        self.lock().refusal = None;
        self.pending.fetch_sub(items, Ordering::Relaxed);
        ack.resolve(outcome);
    }

    fn warn(&self, refused: &Refused, items: usize, message: &'static str) {
        tracing::warn!(
            otelcol.component.id = %self.settings.id,
            otelcol.component.kind = "processor",
            error = %refused,
            items,
            "{message}"
        );
    }
}
