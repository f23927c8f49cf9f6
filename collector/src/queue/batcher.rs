//! Joins queued batches into requests of a useful size, a partition for each combination of
//! client metadata. Entries in, groups that are due out.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use holt_pdata::{Batch, Limit, Signal};
use tokio::time::Instant;

use super::entry::{Entry, Payload, Size, Ticket};
use super::{QueueBatchSettings, Sizer};
use crate::component::Context;

/// Most partitions at a time. When there is one more, the oldest is sent as it is.
const MOST_PARTITIONS: usize = 10_000;

/// Telemetry that is exported as one; `parts` holds it in sizes that may be sent.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) parts: Vec<Batch>,
    pub(super) context: Context,
    pub(super) tickets: Vec<Arc<Ticket>>,
    /// The place in the queue of the first of its entries.
    pub(super) position: u64,
}

impl Group {
    /// A group of one entry as it came.
    pub(super) fn of(entry: Entry, batch: Batch) -> Self {
        let Entry { context, tickets, position, .. } = entry;
        Self { parts: vec![batch], context, tickets, position }
    }

    /// Entries for what of it was not sent: its place in the queue is theirs.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        let Self { parts, context, tickets, position } = self;
        let more = parts.len().saturating_sub(1);
        tickets.iter().for_each(|ticket| ticket.share(more));
        let entry = |batch| Entry {
            payload: Payload::Here(batch),
            context: context.clone(),
            tickets: tickets.clone(),
            position,
        };
        parts.into_iter().map(entry).collect()
    }
}

type Key = Vec<Vec<String>>;

/// The waiting entries.
pub(super) struct Batcher {
    sizer: Sizer,
    min_size: usize,
    max_size: usize,
    timeout: Duration,
    metadata_keys: Vec<String>,
    waiting: HashMap<Key, Partition>,
    /// The partitions by the time they are due, with some that are gone.
    order: VecDeque<(Instant, u64, Key)>,
    next: u64,
}

