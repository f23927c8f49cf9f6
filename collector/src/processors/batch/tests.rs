//! The processor between a source and a consumer that answers as told.

use std::sync::Arc;
use std::time::Duration;

use holt_pdata::Signal;
use tokio::time::Instant;

use super::Factory;
use crate::component::{
    Ack, AckOutcome, ClientMetadata, Consumer, Context, Kind, Processor, ProcessorFactory, Refused,
    Settings,
};
use crate::testing::{Recorder, eventually, node, section, settings, soon, spans};

fn processor(yaml: &str, next: &Arc<Recorder>) -> (Arc<dyn Processor>, Settings) {
    let (node, id) = (node(yaml), "batch".parse().unwrap());
    let mut diagnostics = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut diagnostics);
    let config = config.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let (settings, _) = settings(Kind::Processor, "batch");
    let next: Arc<dyn Consumer> = next.clone();
    (config.create(settings.clone(), Signal::Traces, next).unwrap(), settings)
}

fn far() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[tokio::test]
async fn small_batches_are_joined_when_there_are_enough() {
    let recorder = Recorder::refusing([]);
    let (batch, _) = processor("{send_batch_size: 10, timeout: 1h}", &recorder);
    for _ in 0..4 {
        batch.consume(spans(3), Context::none()).await.unwrap();
    }
    eventually(|| recorder.sizes() == [12]).await;
}

#[tokio::test]
async fn the_timeout_sends_what_there_is() {
    let recorder = Recorder::refusing([]);
    let (batch, _) = processor("{timeout: 1ms}", &recorder);
    batch.consume(spans(3), Context::none()).await.unwrap();
    eventually(|| recorder.sizes() == [3]).await;
}

#[tokio::test]
async fn zeros_send_at_once() {
    for yaml in ["{send_batch_size: 0, timeout: 1h}", "{timeout: 0s}"] {
        let recorder = Recorder::refusing([]);
        let (batch, _) = processor(yaml, &recorder);
        batch.consume(spans(3), Context::none()).await.unwrap();
        eventually(|| recorder.sizes() == [3]).await;
    }
}

#[tokio::test]
async fn large_batches_are_cut() {
    let recorder = Recorder::refusing([]);
    let yaml = "{send_batch_size: 10, send_batch_max_size: 10, timeout: 1h}";
    let (batch, _) = processor(yaml, &recorder);
    batch.consume(spans(25), Context::none()).await.unwrap();
    eventually(|| recorder.sizes() == [10, 10]).await;
    batch.stop(far()).await;
    assert_eq!(recorder.sizes(), [10, 10, 5]);
}

#[tokio::test]
async fn stopping_passes_on_the_rest() {
    let recorder = Recorder::refusing([]);
    let (batch, _) = processor("{timeout: 1h}", &recorder);
    batch.consume(spans(3), Context::none()).await.unwrap();
    assert_eq!(batch.stop(far()).await.unsent_items, 0);
    assert_eq!(recorder.sizes(), [3]);
    assert!(batch.consume(spans(1), Context::none()).await.is_err());
}

#[tokio::test]
async fn a_refused_batch_is_kept_and_offered_again() {
    let recorder = Recorder::refusing([Refused::retryable("busy"), Refused::retryable("busy")]);
    let (batch, _) = processor("{timeout: 1ms}", &recorder);
    let (ack, outcome) = Ack::root();
    batch.consume(spans(3), Context::none().with_ack(ack)).await.unwrap();
    assert_eq!(soon(outcome).await, AckOutcome::Delivered);
    assert_eq!((recorder.sizes(), recorder.offers()), (vec![3], 3));
}

#[tokio::test]
async fn a_batch_refused_for_good_is_dropped_and_counted() {
    let recorder = Recorder::refusing([Refused::permanent("malformed")]);
    let (batch, settings) = processor("{timeout: 1ms}", &recorder);
    let (ack, outcome) = Ack::root();
    batch.consume(spans(3), Context::none().with_ack(ack)).await.unwrap();
    assert!(matches!(soon(outcome).await, AckOutcome::Dropped(_)));
    assert_eq!(settings.metrics.total("holt_processor_dropped_items"), 3);
}

#[tokio::test]
async fn a_full_buffer_hands_the_refusal_back() {
    let busy = || Refused::retryable("busy").with_after(Some(Duration::from_secs(3600)));
    let recorder = Recorder::refusing([busy()]);
    let (batch, _) = processor("{send_batch_size: 5, timeout: 1h}", &recorder);
    batch.consume(spans(5), Context::none()).await.unwrap();
    eventually(|| recorder.offers() == 1).await;
    // The refused batch waits; behind it the buffer takes twice the batch size.
    batch.consume(spans(10), Context::none()).await.unwrap();
    let answer = soon(batch.consume(spans(1), Context::none())).await;
    assert_eq!(answer, Err(busy()));
    let stopped = batch.stop(Instant::now() + Duration::from_millis(50)).await;
    assert_eq!(stopped.unsent_items, 15);
}

#[tokio::test]
async fn metadata_is_kept_apart_and_counted() {
    let recorder = Recorder::refusing([]);
    let yaml = "{send_batch_size: 4, timeout: 1h, metadata_keys: [X-Tenant], metadata_cardinality_limit: 2}";
    let (batch, _) = processor(yaml, &recorder);
    let from = |tenant: &str| {
        let mut client = ClientMetadata::default();
        client.push("x-tenant", tenant);
        client.push("x-other", "dropped");
        Context { client: Some(Arc::new(client)), ..Context::none() }
    };
    for tenant in ["blue", "green", "blue", "green"] {
        batch.consume(spans(2), from(tenant)).await.unwrap();
    }
    eventually(|| recorder.sizes() == [4, 4]).await;
    let mut tenants = recorder.metadata("x-tenant");
    tenants.sort();
    assert_eq!(tenants, [["blue"], ["green"]]);
    assert_eq!(recorder.metadata("x-other"), [[""; 0], [""; 0]]);
    let refused = batch.consume(spans(2), from("red")).await.unwrap_err();
    assert!(refused.permanent);
    assert_eq!(refused.message, "too many batcher metadata-value combinations");
}

#[test]
fn settings_are_checked() {
    let messages = |yaml: &str| {
        let (node, id) = (node(yaml), "batch".parse().unwrap());
        let mut diagnostics = Vec::new();
        Factory::default().parse(section(&id, &node), &mut diagnostics);
        diagnostics.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(messages("{}"), [""; 0]);
    assert_eq!(messages("{send_batch_max_size: 5}").len(), 1);
    assert_eq!(messages("{timeout: -1s, metadata_keys: [a, A]}").len(), 2);
}
