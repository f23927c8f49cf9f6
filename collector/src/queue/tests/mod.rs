//! The queue between a caller and a sender that answers as told.

mod durable;
mod given_up;
mod reload;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use holt_pdata::{Batch, Signal};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::shared::{Limits, SharedQueue};
use super::{
    ExportQueue, PartitionSettings, QueueBatchSettings, QueueSettings, RetrySettings, Sender, Sizer,
};
use crate::component::{
    Ack, AckOutcome, ClientMetadata, Component, Consumer, Context, Host, Kind, Refused,
};
use crate::config::values::Optional;
use crate::testing::{eventually, settings, soon, spans};

/// Sends when the gate lets it, and answers as told.
struct Gate {
    open: Semaphore,
    answers: Mutex<VecDeque<Refused>>,
    sent: Mutex<Vec<usize>>,
    tenants: Mutex<Vec<Vec<String>>>,
    /// Most items of a batch that is not too large.
    most: usize,
}

impl Gate {
    fn new(open: usize, refusals: impl IntoIterator<Item = Refused>) -> Arc<Self> {
        Arc::new(Self {
            open: Semaphore::new(open),
            answers: Mutex::new(refusals.into_iter().collect()),
            sent: Mutex::default(),
            tenants: Mutex::default(),
            most: usize::MAX,
        })
    }

    fn taking_at_most(most: usize) -> Arc<Self> {
        let gate = Self::new(OPEN, []);
        Arc::new(Self { most, ..Arc::into_inner(gate).unwrap() })
    }

    fn sent(&self) -> Vec<usize> {
        self.sent.lock().unwrap().clone()
    }
}

#[async_trait]
impl Sender for Gate {
    async fn send(&self, batch: &Batch, context: &Context) -> Result<(), Refused> {
        self.open.acquire().await.unwrap().forget();
        if batch.items() > self.most {
            return Err(Refused::too_large("too much"));
        }
        if let Some(refused) = self.answers.lock().unwrap().pop_front() {
            return Err(refused);
        }
        self.sent.lock().unwrap().push(batch.items());
        self.tenants.lock().unwrap().push(context.metadata("tenant").to_vec());
        Ok(())
    }
}

const OPEN: usize = 1000;

/// The context of a request that named a tenant.
fn of_tenant(tenant: &str) -> Context {
    let mut client = ClientMetadata::default();
    client.push("tenant", tenant);
    Context { client: Some(Arc::new(client)), ..Context::none() }
}

fn far() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

fn fast_retry() -> RetrySettings {
    let millisecond = crate::config::values::Duration::from_millis(1);
    RetrySettings { initial_interval: millisecond, max_interval: millisecond, ..Default::default() }
}

async fn start(gate: &Arc<Gate>, queue: QueueSettings) -> Arc<ExportQueue> {
    let (settings, _) = settings(Kind::Exporter, "test");
    let queue = Optional::Some(queue);
    let exporter = ExportQueue::new(gate.clone(), settings, Signal::Traces, &queue, &fast_retry());
    exporter.start(&Host::default()).await.unwrap();
    Arc::new(exporter)
}

#[tokio::test]
async fn the_caller_does_not_wait_for_the_export() {
    let gate = Gate::new(0, []);
    let exporter = start(&gate, QueueSettings::default()).await;
    let (ack, mut outcome) = Ack::root();
    exporter.consume(spans(3), Context::none().with_ack(ack)).await.unwrap();
    assert!(futures_util::poll!(&mut outcome).is_pending());
    gate.open.add_permits(1);
    assert_eq!(soon(outcome).await, AckOutcome::Delivered);
    assert_eq!(gate.sent(), [3]);
}

#[tokio::test]
async fn a_full_queue_refuses() {
    let gate = Gate::new(0, []);
    let queue = QueueSettings { queue_size: 2, num_consumers: 1, ..Default::default() };
    let exporter = start(&gate, queue).await;
    exporter.consume(spans(1), Context::none()).await.unwrap();
    exporter.consume(spans(2), Context::none()).await.unwrap();
    let refused = exporter.consume(spans(3), Context::none()).await.unwrap_err();
    assert_eq!((refused.permanent, refused.message.as_str()), (false, "sending queue is full"));
    gate.open.add_permits(OPEN);
    assert_eq!(exporter.stop(far()).await.unsent_items, 0);
    assert_eq!(gate.sent(), [1, 2]);
}

