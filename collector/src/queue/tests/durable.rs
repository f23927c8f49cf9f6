//! Queues in storage. What a crash does to them is tested with real processes, in `tests/e2e`.

use tempfile::TempDir;

use super::*;
use crate::component::{ComponentState, Extension, Resources, registry};
use crate::testing::{node, section};

/// A storage extension over a directory.
async fn storage(folder: &TempDir, settings_text: &str, resources: &Resources) -> Host {
    let id = "file_storage".parse().unwrap();
    let text = format!("{{directory: '{}'{settings_text}}}", folder.path().display());
    let node = node(&text);
    let factory = registry::all().extension("file_storage").unwrap().factory;
    let config = factory.parse(section(&id, &node), &mut Vec::new()).unwrap();
    let extension: Arc<dyn Extension> =
        config.create(settings(Kind::Extension, "file_storage").0).unwrap();
    extension.start(&Host::default().with_resources(resources.clone())).await.unwrap();
    Host::new(vec![(id, extension)]).with_resources(resources.clone())
}

fn stored() -> QueueSettings {
    let storage = Some("file_storage".parse().unwrap());
    QueueSettings { storage, num_consumers: 1, ..QueueSettings::default() }
}

async fn start_stored(gate: &Arc<Gate>, queue: QueueSettings, host: &Host) -> Arc<ExportQueue> {
    let (settings, _) = settings(Kind::Exporter, "test");
    let queue = Optional::Some(queue);
    let exporter = ExportQueue::new(gate.clone(), settings, Signal::Traces, &queue, &fast_retry());
    exporter.start(host).await.unwrap();
    Arc::new(exporter)
}

#[tokio::test]
async fn what_is_stored_is_acknowledged_and_survives_the_exporter() {
    let folder = TempDir::new().unwrap();
    let gate = Gate::new(1, []);
    {
        let host = storage(&folder, "", &Resources::default()).await;
        let exporter = start_stored(&gate, stored(), &host).await;
        for items in 1..=4 {
            let (ack, outcome) = Ack::root();
            let context = of_tenant(&items.to_string()).with_ack(ack);
            exporter.consume(spans(items), context).await.unwrap();
            assert_eq!(soon(outcome).await, AckOutcome::Stored);
        }
        eventually(|| gate.sent() == [1]).await;
        let stopped = exporter.stop(Instant::now() + Duration::from_millis(20)).await;
        assert_eq!(stopped.unsent_items, 0, "it is not lost");
        let metrics = &exporter.core.settings.metrics;
        assert_eq!(metrics.total("holt_exporter_dropped_spans"), 0);
    }
    let host = storage(&folder, "", &Resources::default()).await;
    let exporter = start_stored(&gate, stored(), &host).await;
    gate.open.add_permits(OPEN);
    eventually(|| gate.sent() == [1, 2, 3, 4]).await;
    let tenants: Vec<String> =
        gate.tenants.lock().unwrap().iter().map(|tenant| tenant.concat()).collect();
    assert_eq!(tenants, ["1", "2", "3", "4"]);
    exporter.stop(far()).await;
    drop((exporter, host));
    let host = storage(&folder, "", &Resources::default()).await;
    let exporter = start_stored(&gate, stored(), &host).await;
    exporter.consume(spans(5), Context::none()).await.unwrap();
    eventually(|| gate.sent() == [1, 2, 3, 4, 5]).await;
}

#[tokio::test]
async fn what_will_never_be_taken_is_not_kept() {
    let folder = TempDir::new().unwrap();
    let gate = Gate::new(OPEN, [Refused::permanent("malformed")]);
    for _ in 0..2 {
        let host = storage(&folder, "", &Resources::default()).await;
        let exporter = start_stored(&gate, stored(), &host).await;
        if gate.sent().is_empty() {
            exporter.consume(spans(1), Context::none()).await.unwrap();
            exporter.consume(spans(2), Context::none()).await.unwrap();
        }
        eventually(|| gate.sent() == [2]).await;
        exporter.stop(far()).await;
    }
}

#[tokio::test]
async fn joined_batches_are_done_when_all_of_them_is_sent() {
    let folder = TempDir::new().unwrap();
    let batch = QueueBatchSettings {
        min_size: 4,
        max_size: 4,
        flush_timeout: crate::config::values::Duration::from_secs(3600),
        ..Default::default()
    };
    let queue = QueueSettings { batch: Optional::Some(batch), ..stored() };
    let gate = Gate::new(OPEN, []);
    let host = storage(&folder, "", &Resources::default()).await;
    let exporter = start_stored(&gate, queue, &host).await;
    exporter.consume(spans(3), Context::none()).await.unwrap();
    exporter.consume(spans(3), Context::none()).await.unwrap();
    eventually(|| gate.sent() == [4]).await;
    exporter.stop(far()).await;
    drop((exporter, host));
    // Two spans of the second batch were not sent, and what is stored is batches.
    let host = storage(&folder, "", &Resources::default()).await;
    let exporter = start_stored(&gate, stored(), &host).await;
    eventually(|| gate.sent() == [4, 3]).await;
    exporter.stop(far()).await;
}

