//! Some of the latest spans of each name, for a page that shows them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::FinishedSpan;

/// The latest spans.
#[derive(Default)]
pub struct Recent(Mutex<BTreeMap<Arc<str>, Named>>);

#[derive(Default)]
struct Named {
    active: usize,
    by_latency: [Kept; Bucket::COUNT],
    errors: Kept,
}

/// A few spans, at most one for each second, so that a burst does not push out everything else.
#[derive(Default)]
struct Kept {
    spans: VecDeque<Arc<FinishedSpan>>,
    next: Option<SystemTime>,
}

/// Spans that are kept of a name and a latency.
const KEPT: usize = 10;
const PERIOD: Duration = Duration::from_secs(1);

impl Kept {
    fn add(&mut self, span: &Arc<FinishedSpan>) {
        let end = span.start + span.duration;
        if self.next.is_some_and(|next| end < next) {
            return;
        }
        self.next = Some(end + PERIOD);
        if self.spans.len() == KEPT {
            self.spans.pop_front();
        }
        self.spans.push_back(span.clone());
    }
}

/// Spans that took about as long as each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket(pub usize);

impl Bucket {
    /// How many there are.
    pub const COUNT: usize = 9;

    /// The least durations of all buckets, as they are shown.
    pub const NAMES: [&'static str; Self::COUNT] =
        [">0s", ">10µs", ">100µs", ">1ms", ">10ms", ">100ms", ">1s", ">10s", ">1m40s"];

    fn of(duration: Duration) -> Self {
        let limits = (1..Self::COUNT).map(|power| Duration::from_micros(10u64.pow(power as u32)));
        Self(limits.filter(|limit| duration >= *limit).count())
    }
}

/// How many spans of a name are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The name.
    pub name: Arc<str>,
    /// Spans under way.
    pub active: usize,
    /// Kept spans by how long they took.
    pub by_latency: [usize; Bucket::COUNT],
    /// Kept spans that failed.
    pub errors: usize,
}

impl Recent {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Named>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn began(&self, name: &Arc<str>) {
        self.lock().entry(name.clone()).or_default().active += 1;
    }

    pub(super) fn ended(&self, span: &Arc<FinishedSpan>) {
        let mut names = self.lock();
        let named = names.entry(span.name.clone()).or_default();
        named.active = named.active.saturating_sub(1);
        if span.error.is_some() {
            named.errors.add(span);
        } else if let Some(kept) = named.by_latency.get_mut(Bucket::of(span.duration).0) {
            kept.add(span);
        }
    }

    /// All names with what is kept of them.
    pub fn summary(&self) -> Vec<Summary> {
        let names = self.lock();
        let summaries = names.iter().map(|(name, named)| Summary {
            name: name.clone(),
            active: named.active,
            by_latency: std::array::from_fn(|bucket| {
                named.by_latency.get(bucket).map_or(0, |kept| kept.spans.len())
            }),
            errors: named.errors.spans.len(),
        });
        summaries.collect()
    }

    /// Kept spans of a name and a latency.
    pub fn by_latency(&self, name: &str, bucket: Bucket) -> Vec<Arc<FinishedSpan>> {
        let names = self.lock();
        let kept = names.get(name).and_then(|named| named.by_latency.get(bucket.0));
        kept.map(|kept| kept.spans.iter().cloned().collect()).unwrap_or_default()
    }

    /// Kept spans of a name that failed.
    pub fn errors(&self, name: &str) -> Vec<Arc<FinishedSpan>> {
        let names = self.lock();
        names
            .get(name)
            .map(|named| named.errors.spans.iter().cloned().collect())
            .unwrap_or_default()
    }
}
