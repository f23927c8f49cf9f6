//! The exporter that a pipeline sees.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use holt_pdata::{Batch, Signal};
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::batcher::Batcher;
use super::core::Core;
use super::dispatch::dispatch;
use super::entry::{Entry, Outcome, Reason};
use super::shared::{Limits, SharedQueue};
use super::suspects::Suspects;
use super::{QueueSettings, RetrySettings, Sizer};
use crate::component::storage::{Storage, client_name};
use crate::component::{
    AckOutcome, Component, Consumer, Context, Host, Kind, Refused, Settings, StartError, Stopped,
};
use crate::config::ids::ComponentId;
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
    pub(super) core: Arc<Core>,
    signal: Signal,
    pub(super) queue: Option<Queue>,
}

/// What an exporter with a queue has.
pub(super) struct Queue {
    settings: QueueSettings,
    /// There from the start on.
    pub(super) started: std::sync::OnceLock<Started>,
}

pub(super) struct Started {
    pub(super) shared: Arc<SharedQueue>,
    leaving: CancellationToken,
    dispatcher: Mutex<Option<JoinHandle<Option<()>>>>,
    _gauges: [Observation; 2],
}

/// Time that exports have to end once they are told to.
const AFTER_ABORT: Duration = Duration::from_millis(500);

impl ExportQueue {
    /// An exporter of one signal.
    pub fn new(
        sender: Arc<dyn Sender>,
        settings: Settings,
        signal: Signal,
        queue: &Optional<QueueSettings>,
        retry: &RetrySettings,
    ) -> Self {
        let core = Core::new(sender, settings, signal, retry.clone(), queue.as_ref());
        let queue = queue
            .as_ref()
            .map(|queue| Queue { settings: queue.clone(), started: std::sync::OnceLock::new() });
        Self { core: Arc::new(core), signal, queue }
    }

    async fn enqueue(&self, queue: &Queue, batch: Batch, context: Context) -> Result<(), Refused> {
        let items = batch.items();
        if items == 0 {
            context.ack.resolve(AckOutcome::Delivered);
            return Ok(());
        }
        let Some(started) = queue.started.get() else {
            return Err(Refused::retryable("the exporter has not started"));
        };
        let (result, answer) = match queue.settings.wait_for_result {
            true => {
                let (sender, receiver) = oneshot::channel();
                (Some(sender), Some(receiver))
            }
            false => (None, None),
        };
        // It outlives its request, so it must not keep a large buffer alive.
        let batch = batch.compact();
        self.core.meters.enqueued(&batch);
        if let Err(refused) = started.shared.put(batch, context, result).await {
            self.core.meters.enqueue_failed(items);
            self.core.drops.rejected(&refused, items, "");
            return Err(refused);
        }
        match answer {
            None => Ok(()),
            Some(answer) => {
                answer.await.unwrap_or_else(|_| Err(Refused::retryable("the exporter was stopped")))
            }
        }
    }

    /// The queue of this exporter and signal: the one that is open, or a new one.
    async fn open(
        &self,
        host: &Host,
        settings: &QueueSettings,
    ) -> Result<Arc<SharedQueue>, StartError> {
        let (signal, id) = (self.signal, &self.core.settings.id);
        let limits = Limits::of(settings);
        let key = format!("queue:{}:{id}", signal.name());
        let Some(storage) = &settings.storage else {
            let open = async { Ok::<_, StartError>(SharedQueue::in_memory(signal, limits)) };
            return host.resources().share(&key, open).await;
        };
        let storage = storage_of(host, storage)?;
        let key = format!("{key}:{}", storage.place());
        let open = async {
            let name = client_name(Kind::Exporter, id, signal.name());
            let mut open = storage.queue(&name).await.map_err(StartError::of)?;
            let suspects = Suspects::of(&mut open).await;
            if !open.waiting.is_empty() {
                tracing::info!(
                    otelcol.component.id = %id,
                    otelcol.component.kind = "exporter",
                    otelcol.signal = signal.name(),
                    batches = open.waiting.len(),
                    items = open.waiting.iter().map(|waiting| waiting.items).sum::<usize>(),
                    "Sending what an earlier process has stored"
                );
            }
            if open.damaged > 0 {
                let labels = [("exporter", id.to_string())];
                let metrics = &self.core.settings.metrics;
                metrics.counter("holt_exporter_damaged_batches", labels).add(open.damaged);
            }
            Ok::<_, StartError>(SharedQueue::in_storage(signal, limits, open, suspects))
        };
        host.resources().share(&key, open).await
    }

