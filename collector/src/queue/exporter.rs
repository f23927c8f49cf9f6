//! The exporter that a pipeline sees.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use holt_pdata::{Batch, Signal};
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::batcher::Batcher;
use super::dispatch::dispatch;
use super::memory::{Entry, MemoryQueue};
use super::meters::Meters;
use super::retry::{Drain, send_with_retry};
use super::{QueueSettings, RetrySettings, Sizer};
use crate::component::{
    AckOutcome, Component, Consumer, Context, Host, Refused, Settings, StartError, Stopped,
};
use crate::config::values::Optional;
use crate::telemetry::Observation;
use crate::telemetry::metrics::LabelValue;

/// Sends batches by one protocol.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Makes one attempt, within the exporter's own timeout.
    async fn send(&self, batch: &Batch, context: &Context) -> Result<(), Refused>;

    /// Labels of metrics that say where it sends.
    fn destination(&self) -> Vec<(&'static str, LabelValue)> {
        Vec::new()
    }

    /// Opens what the first attempt would have to wait for. Must not wait for a peer.
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let _ = host;
        Ok(())
    }
}

/// An exporter made of a [`Sender`]: queue, batching, retries and counting as configured.
pub struct ExportQueue {
    core: Arc<Core>,
    queue: Option<Queue>,
}

struct Queue {
    settings: QueueSettings,
    memory: Arc<MemoryQueue>,
    dispatcher: Mutex<Option<JoinHandle<Option<()>>>>,
    _fullness: [Observation; 2],
}

/// What queued and direct exports have in common.
pub(super) struct Core {
    sender: Arc<dyn Sender>,
    pub(super) settings: Settings,
    retry: RetrySettings,
    drain: Drain,
    /// Ends exports at the deadline of a stop.
    pub(super) abort: CancellationToken,
    /// Items accepted and not yet exported or given up.
    pub(super) pending: AtomicUsize,
    pub(super) meters: Meters,
    /// Whether batches are put together before they are sent.
    batches: bool,
}

impl Core {
    /// Exports a batch with retries and counts the outcome.
    pub(super) async fn export(&self, batch: &Batch, context: &Context) -> Result<(), Refused> {
        let (sender, settings) = (self.sender.as_ref(), &self.settings);
        if self.batches {
            self.meters.batched(batch);
        }
        let _in_flight = self.meters.begin();
        let outcome =
            send_with_retry(sender, batch, context, &self.retry, settings, &self.drain).await;
        self.meters.ended(batch.items(), &outcome);
        outcome
    }

    /// Logs that a batch is given up.
    pub(super) fn dropped(&self, refused: &Refused, items: usize) {
        let hint = if refused.permanent || self.retry.enabled {
            ""
        } else {
            " Try enabling retry_on_failure config option to retry on retryable errors."
        };
        tracing::error!(
            otelcol.component.id = %self.settings.id,
            otelcol.component.kind = "exporter",
            error = %refused,
            dropped_items = items,
            "Exporting failed. Dropping data.{hint}"
        );
    }

    /// Logs that a batch is handed back.
    fn rejected(&self, refused: &Refused, items: usize, hint: &str) {
        tracing::error!(
            otelcol.component.id = %self.settings.id,
            otelcol.component.kind = "exporter",
            error = %refused,
            rejected_items = items,
            "Exporting failed. Rejecting data.{hint}"
        );
    }
}

impl ExportQueue {
    /// An exporter of one signal.
    pub fn new(
        sender: Arc<dyn Sender>,
        settings: Settings,
        signal: Signal,
        queue: &Optional<QueueSettings>,
        retry: &RetrySettings,
    ) -> Self {
        let meters = Meters::new(&settings.counters, &settings.id, signal, sender.destination());
        let batches = queue.as_ref().is_some_and(|queue| queue.batch.as_ref().is_some());
        let queue = queue.as_ref().map(|queue| {
            let capacity = usize::try_from(queue.queue_size).unwrap_or(usize::MAX);
            let memory = Arc::new(MemoryQueue::new(
                queue.queue_sizer(),
                capacity,
                queue.block_on_overflow,
                usize::try_from(queue.num_consumers).unwrap_or(usize::MAX),
            ));
            let observed = memory.clone();
            Queue {
                settings: queue.clone(),
                memory,
                dispatcher: Mutex::new(None),
                _fullness: meters.observe_queue(capacity, move || observed.taken()),
            }
        });
        let core = Arc::new(Core {
            sender,
            settings,
            retry: retry.clone(),
            drain: Drain::default(),
            abort: CancellationToken::new(),
            pending: AtomicUsize::new(0),
            meters,
            batches,
        });
        Self { core, queue }
    }

    async fn enqueue(&self, queue: &Queue, batch: Batch, context: Context) -> Result<(), Refused> {
        let items = batch.items();
        if items == 0 {
            context.ack.resolve(AckOutcome::Delivered);
            return Ok(());
        }
        let (result, answer) = match queue.settings.wait_for_result {
            true => {
                let (sender, receiver) = oneshot::channel();
                (Some(sender), Some(receiver))
            }
            false => (None, None),
        };
        self.core.meters.enqueued(&batch);
        // It outlives its request, so it must not keep a large buffer alive.
        let entry = Entry { batch: batch.compact(), context, result };
        self.core.pending.fetch_add(items, Ordering::Relaxed);
        if let Err(refused) = queue.memory.put(entry).await {
            self.core.pending.fetch_sub(items, Ordering::Relaxed);
            self.core.meters.enqueue_failed(items);
            self.core.rejected(&refused, items, "");
            return Err(refused);
        }
        match answer {
            None => Ok(()),
            Some(answer) => {
                answer.await.unwrap_or_else(|_| Err(Refused::retryable("the exporter was stopped")))
            }
        }
    }
}

#[async_trait]
impl Component for ExportQueue {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        self.core.sender.start(host).await?;
        if let Some(queue) = &self.queue {
            let batcher = queue.settings.batch.as_ref().map(|batch| {
                Batcher::new(batch, queue.settings.batch_sizer().unwrap_or(Sizer::Items))
            });
            let consumers = u32::try_from(queue.settings.num_consumers).unwrap_or(1).max(1);
            let task = dispatch(self.core.clone(), queue.memory.clone(), batcher, consumers);
            *queue.dispatcher.lock().await = Some(self.core.settings.status.spawn(task));
        }
        Ok(())
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        self.core.drain.begin();
        let Some(queue) = &self.queue else { return Stopped::default() };
        queue.memory.close();
        if let Some(mut dispatcher) = queue.dispatcher.lock().await.take()
            && tokio::time::timeout_at(deadline, &mut dispatcher).await.is_err()
        {
            dispatcher.abort();
            self.core.abort.cancel();
        }
        Stopped { unsent_items: self.core.pending.load(Ordering::Relaxed), errors: Vec::new() }
    }
}

#[async_trait]
impl Consumer for ExportQueue {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        if let Some(queue) = &self.queue {
            return self.enqueue(queue, batch, context).await;
        }
        match self.core.export(&batch, &context).await {
            Ok(()) => {
                context.ack.resolve(AckOutcome::Delivered);
                Ok(())
            }
            Err(refused) => {
                let hint = " Try enabling sending_queue to survive temporary failures.";
                let hint = if refused.permanent { "" } else { hint };
                self.core.rejected(&refused, batch.items(), hint);
                Err(refused)
            }
        }
    }
}
