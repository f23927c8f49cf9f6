//! How the buckets of an exponential histogram are spread over explicit bounds.
//!
//! There are as many buckets as bounds: what lies beyond the last bound is counted with the last
//! bucket, as the reference does it.

use std::f64::consts::LN_2;

use holt_pdata::messages::ExponentialHistogramDataPointView;

use super::elementary::{exp, scaled};
use crate::host::Host;

/// What is done with a bucket that crosses bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    /// It falls where its upper bound falls.
    Upper,
    /// It falls where its middle falls.
    Midpoint,
    /// It is spread evenly over the buckets that it meets.
    Uniform,
    /// It is spread by chance, according to how much of it lies in each bucket that it meets.
    Random,
}

const SPREADS: [(&str, Spread); 4] = [
    ("upper", Spread::Upper),
    ("midpoint", Spread::Midpoint),
    ("random", Spread::Random),
    ("uniform", Spread::Uniform),
];

impl Spread {
    /// The names that there are.
    pub(super) const NAMES: &str = "upper, midpoint, random, uniform";

    /// The one of that name; by chance unless said otherwise.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = if name.is_empty() { "random" } else { name };
        SPREADS.iter().find(|(known, _)| *known == name).map(|(_, spread)| *spread)
    }
}

/// A bucket of the exponential histogram.
#[derive(Clone, Copy)]
struct Bucket {
    lower: f64,
    upper: f64,
    count: u64,
}

/// The counts for the given bounds, of which there is at least one. Negative buckets do not count.
pub(super) fn counts(
    point: ExponentialHistogramDataPointView<'_>,
    bounds: &[f64],
    spread: Spread,
    host: &dyn Host,
) -> Vec<u64> {
    let mut counts = Counts { bounds, counts: vec![0; bounds.len()] };
    let (Some(first), Some(last)) = (bounds.first(), bounds.last()) else { return counts.counts };
    if *first == 0.0 {
        counts.add(0, point.zero_count());
    }
    let positive = point.positive();
    let factor = scaled(LN_2, -i64::from(point.scale()));
    for (index, count) in (0i32..).zip(positive.bucket_counts().iter()) {
        let index = positive.offset().wrapping_add(index);
        let bound = |index: i32| exp(f64::from(index) * factor);
        let bucket = Bucket { lower: bound(index), upper: bound(index.wrapping_add(1)), count };
        if bucket.lower > *last {
            counts.add(bounds.len() - 1, count);
        } else if let Some(within) = counts.within(bucket) {
            counts.add(within, count);
        } else {
            counts.spread(bucket, spread, host);
        }
    }
    counts.counts
}

struct Counts<'b> {
    bounds: &'b [f64],
    counts: Vec<u64>,
}

impl Counts<'_> {
    /// Beyond the last bound, the last bucket counts.
    fn add(&mut self, index: usize, count: u64) {
        let last = self.counts.len().saturating_sub(1);
        if let Some(counted) = self.counts.get_mut(index.min(last)) {
            *counted = counted.wrapping_add(count);
        }
    }

    /// The pair of neighbouring bounds that a bucket lies between.
    fn within(&self, bucket: Bucket) -> Option<usize> {
        self.bounds.windows(2).position(|pair| {
            matches!(pair, [below, above] if bucket.lower > *below && bucket.upper <= *above)
        })
    }

    /// The first bound that a number does not exceed.
    fn reached(&self, number: f64) -> usize {
        self.bounds.iter().position(|bound| number <= *bound).unwrap_or(self.bounds.len())
    }

    fn spread(&mut self, bucket: Bucket, spread: Spread, host: &dyn Host) {
        let Bucket { lower, upper, count } = bucket;
        match spread {
            Spread::Upper => self.add(self.reached(upper), count),
            Spread::Midpoint => {
                let reached = self.reached(f64::midpoint(upper, lower));
                // Behind the last bound it is the last bucket, below it the one before.
                let index =
                    if reached < self.bounds.len() { reached.saturating_sub(1) } else { reached };
                self.add(index, count);
            }
            Spread::Uniform | Spread::Random => {
                let start = self.reached(lower);
                let rest = self.bounds.iter().skip(start);
                let crossed = rest.take_while(|bound| upper > **bound).count();
                let end = (start + crossed).min(self.bounds.len().saturating_sub(1));
                if end <= start {
                    self.add(start, count);
                } else if spread == Spread::Uniform {
                    self.evenly(start, end, count);
                } else {
                    self.by_chance(start, end, bucket, host);
                }
            }
        }
    }

    /// Spreads a count over the buckets from `start` to `end`; the first ones get what is left over.
    fn evenly(&mut self, start: usize, end: usize, count: u64) {
        let buckets = (end - start + 1) as u64;
        let (each, mut over) = (count / buckets, count % buckets);
        for index in start..=end {
            self.add(index, each + u64::from(over > 0));
            over = over.saturating_sub(1);
        }
    }

    /// Gives each bucket a part of its share that chance decides, and spreads the rest one by one.
    fn by_chance(&mut self, start: usize, end: usize, bucket: Bucket, host: &dyn Host) {
        /// So many are spread one by one; more are spread evenly.
        const ONE_BY_ONE: u64 = 1 << 10;
        let mut rest = bucket.count;
        for index in start..=end {
            let bound = |index: usize| self.bounds.get(index).copied();
            let below = index.checked_sub(1).and_then(bound).unwrap_or(bucket.lower);
            let above = bound(index).unwrap_or(bucket.upper);
            let overlap = above.min(bucket.upper) - below.max(bucket.lower);
            let share = bucket.count as f64 * (overlap / (bucket.upper - bucket.lower));
            let given = (share.floor() * chance(host)) as u64;
            let given = given.min(rest);
            self.add(index, given);
            rest -= given;
        }
        if rest > ONE_BY_ONE {
            let few = rest % ONE_BY_ONE;
            self.evenly(start, end, rest - few);
            rest = few;
        }
        let buckets = end - start + 1;
        for _ in 0..rest {
            let index = (chance(host) * buckets as f64) as usize;
            self.add(start + index.min(buckets - 1), 1);
        }
    }
}

/// A number from zero up to one.
fn chance(host: &dyn Host) -> f64 {
    let mut bytes = [0; 8];
    host.random(&mut bytes);
    (u64::from_le_bytes(bytes) >> 11) as f64 / (1u64 << 53) as f64
}