#[tokio::test]
async fn a_full_queue_can_make_the_caller_wait() {
    let gate = Gate::new(0, []);
    let queue = QueueSettings {
        queue_size: 5,
        sizer: Some(Sizer::Items),
        block_on_overflow: true,
        ..Default::default()
    };
    let exporter = start(&gate, queue).await;
    exporter.consume(spans(5), Context::none()).await.unwrap();
    let waiting = exporter.consume(spans(4), Context::none());
    tokio::pin!(waiting);
    assert!(futures_util::poll!(&mut waiting).is_pending());
    gate.open.add_permits(OPEN);
    soon(waiting).await.unwrap();
    let too_large = exporter.consume(spans(6), Context::none()).await.unwrap_err();
    assert_eq!(too_large.message, "element size too large");
}

#[tokio::test]
async fn failures_that_may_pass_are_retried() {
    let busy = || Refused::retryable("busy");
    let gate = Gate::new(OPEN, [busy(), busy(), busy()]);
    let exporter = start(&gate, QueueSettings::default()).await;
    exporter.consume(spans(3), Context::none()).await.unwrap();
    eventually(|| gate.sent() == [3]).await;
}

#[tokio::test]
async fn the_caller_can_wait_for_the_result() {
    let gate = Gate::new(OPEN, [Refused::permanent("malformed")]);
    let queue = QueueSettings { wait_for_result: true, ..Default::default() };
    let exporter = start(&gate, queue).await;
    let refused = soon(exporter.consume(spans(3), Context::none())).await.unwrap_err();
    assert_eq!(refused, Refused::permanent("malformed"));
    soon(exporter.consume(spans(4), Context::none())).await.unwrap();
    assert_eq!(gate.sent(), [4]);
}

#[tokio::test]
async fn what_is_given_up_is_told_and_not_retried() {
    let gate = Gate::new(OPEN, [Refused::permanent("malformed")]);
    let exporter = start(&gate, QueueSettings::default()).await;
    let (ack, outcome) = Ack::root();
    exporter.consume(spans(3), Context::none().with_ack(ack)).await.unwrap();
    assert!(matches!(soon(outcome).await, AckOutcome::Dropped(_)));
    assert_eq!(exporter.stop(far()).await.unsent_items, 0);
    assert_eq!(gate.sent(), [0; 0]);
}

#[tokio::test]
async fn batches_are_joined_and_cut() {
    let gate = Gate::new(OPEN, []);
    let batch = QueueBatchSettings {
        min_size: 6,
        max_size: 8,
        flush_timeout: crate::config::values::Duration::from_secs(3600),
        ..Default::default()
    };
    let queue = QueueSettings { batch: Optional::Some(batch), ..Default::default() };
    let exporter = start(&gate, queue).await;
    let mut outcomes = Vec::new();
    for items in [4, 4, 20] {
        let (ack, outcome) = Ack::root();
        exporter.consume(spans(items), Context::none().with_ack(ack)).await.unwrap();
        outcomes.push(outcome);
    }
    let last = outcomes.pop().unwrap();
    for outcome in outcomes {
        assert_eq!(soon(outcome).await, AckOutcome::Delivered);
    }
    eventually(|| gate.sent() == [8, 8, 8]).await;
    exporter.consume(spans(1), Context::none()).await.unwrap();
    exporter.stop(far()).await;
    assert_eq!(soon(last).await, AckOutcome::Delivered);
    assert_eq!(gate.sent(), [8, 8, 8, 5]);
}

#[tokio::test]
async fn stopping_counts_what_is_left_at_the_deadline() {
    let gate = Gate::new(0, []);
    let queue = QueueSettings { num_consumers: 1, ..Default::default() };
    let exporter = start(&gate, queue).await;
    exporter.consume(spans(3), Context::none()).await.unwrap();
    exporter.consume(spans(4), Context::none()).await.unwrap();
    let stopped = exporter.stop(Instant::now() + Duration::from_millis(20)).await;
    assert_eq!(stopped.unsent_items, 7);
    assert!(exporter.consume(spans(1), Context::none()).await.is_err());
}

#[tokio::test]
async fn who_fills_a_growing_queue_is_let_go_whether_anybody_takes_or_not() {
    const WAITING: usize = 5;
    let limits =
        Limits { sizer: Sizer::Requests, capacity: 100, block_on_overflow: false, backlog: 2 };
    let queue = SharedQueue::in_memory(Signal::Traces, limits);
    queue.hold(limits);
    let leaving = CancellationToken::new();
    let put = || queue.put(spans(1), Context::none(), None);
    for _ in 0..WAITING {
        soon(put()).await.unwrap();
    }
    // Somebody catches up while the next one waits.
    let (put, ()) = soon(async {
        tokio::join!(put(), async {
            for _ in 0..WAITING {
                assert!(queue.take(&leaving).await.is_some());
            }
        })
    })
    .await;
    put.unwrap();
    assert!(soon(queue.take(&leaving)).await.is_some());
    assert!(queue.let_go());
    assert!(queue.take(&leaving).await.is_none());
}