    /// Gauges of a queue, for as long as the answer lives.
    fn gauges(&self, queue: &Arc<SharedQueue>) -> [Observation; 2] {
        let (size, capacity) = (Arc::downgrade(queue), Arc::downgrade(queue));
        self.core.meters.observe_queue(
            move || capacity.upgrade().map_or(0, |queue| queue.capacity()),
            move || size.upgrade().map_or(0, |queue| queue.size()),
        )
    }
}

/// The storage of an extension.
fn storage_of(host: &Host, id: &ComponentId) -> Result<Arc<dyn Storage>, StartError> {
    let Some(extension) = host.extension(id) else {
        let text = format!("no storage client extension found: `{id}` is not started");
        return Err(StartError(text));
    };
    extension.storage().ok_or_else(|| {
        StartError(format!("requested extension is not a storage extension: `{id}`"))
    })
}

#[async_trait]
impl Component for ExportQueue {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        self.core.sender.start(host).await?;
        let Some(queue) = &self.queue else { return Ok(()) };
        let settings = &queue.settings;
        let shared = self.open(host, settings).await?;
        shared.hold(Limits::of(settings));
        let batcher = settings
            .batch
            .as_ref()
            .map(|batch| Batcher::new(batch, settings.batch_sizer().unwrap_or(Sizer::Items)));
        let consumers = u32::try_from(settings.num_consumers).unwrap_or(1).max(1);
        let leaving = CancellationToken::new();
        let (core, held) = (self.core.clone(), shared.clone());
        let task = dispatch(core, held, batcher, consumers, leaving.clone());
        let dispatcher = Mutex::new(Some(self.core.settings.status.spawn(task)));
        let gauges = self.gauges(&shared);
        // A component starts once.
        let _ = queue.started.set(Started { shared, leaving, dispatcher, _gauges: gauges });
        Ok(())
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        self.core.drain.begin();
        let Some(started) = self.queue.as_ref().and_then(|queue| queue.started.get()) else {
            self.core.drops.finish();
            return Stopped::default();
        };
        let is_last = started.shared.let_go();
        if !is_last {
            // Another exporter has the queue, and sends what this one gives back.
            started.leaving.cancel();
        }
        if !is_last || started.shared.is_durable() {
            self.core.drain.end();
        }
        if let Some(mut dispatcher) = started.dispatcher.lock().await.take()
            && tokio::time::timeout_at(deadline, &mut dispatcher).await.is_err()
        {
            self.core.abort.cancel();
            started.leaving.cancel();
            if tokio::time::timeout(AFTER_ABORT, &mut dispatcher).await.is_err() {
                dispatcher.abort();
            }
        }
        self.core.drops.finish();
        if !is_last {
            return Stopped::default();
        }
        self.finish(&started.shared).await
    }
}

impl ExportQueue {
    /// Accounts for what is left in a queue that nobody holds any more.
    async fn finish(&self, queue: &SharedQueue) -> Stopped {
        if queue.is_durable() {
            let (batches, items) = queue.waiting();
            queue.flush().await;
            if items > 0 {
                tracing::info!(
                    otelcol.component.id = %self.core.settings.id,
                    otelcol.component.kind = "exporter",
                    otelcol.signal = self.signal.name(),
                    batches,
                    items,
                    "What was not sent is stored for the next start"
                );
            }
            return Stopped::default();
        }
        let rest = queue.rest();
        let unsent_items = rest.iter().map(Entry::items).sum();
        for entry in rest {
            entry.settle(&Outcome::Left, queue);
        }
        self.core.drops.count(Reason::Shutdown, unsent_items);
        Stopped { unsent_items, errors: Vec::new() }
    }
}

#[async_trait]
impl Consumer for ExportQueue {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        if let Some(queue) = &self.queue {
            return self.enqueue(queue, batch, context).await;
        }
        match self.core.send(&batch, &context).await {
            Ok(()) => {
                context.ack.resolve(AckOutcome::Delivered);
                Ok(())
            }
            Err(failure) => {
                let refused = failure.into_refused();
                self.core.hand_back(batch.items(), &refused);
                Err(refused)
            }
        }
    }
}