#[tokio::test]
async fn a_storage_without_room_refuses_and_recovers() {
    let folder = TempDir::new().unwrap();
    let gate = Gate::new(0, []);
    let host = storage(&folder, ", max_size: 65536", &Resources::default()).await;
    let exporter = start_stored(&gate, stored(), &host).await;
    let refused = loop {
        if let Err(refused) = exporter.consume(spans(1000), Context::none()).await {
            break refused;
        }
    };
    assert!(!refused.permanent && refused.message.contains("max_size"), "{refused}");
    gate.open.add_permits(OPEN);
    let queue = exporter.queue.as_ref().unwrap().started.get().unwrap().shared.clone();
    eventually(|| queue.size() == 0).await;
    queue.flush().await;
    exporter.consume(spans(1000), Context::none()).await.unwrap();
}

#[tokio::test]
async fn a_replacement_shares_the_storage() {
    let folder = TempDir::new().unwrap();
    let resources = Resources::default();
    let (closed, gate) = (Gate::new(0, []), Gate::new(OPEN, []));
    let host = storage(&folder, "", &resources).await;
    let first = start_stored(&closed, stored(), &host).await;
    for items in 1..=3 {
        first.consume(spans(items), Context::none()).await.unwrap();
    }
    let next_host = storage(&folder, ", fsync: true", &resources).await;
    let second = start_stored(&gate, stored(), &next_host).await;
    drop(host);
    first.stop(Instant::now() + Duration::from_millis(20)).await;
    drop(first);
    second.consume(spans(4), Context::none()).await.unwrap();
    eventually(|| gate.sent().len() == 4).await;
    let mut sent = gate.sent();
    sent.sort_unstable();
    assert_eq!(sent, [1, 2, 3, 4]);
    second.stop(far()).await;
}

#[tokio::test]
async fn a_storage_that_is_none_is_refused() {
    let gate = Gate::new(0, []);
    let (settings, _) = settings(Kind::Exporter, "test");
    let queue = Optional::Some(stored());
    let exporter = ExportQueue::new(gate, settings, Signal::Traces, &queue, &fast_retry());
    let refused = exporter.start(&Host::default()).await.unwrap_err();
    assert!(refused.0.starts_with("no storage client extension found"), "{refused}");
    assert_eq!(soon(exporter.stop(far())).await.unsent_items, 0);
}

/// Panics on batches of three.
#[derive(Default)]
struct Fragile {
    sent: Mutex<Vec<usize>>,
    panics: std::sync::atomic::AtomicUsize,
}

#[async_trait]
impl Sender for Fragile {
    async fn send(&self, batch: &Batch, _context: &Context) -> Result<(), Refused> {
        if batch.items() == 3 {
            self.panics.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            panic!("three is too much");
        }
        self.sent.lock().unwrap().push(batch.items());
        Ok(())
    }
}

#[tokio::test]
async fn a_batch_on_which_the_exporter_panics_twice_is_given_up() {
    let folder = TempDir::new().unwrap();
    let sender = Arc::new(Fragile::default());
    let panics = || sender.panics.load(std::sync::atomic::Ordering::Relaxed);
    let mut dropped = Vec::new();
    for process in 0..3_usize {
        let host = storage(&folder, "", &Resources::default()).await;
        let (settings, hub) = settings(Kind::Exporter, "test");
        let queue = Optional::Some(stored());
        let exporter =
            ExportQueue::new(sender.clone(), settings, Signal::Traces, &queue, &fast_retry());
        exporter.core.settings.status.report(ComponentState::Starting);
        exporter.start(&host).await.unwrap();
        if process == 0 {
            exporter.consume(spans(3), Context::none()).await.unwrap();
        }
        exporter.consume(spans(process + 4), Context::none()).await.unwrap();
        let has_panicked = process < 2;
        if has_panicked {
            assert!(soon(hub.fatal()).await.contains("three is too much"));
        }
        // The others are sent, whatever happens to that one.
        eventually(|| sender.sent.lock().unwrap().len() == process + 1).await;
        exporter.stop(far()).await;
        let labels = [("exporter", "test".to_owned()), ("reason", "panic".to_owned())];
        let metrics = &exporter.core.settings.metrics;
        dropped.push(metrics.counter("holt_exporter_dropped_spans", labels).total());
    }
    assert_eq!((panics(), dropped), (2, vec![0, 3, 0]));
    assert_eq!(*sender.sent.lock().unwrap(), [4, 5, 6]);
}
