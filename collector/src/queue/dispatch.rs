//! Takes batches out of the queue and exports them, several at a time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::batcher::{Batcher, Group};
use super::exporter::Core;
use super::memory::MemoryQueue;
use crate::component::{AckOutcome, Refused};

/// Runs until the queue is closed and everything in it has been exported or given up.
pub(super) async fn dispatch(
    core: Arc<Core>,
    queue: Arc<MemoryQueue>,
    mut batcher: Option<Batcher>,
    consumers: u32,
) {
    let permits = Arc::new(Semaphore::new(consumers as usize));
    loop {
        let due = batcher.as_ref().and_then(Batcher::due);
        let entry = tokio::select! {
            entry = queue.take() => entry,
            () = sleep_until(due) => {
                let expired = batcher.as_mut().map(|batcher| batcher.expired(Instant::now()));
                for group in expired.unwrap_or_default() {
                    launch(&core, &queue, &permits, group).await;
                }
                continue;
            }
        };
        let Some(entry) = entry else { break };
        let group = match &mut batcher {
            None => Some(Group::of(entry)),
            Some(batcher) => batcher.add(entry, Instant::now()),
        };
        if let Some(group) = group {
            launch(&core, &queue, &permits, group).await;
        }
    }
    for group in batcher.map(|mut batcher| batcher.rest()).unwrap_or_default() {
        launch(&core, &queue, &permits, group).await;
    }
    // All permits are back when all exports have ended. The semaphore is never closed.
    let _ = permits.acquire_many(consumers).await;
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

async fn launch(
    core: &Arc<Core>,
    queue: &Arc<MemoryQueue>,
    permits: &Arc<Semaphore>,
    group: Group,
) {
    let permit = permits.clone().acquire_owned().await;
    let (core, queue) = (core.clone(), queue.clone());
    let status = core.settings.status.clone();
    status.spawn(async move {
        let aborted = core.abort.clone();
        tokio::select! {
            () = export(&core, &queue, group) => {}
            () = aborted.cancelled() => {}
        }
        drop(permit);
    });
}

async fn export(core: &Core, queue: &MemoryQueue, group: Group) {
    let Group { parts, context, entries } = group;
    let mut failed = None;
    for part in parts {
        if let Err(refused) = core.export(&part, &context).await {
            core.dropped(&refused, part.items());
            failed = Some(refused);
        }
    }
    context.ack.resolve(match &failed {
        None => AckOutcome::Delivered,
        Some(_) => AckOutcome::Dropped("the export failed"),
    });
    for entry in entries {
        core.pending.fetch_sub(entry.batch.items(), Ordering::Relaxed);
        queue.release(queue.size_of(&entry.batch));
        if let Some(result) = entry.result {
            // Whoever asked may have gone.
            let _ = result.send(failed.clone().map_or(Ok(()), Err::<(), Refused>));
        }
    }
}
