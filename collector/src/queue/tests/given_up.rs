//! What is not sent: cut in two, given up, counted.

use super::*;
use crate::config::values::Duration as Span;

fn dropped(exporter: &ExportQueue, reason: &str) -> u64 {
    let labels = [("exporter", "test".to_owned()), ("reason", reason.to_owned())];
    let metrics = &exporter.core.settings.metrics;
    metrics.counter("holt_exporter_dropped_spans", labels).total()
}

fn total(exporter: &ExportQueue, name: &str) -> u64 {
    exporter.core.settings.metrics.total(name)
}

#[tokio::test]
async fn what_is_too_large_is_cut_until_it_fits() {
    let gate = Gate::taking_at_most(3);
    let exporter = start(&gate, QueueSettings::default()).await;
    let (ack, outcome) = Ack::root();
    exporter.consume(spans(10), Context::none().with_ack(ack)).await.unwrap();
    assert_eq!(soon(outcome).await, AckOutcome::Delivered);
    assert_eq!(gate.sent(), [3, 2, 3, 2]);
    assert_eq!(total(&exporter, "otelcol_exporter_sent_spans"), 10);
    assert_eq!(total(&exporter, "otelcol_exporter_send_failed_spans"), 0);
}

#[tokio::test]
async fn a_single_item_that_is_too_large_is_dropped_and_counted() {
    let gate = Gate::taking_at_most(0);
    let exporter = start(&gate, QueueSettings::default()).await;
    let (ack, outcome) = Ack::root();
    exporter.consume(spans(3), Context::none().with_ack(ack)).await.unwrap();
    assert_eq!(soon(outcome).await, AckOutcome::Dropped("too_large"));
    assert_eq!((dropped(&exporter, "too_large"), dropped(&exporter, "permanent")), (3, 0));
    assert_eq!(total(&exporter, "otelcol_exporter_send_failed_spans"), 3);
}

#[tokio::test]
async fn everything_accepted_is_accounted_for() {
    let refusals =
        [Refused::permanent("never"), Refused::retryable("busy"), Refused::retryable("busy")];
    let gate = Gate::new(4, refusals);
    let (settings, _) = settings(Kind::Exporter, "test");
    let retry = RetrySettings { max_elapsed_time: Span::from_millis(1), ..fast_retry() };
    let retry = RetrySettings { initial_interval: Span::from_secs(60), ..retry };
    let queue = QueueSettings { num_consumers: 1, ..QueueSettings::default() };
    let queue = Optional::Some(queue);
    let exporter = ExportQueue::new(gate.clone(), settings, Signal::Traces, &queue, &retry);
    exporter.start(&Host::default()).await.unwrap();
    // Never taken, then given up twice for want of time, then sent; two wait for the gate.
    for items in [1, 2, 4, 8, 16, 32] {
        exporter.consume(spans(items), Context::none()).await.unwrap();
    }
    eventually(|| gate.sent() == [8]).await;
    assert_eq!(dropped(&exporter, "permanent"), 1);
    assert_eq!(dropped(&exporter, "retries_exhausted"), 2 + 4);
    let stopped = exporter.stop(Instant::now() + Duration::from_millis(20)).await;
    assert_eq!(stopped.unsent_items, 16 + 32);
    assert_eq!(dropped(&exporter, "shutdown"), 16 + 32);
    assert_eq!(total(&exporter, "otelcol_exporter_sent_spans"), 8);
}

#[tokio::test]
async fn sizes_count_until_the_export_has_ended() {
    for (sizer, size) in [
        (Sizer::Requests, 2),
        (Sizer::Items, 7),
        (Sizer::Bytes, spans(3).encoded_len() + spans(4).encoded_len()),
    ] {
        let gate = Gate::new(0, []);
        let queue = QueueSettings { sizer: Some(sizer), num_consumers: 1, ..Default::default() };
        let exporter = start(&gate, queue).await;
        exporter.consume(spans(3), Context::none()).await.unwrap();
        exporter.consume(spans(4), Context::none()).await.unwrap();
        let metrics = exporter.core.settings.metrics.clone();
        let gauge = move || metrics.total("otelcol_exporter_queue_size");
        assert_eq!(gauge(), size as u64);
        gate.open.add_permits(1);
        eventually(|| gauge() < size as u64).await;
        gate.open.add_permits(1);
        eventually(|| gauge() == 0).await;
    }
}

#[tokio::test]
async fn a_batch_fills_up_to_its_greatest_size() {
    let gate = Gate::new(OPEN, []);
    let batch = QueueBatchSettings {
        min_size: 10,
        max_size: 10,
        flush_timeout: Span::from_secs(3600),
        ..Default::default()
    };
    let queue =
        QueueSettings { batch: Optional::Some(batch), num_consumers: 1, ..Default::default() };
    let exporter = start(&gate, queue).await;
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        let (ack, outcome) = Ack::root();
        exporter.consume(spans(7), Context::none().with_ack(ack)).await.unwrap();
        outcomes.push(outcome);
    }
    eventually(|| gate.sent() == [10, 10, 10]).await;
    let mut last = outcomes.pop().unwrap();
    for outcome in outcomes {
        assert_eq!(soon(outcome).await, AckOutcome::Delivered);
    }
    assert!(futures_util::poll!(&mut last).is_pending(), "five of its spans wait");
    exporter.stop(far()).await;
    assert_eq!(soon(last).await, AckOutcome::Delivered);
    assert_eq!(gate.sent(), [10, 10, 10, 5]);
}

#[tokio::test]
async fn a_record_larger_than_a_batch_goes_alone() {
    let gate = Gate::new(OPEN, []);
    let batch = QueueBatchSettings {
        min_size: 1,
        max_size: 1,
        sizer: Some(Sizer::Bytes),
        ..Default::default()
    };
    let queue = QueueSettings { batch: Optional::Some(batch), ..Default::default() };
    let exporter = start(&gate, queue).await;
    exporter.consume(spans(3), Context::none()).await.unwrap();
    eventually(|| gate.sent() == [1, 1, 1]).await;
}

#[tokio::test]
async fn clients_are_kept_apart() {
    let gate = Gate::new(OPEN, []);
    let batch = QueueBatchSettings {
        flush_timeout: Span::from_secs(3600),
        partition: PartitionSettings { metadata_keys: vec!["Tenant".to_owned()] },
        ..Default::default()
    };
    let queue = QueueSettings { batch: Optional::Some(batch), ..Default::default() };
    let exporter = start(&gate, queue).await;
    for (tenant, items) in
        [(Some("a"), 1), (Some("b"), 2), (Some("a"), 4), (Some(""), 8), (None, 16)]
    {
        let context = tenant.map_or_else(Context::none, of_tenant);
        exporter.consume(spans(items), context).await.unwrap();
    }
    exporter.stop(far()).await;
    let mut sent = gate.sent();
    sent.sort_unstable();
    assert_eq!(sent, [2, 5, 8, 16]);
}
