//! Joins queued batches into requests of a useful size, a partition for each combination of
//! client metadata. Entries in, groups that are due out.

use std::time::Duration;

use holt_pdata::{Batch, Limit, Signal};
use indexmap::IndexMap;
use tokio::time::Instant;

use super::memory::{Entry, size_of};
use super::{QueueBatchSettings, Sizer};
use crate::component::{Ack, Context};

/// Entries that are exported as one; `parts` holds the same items in sizes that may be sent.
pub(super) struct Group {
    pub(super) parts: Vec<Batch>,
    pub(super) context: Context,
    pub(super) entries: Vec<Entry>,
}

impl Group {
    /// A group of one entry as it came.
    pub(super) fn of(mut entry: Entry) -> Self {
        let parts = vec![entry.batch.clone()];
        let context = std::mem::take(&mut entry.context);
        Self { parts, context, entries: vec![entry] }
    }
}

/// The waiting entries.
pub(super) struct Batcher {
    sizer: Sizer,
    min_size: usize,
    max_size: usize,
    timeout: Duration,
    metadata_keys: Vec<String>,
    waiting: IndexMap<Vec<Vec<String>>, Partition>,
}

struct Partition {
    entries: Vec<Entry>,
    size: usize,
    due: Instant,
}

impl Batcher {
    pub(super) fn new(settings: &QueueBatchSettings, sizer: Sizer) -> Self {
        let size = |value: i64| usize::try_from(value).unwrap_or(0);
        Self {
            sizer,
            min_size: size(settings.min_size),
            max_size: size(settings.max_size),
            timeout: settings.flush_timeout.to_std(),
            metadata_keys: settings.partition.metadata_keys.clone(),
            waiting: IndexMap::new(),
        }
    }

    /// When the next group is due for its age.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.values().map(|partition| partition.due).min()
    }

    /// Takes an entry; gives a group when that makes one large enough.
    pub(super) fn add(&mut self, entry: Entry, now: Instant) -> Option<Group> {
        if entry.batch.signal() == Signal::Profiles {
            // Profiles have a dictionary each and are never joined.
            return Some(Group::of(entry));
        }
        let key: Vec<Vec<String>> =
            self.metadata_keys.iter().map(|key| entry.context.metadata(key).to_vec()).collect();
        let due = now + self.timeout;
        let partition = self.waiting.entry(key.clone()).or_insert_with(|| Partition {
            entries: Vec::new(),
            size: 0,
            due,
        });
        partition.size += size_of(&entry.batch, self.sizer);
        partition.entries.push(entry);
        if partition.size < self.min_size {
            return None;
        }
        self.waiting.swap_remove(&key).map(|partition| self.group(partition))
    }

    /// Groups that are old enough.
    pub(super) fn expired(&mut self, now: Instant) -> Vec<Group> {
        let keys: Vec<_> = self
            .waiting
            .iter()
            .filter(|(_, partition)| partition.due <= now)
            .map(|(key, _)| key.clone())
            .collect();
        let expired: Vec<_> = keys.iter().filter_map(|key| self.waiting.swap_remove(key)).collect();
        expired.into_iter().map(|partition| self.group(partition)).collect()
    }

    /// Everything that waits.
    pub(super) fn rest(&mut self) -> Vec<Group> {
        let waiting = std::mem::take(&mut self.waiting);
        waiting.into_values().map(|partition| self.group(partition)).collect()
    }

    fn group(&self, partition: Partition) -> Group {
        let Partition { mut entries, .. } = partition;
        let batches: Vec<Batch> = entries.iter().map(|entry| entry.batch.clone()).collect();
        let joined = match Batch::concat(&batches) {
            Some(joined) => vec![joined],
            None => batches,
        };
        let limit = match self.sizer {
            Sizer::Bytes => Limit::Bytes(self.max_size),
            Sizer::Items | Sizer::Requests => Limit::Items(self.max_size),
        };
        let parts = match self.max_size {
            0 => joined,
            _ => joined.iter().flat_map(|batch| batch.split(limit)).collect(),
        };
        let acks = entries.iter_mut().map(|entry| std::mem::take(&mut entry.context.ack)).collect();
        // Entries of a partition agree in the metadata that matters.
        let client = entries.first().and_then(|entry| entry.context.client.clone());
        Group { parts, context: Context { client, ack: Ack::join(acks), runner: None }, entries }
    }
}