struct Partition {
    entries: Vec<(Entry, Batch)>,
    size: usize,
    /// Tells it from earlier ones with the same key.
    number: u64,
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
            waiting: HashMap::new(),
            order: VecDeque::new(),
            next: 0,
        }
    }

    /// When the next group is due for its age.
    pub(super) fn due(&mut self) -> Option<Instant> {
        self.forget_gone();
        self.order.front().map(|(due, ..)| *due)
    }

    /// Takes an entry; gives a group when that makes one large enough, or one too many.
    pub(super) fn add(&mut self, entry: Entry, batch: Batch, now: Instant) -> Vec<Group> {
        if batch.signal() == Signal::Profiles {
            // Profiles have a dictionary each and are never joined.
            return vec![Group::of(entry, batch)];
        }
        let key: Key =
            self.metadata_keys.iter().map(|key| entry.context.metadata(key).to_vec()).collect();
        let mut due = Vec::new();
        let partition = match self.waiting.remove(&key) {
            Some(mut partition) => {
                partition.size += self.size_of(&batch);
                partition.entries.push((entry, batch));
                partition
            }
            None => {
                if self.waiting.len() >= MOST_PARTITIONS {
                    due.extend(self.oldest());
                }
                self.begin(&key, entry, batch, now)
            }
        };
        if partition.size < self.min_size {
            self.waiting.insert(key, partition);
            return due;
        }
        let (group, rest) = self.group(partition, true);
        due.push(group);
        if let Some((entry, batch)) = rest {
            let partition = self.begin(&key, entry, batch, now);
            self.waiting.insert(key, partition);
        }
        due
    }

    /// Groups that are old enough.
    pub(super) fn expired(&mut self, now: Instant) -> Vec<Group> {
        let mut expired = Vec::new();
        while self.due().is_some_and(|due| due <= now) {
            expired.extend(self.oldest());
        }
        expired
    }

    /// Everything that waits.
    pub(super) fn rest(&mut self) -> Vec<Group> {
        let mut rest = Vec::new();
        while self.due().is_some() {
            rest.extend(self.oldest());
        }
        rest
    }

    /// Everything that waits, as it came.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        let partitions = self.waiting.into_values();
        partitions.flat_map(|one| one.entries).map(|(entry, _)| entry).collect()
    }

    fn begin(&mut self, key: &Key, entry: Entry, batch: Batch, now: Instant) -> Partition {
        self.next += 1;
        self.order.push_back((now + self.timeout, self.next, key.clone()));
        let size = self.size_of(&batch);
        Partition { entries: vec![(entry, batch)], size, number: self.next }
    }

    fn size_of(&self, batch: &Batch) -> usize {
        Size::of(batch).in_units(self.sizer)
    }

    /// The group that has waited longest.
    fn oldest(&mut self) -> Option<Group> {
        self.forget_gone();
        let (.., key) = self.order.pop_front()?;
        let partition = self.waiting.remove(&key)?;
        Some(self.group(partition, false).0)
    }

    fn forget_gone(&mut self) {
        while let Some((_, number, key)) = self.order.front() {
            if self.waiting.get(key).is_some_and(|partition| partition.number == *number) {
                return;
            }
            self.order.pop_front();
        }
    }

    /// Joins the entries of a partition and cuts them to size. The last part may stay behind, to
    /// become larger, when it is smaller than it should be.
    fn group(&self, partition: Partition, may_stay: bool) -> (Group, Option<(Entry, Batch)>) {
        let batches: Vec<Batch> =
            partition.entries.iter().map(|(_, batch)| batch.clone()).collect();
        let joined = match Batch::concat(&batches) {
            Some(joined) => vec![joined],
            None => batches,
        };
        let limit = match self.sizer {
            Sizer::Bytes => Limit::Bytes(self.max_size),
            Sizer::Items | Sizer::Requests => Limit::Items(self.max_size),
        };
        let mut parts = match self.max_size {
            0 => joined,
            _ => joined.iter().flat_map(|batch| batch.split(limit)).collect(),
        };
        // Before the last entry came, everything was smaller than `min_size`, and so within the
        // first part: whatever stays is of that last entry.
        let stays = may_stay
            && parts.len() > 1
            && parts.last().is_some_and(|last| self.size_of(last) < self.min_size);
        let rest = match (stays, partition.entries.last()) {
            (true, Some((last, _))) => parts.pop().map(|batch| {
                last.tickets.iter().for_each(|ticket| ticket.share(1));
                let entry = Entry {
                    payload: Payload::Here(batch.clone()),
                    context: last.context.clone(),
                    tickets: last.tickets.clone(),
                    position: last.position,
                };
                (entry, batch)
            }),
            _ => None,
        };
        let position = partition.entries.first().map_or(0, |(entry, _)| entry.position);
        // Entries of a partition agree in the metadata that matters.
        let client = partition.entries.first().and_then(|(entry, _)| entry.context.client.clone());
        let tickets = partition.entries.into_iter().flat_map(|(entry, _)| entry.tickets).collect();
        let context = Context { client, ..Context::none() };
        (Group { parts, context, tickets, position }, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{Ack, ClientMetadata};
    use crate::queue::PartitionSettings;
    use crate::testing::spans;

    fn entry(tenant: usize, position: u64) -> Entry {
        let mut client = ClientMetadata::default();
        client.push("tenant", tenant.to_string());
        let batch = spans(1);
        Entry {
            tickets: vec![Ticket::new(Size::of(&batch), None, Ack::none(), None)],
            payload: Payload::Here(batch),
            context: Context { client: Some(Arc::new(client)), ..Context::none() },
            position,
        }
    }

    #[test]
    fn one_partition_too_many_sends_the_oldest() {
        let partition = PartitionSettings { metadata_keys: vec!["tenant".to_owned()] };
        let settings = QueueBatchSettings { partition, ..QueueBatchSettings::default() };
        let mut batcher = Batcher::new(&settings, Sizer::Items);
        let now = Instant::now();
        let add = |batcher: &mut Batcher, tenant, position| {
            batcher.add(entry(tenant, position), spans(1), now)
        };
        for tenant in 0..MOST_PARTITIONS {
            assert!(add(&mut batcher, tenant, tenant as u64).is_empty());
        }
        assert!(add(&mut batcher, 0, 90_000).is_empty(), "a partition that is there");
        let due = add(&mut batcher, MOST_PARTITIONS, 90_001);
        let [oldest] = due.as_slice() else { panic!("{due:?}") };
        assert_eq!(
            (oldest.context.metadata("tenant"), oldest.tickets.len()),
            (&["0".to_owned()][..], 2)
        );
        assert_eq!(batcher.waiting.len(), MOST_PARTITIONS);
        let expired = batcher.expired(now + Duration::from_secs(1));
        assert_eq!(expired.len(), MOST_PARTITIONS);
        assert!(batcher.due().is_none() && batcher.order.is_empty());
    }
}
