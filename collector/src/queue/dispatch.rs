//! Takes batches out of the queue and exports them, several at a time.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::batcher::{Batcher, Group};
use super::core::{Core, Sent};
use super::entry::{Entry, Outcome, Reason, Ticket};
use super::shared::SharedQueue;
use crate::component::{Refused, panic_message};

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
        // One on which the exporter has panicked takes no others with it.
        let is_suspect = entry.tickets.iter().any(|ticket| queue.is_suspect(ticket));
        let groups = match &mut batcher {
            Some(batcher) if !is_suspect => batcher.add(entry, batch, Instant::now()),
            _ => vec![Group::of(entry, batch)],
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
    let sending = AssertUnwindSafe(core.send_all(parts, &context)).catch_unwind().await;
    let Sent { outcome, left } = match sending {
        Ok(sent) => sent,
        Err(panic) => {
            let message = panic_message(panic.as_ref());
            after_panic(core, queue, &tickets, &message).await;
            // It is fatal all the same.
            std::panic::resume_unwind(panic)
        }
    };
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

/// Accounts for batches on which the exporter panicked. Stored ones are for the next process to send;
/// those on which an earlier process has panicked too are given up, for the next would fare no better.
async fn after_panic(core: &Core, queue: &SharedQueue, tickets: &[Arc<Ticket>], message: &str) {
    for ticket in tickets {
        let Some(number) = ticket.number else { continue };
        if queue.is_suspect(ticket) {
            let again = "the exporter has panicked on it in an earlier process, too";
            let refused = Refused::permanent(format!("stored batch {number}: {message}; {again}"));
            core.give_up(ticket.size.items, Reason::Panic, &refused);
            ticket.settle(&Outcome::Dropped(Reason::Panic, refused), queue);
        } else {
            queue.suspect(number).await;
            ticket.settle(&Outcome::Left, queue);
        }
    }
    queue.flush().await;
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
