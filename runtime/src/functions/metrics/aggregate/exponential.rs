//! Exponential histograms that become one.

use holt_pdata::messages::numbers::{BUCKETS, EXPONENTIAL_HISTOGRAM_DATA_POINT as EXPONENTIAL};
use holt_pdata::messages::{BucketsView, ExponentialHistogramDataPointView};
use holt_pdata::wire::put_len;
use holt_pdata::{Builder, Record, messages};

use super::super::points::with_entries;
use super::histograms::Totals;
use crate::error::EvalError;

/// A merged histogram has no more buckets than this, however far apart those of its parts are.
const MAX_BUCKETS: usize = 1 << 16;

/// One datapoint for a group: counts and sums are added up. Empty datapoints are passed over.
///
/// # Errors
/// When buckets are so far apart that what lies between them would take too much room.
pub(super) fn merged(group: &[&[u8]]) -> Result<Vec<u8>, EvalError> {
    let Some(first_raw) = group.first() else { return Ok(Vec::new()) };
    let first = ExponentialHistogramDataPointView::new(first_raw);
    let others: Vec<_> = group
        .iter()
        .skip(1)
        .map(|raw| ExponentialHistogramDataPointView::new(raw))
        .filter(|point| point.count() > 0)
        .collect();
    if others.is_empty() {
        return Ok(first_raw.to_vec());
    }
    let (mut count, mut zeros) = (first.count(), first.zero_count());
    let mut totals =
        Totals::new(first.sum(), first.min(), first.max(), first.start_time_unix_nano());
    let (mut positive, mut negative) =
        (Buckets::of(first.positive()), Buckets::of(first.negative()));
    let mut exemplars = Vec::new();
    for point in others {
        count = count.wrapping_add(point.count());
        zeros = zeros.wrapping_add(point.zero_count());
        totals.add(point.sum(), point.min(), point.max(), point.start_time_unix_nano());
        positive.add(&Buckets::of(point.positive()))?;
        negative.add(&Buckets::of(point.negative()))?;
        for exemplar in point.exemplars().iter() {
            put_len(&mut exemplars, EXPONENTIAL::exemplars, exemplar.raw());
        }
    }
    let (positive, negative) = (positive.encoded(), negative.encoded());
    let mut merged = Record::of(&messages::EXPONENTIAL_HISTOGRAM_DATA_POINT, first_raw);
    merged.set_fixed64(EXPONENTIAL::count, count);
    merged.set_fixed64(EXPONENTIAL::zero_count, zeros);
    merged.set_fixed64(EXPONENTIAL::start_time_unix_nano, totals.start);
    let parts = [
        (EXPONENTIAL::sum, totals.sum),
        (EXPONENTIAL::min, totals.min),
        (EXPONENTIAL::max, totals.max),
    ];
    for (number, value) in parts {
        if let Some(value) = value {
            merged.set_fixed64(number, value.to_bits());
        }
    }
    merged.set_message(EXPONENTIAL::positive, &positive);
    merged.set_message(EXPONENTIAL::negative, &negative);
    let mut out = Vec::with_capacity(first_raw.len());
    merged.encode(&mut out);
    Ok(with_entries(out, EXPONENTIAL::exemplars, &exemplars))
}

/// One side of a histogram.
struct Buckets {
    offset: i32,
    counts: Vec<u64>,
}

impl Buckets {
    fn of(view: BucketsView<'_>) -> Self {
        Self { offset: view.offset(), counts: view.bucket_counts().iter().collect() }
    }

    /// Adds others, as the reference does: bucket by bucket where both begin at the same index and
    /// where the others begin higher. Of others that begin lower, what holds something is put in
    /// front, without regard to gaps.
    fn add(&mut self, others: &Self) -> Result<(), EvalError> {
        if others.offset < self.offset {
            let lower = others.counts.iter().copied().filter(|count| *count > 0);
            self.counts.splice(0..0, lower);
        } else {
            let ahead = others.offset.wrapping_sub(self.offset);
            for (index, more) in others.counts.iter().enumerate() {
                // Where all begin together, empty buckets stay at the end.
                if *more > 0 || ahead == 0 {
                    self.add_at(i64::from(ahead) + index as i64, *more)?;
                }
            }
        }
        if others.offset != self.offset && !others.counts.is_empty() {
            self.offset = self.offset.min(others.offset);
            let empty = self.counts.iter().take_while(|count| **count == 0).count();
            self.counts.drain(..empty);
        }
        if self.counts.len() > MAX_BUCKETS { Err(too_many()) } else { Ok(()) }
    }

    fn add_at(&mut self, index: i64, more: u64) -> Result<(), EvalError> {
        // An index beyond all numbers wraps to a negative one, and what it holds is lost.
        let Ok(index) = usize::try_from(index) else { return Ok(()) };
        if index >= MAX_BUCKETS {
            return Err(too_many());
        }
        if index >= self.counts.len() {
            self.counts.resize(index + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(index) {
            *count = count.wrapping_add(more);
        }
        Ok(())
    }

    fn encoded(&self) -> Vec<u8> {
        Builder::message_bytes(|buckets| {
            buckets.signed(BUCKETS::offset, self.offset.into());
            buckets.packed_varint(BUCKETS::bucket_counts, self.counts.iter().copied());
        })
    }
}

pub(super) fn too_many() -> EvalError {
    EvalError::Function("the buckets of the histograms are too far apart".into())
}
