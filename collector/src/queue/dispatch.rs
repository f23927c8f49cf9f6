//! Takes batches out of the queue and exports them, several at a time.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::batcher::{Batcher, Group};
use super::core::{Core, Sent};
use super::entry::{Entry, Outcome, Reason};
use super::shared::SharedQueue;
use crate::component::Refused;

/// Runs until it is to leave, or the queue is closed and nothing in it can be sent any more. What it
/// took and did not send goes back.
pub(super) async fn dispatch(
    core: Arc<Core>,
    queue: Arc<SharedQueue>,
    mut batcher: Option<Batcher>,
    consumers: u32,
    leaving: CancellationToken,
) {
    let permits = Arc::new(Semaphore::new(consumers as usize));
    loop {
        let due = batcher.as_mut().and_then(Batcher::due);
        let entry = tokio::select! {
            entry = queue.take(&leaving) => entry,
            () = sleep_until(due) => {
                let expired = batcher.as_mut().map(|batcher| batcher.expired(Instant::now()));
                for group in expired.unwrap_or_default() {
                    launch(&core, &queue, &permits, group).await;
                }
                continue;
            }
        };
        let Some(entry) = entry else { break };
        let (entry, batch) = match queue.load(entry).await {
            Ok(loaded) => loaded,
            Err(unreadable) => {
                give_up(&core, &queue, unreadable.entry, unreadable.reason, &unreadable.error);
                continue;
            }
        };
        let groups = match &mut batcher {
            None => vec![Group::of(entry, batch)],
            Some(batcher) => batcher.add(entry, batch, Instant::now()),
        };
        for group in groups {
            launch(&core, &queue, &permits, group).await;
        }
    }
    if let Some(mut batcher) = batcher {
        if leaving.is_cancelled() || queue.is_durable() {
            queue.put_back(batcher.into_entries());
        } else {
            for group in batcher.rest() {
                launch(&core, &queue, &permits, group).await;
            }
        }
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
    queue: &Arc<SharedQueue>,
    permits: &Arc<Semaphore>,
    group: Group,
) {
    let permit = permits.clone().acquire_owned().await;
    let (core, queue) = (core.clone(), queue.clone());
    let status = core.settings.status.clone();
    status.spawn(async move {
        export(&core, &queue, group).await;
        drop(permit);
    });
}

async fn export(core: &Core, queue: &SharedQueue, group: Group) {
    let Group { parts, context, tickets, position } = group;
    let Sent { outcome, left } = core.send_all(parts, &context).await;
    if left.is_empty() {
        for ticket in tickets {
            ticket.settle(&outcome, queue);
        }
        return;
    }
    // What was dealt with stays so, the rest goes back.
    if outcome != Outcome::Sent {
        for ticket in &tickets {
            ticket.share(1);
            ticket.settle(&outcome, queue);
        }
    }
    let rest = Group { parts: left.into(), context, tickets, position };
    queue.put_back(rest.into_entries());
}

/// Accounts for an entry whose telemetry is gone.
fn give_up(core: &Core, queue: &SharedQueue, entry: Entry, reason: Reason, error: &str) {
    let refused = Refused::permanent(error);
    core.give_up(entry.items(), reason, &refused);
    let outcome = match reason {
        // Another process may be luckier.
        Reason::Unreadable => Outcome::Left,
        reason => Outcome::Dropped(reason, refused),
    };
    entry.settle(&outcome, queue);
}
