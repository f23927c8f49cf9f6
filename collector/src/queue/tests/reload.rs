//! An exporter takes the place of another that has the same id and signal.

use super::*;
use crate::component::Resources;

fn exporter(gate: &Arc<Gate>, queue: QueueSettings) -> Arc<ExportQueue> {
    let (settings, _) = settings(Kind::Exporter, "test");
    let queue = Optional::Some(queue);
    Arc::new(ExportQueue::new(gate.clone(), settings, Signal::Traces, &queue, &fast_retry()))
}

fn one_at_a_time() -> QueueSettings {
    QueueSettings { num_consumers: 1, ..QueueSettings::default() }
}

#[tokio::test]
async fn the_next_exporter_sends_what_the_first_one_has() {
    let host = Host::default().with_resources(Resources::default());
    let (closed, gate) = (Gate::new(0, []), Gate::new(0, []));
    let first = exporter(&closed, one_at_a_time());
    first.start(&host).await.unwrap();
    let mut outcomes = Vec::new();
    for items in 1..=5 {
        let (ack, outcome) = Ack::root();
        first.consume(spans(items), Context::none().with_ack(ack)).await.unwrap();
        outcomes.push(outcome);
    }
    // One is being sent, and will never be; four wait, of which the next one may take one at once.
    let second = exporter(&gate, one_at_a_time());
    second.start(&host).await.unwrap();
    let stopped = first.stop(Instant::now() + Duration::from_millis(20)).await;
    assert_eq!((stopped.unsent_items, closed.sent()), (0, vec![]));
    second.consume(spans(6), Context::none()).await.unwrap();
    gate.open.add_permits(OPEN);
    for outcome in outcomes {
        assert_eq!(soon(outcome).await, AckOutcome::Delivered);
    }
    eventually(|| gate.sent().len() == 6).await;
    let sent = gate.sent();
    // Two the next one had taken already; what the first one had goes before what waits.
    assert_eq!(sent[2..], [1, 2, 5, 6], "{sent:?}");
    assert_eq!(second.stop(far()).await.unsent_items, 0);
    let metrics = &first.core.settings.metrics;
    assert_eq!(metrics.total("holt_exporter_dropped_spans"), 0);
}

#[tokio::test]
async fn retries_go_to_the_next_exporter_at_once() {
    let host = Host::default();
    let failing = Gate::new(OPEN, (0..OPEN).map(|_| Refused::retryable("moved")));
    let (settings, _) = settings(Kind::Exporter, "test");
    let queue = Optional::Some(QueueSettings::default());
    let slow = RetrySettings::default();
    let first = ExportQueue::new(failing.clone(), settings, Signal::Traces, &queue, &slow);
    first.start(&host).await.unwrap();
    first.consume(spans(3), Context::none()).await.unwrap();
    eventually(|| failing.answers.lock().unwrap().len() < OPEN).await;
    let gate = Gate::new(OPEN, []);
    let second = exporter(&gate, QueueSettings::default());
    second.start(&host).await.unwrap();
    soon(first.stop(far())).await;
    eventually(|| gate.sent() == [3]).await;
}

#[tokio::test]
async fn new_limits_hold_for_what_waits() {
    let host = Host::default();
    let gate = Gate::new(0, []);
    let first = exporter(&gate, QueueSettings { queue_size: 2, ..one_at_a_time() });
    first.start(&host).await.unwrap();
    first.consume(spans(5), Context::none()).await.unwrap();
    first.consume(spans(5), Context::none()).await.unwrap();
    assert!(first.consume(spans(5), Context::none()).await.is_err());
    let items = QueueSettings { sizer: Some(Sizer::Items), queue_size: 14, ..one_at_a_time() };
    let second = exporter(&gate, items);
    second.start(&host).await.unwrap();
    second.consume(spans(4), Context::none()).await.unwrap();
    assert!(second.consume(spans(1), Context::none()).await.is_err());
    gate.open.add_permits(OPEN);
    first.stop(far()).await;
    second.stop(far()).await;
    assert_eq!(gate.sent().iter().sum::<usize>(), 14);
}

#[tokio::test]
async fn joined_batches_that_wait_go_back_as_they_came() {
    let host = Host::default();
    let batch = QueueBatchSettings {
        flush_timeout: crate::config::values::Duration::from_secs(3600),
        ..Default::default()
    };
    let joining = QueueSettings { batch: Optional::Some(batch), ..one_at_a_time() };
    let gate = Gate::new(OPEN, []);
    let first = exporter(&gate, joining);
    first.start(&host).await.unwrap();
    for items in 1..=3 {
        first.consume(spans(items), Context::none()).await.unwrap();
    }
    let started = first.queue.as_ref().unwrap().started.get().unwrap();
    eventually(|| started.shared.waiting().0 == 0).await;
    let second = exporter(&gate, one_at_a_time());
    second.start(&host).await.unwrap();
    first.stop(far()).await;
    eventually(|| gate.sent() == [1, 2, 3]).await;
}

#[tokio::test]
async fn a_start_that_comes_to_nothing_changes_nothing() {
    let host = Host::default();
    let gate = Gate::new(0, []);
    let first = exporter(&gate, one_at_a_time());
    first.start(&host).await.unwrap();
    let second = exporter(&gate, one_at_a_time());
    second.start(&host).await.unwrap();
    soon(second.stop(far())).await;
    first.consume(spans(2), Context::none()).await.unwrap();
    gate.open.add_permits(OPEN);
    assert_eq!(first.stop(far()).await.unsent_items, 0);
    assert_eq!(gate.sent(), [2]);
}
