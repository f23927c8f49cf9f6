//! Histograms that become one.

use holt_pdata::messages::HistogramDataPointView;
use holt_pdata::messages::numbers::HISTOGRAM_DATA_POINT as HISTOGRAM;
use holt_pdata::wire::put_len;
use holt_pdata::{Record, messages};

use super::super::points::{packed, with_entries};
use crate::error::EvalError;

/// One datapoint for a group: counts and sums are added up. Empty datapoints are passed over.
///
/// # Errors
/// When a datapoint has more buckets than the first one.
pub(super) fn merged(group: &[&[u8]]) -> Result<Vec<u8>, EvalError> {
    let Some(first_raw) = group.first() else { return Ok(Vec::new()) };
    let first = HistogramDataPointView::new(first_raw);
    let others: Vec<_> = group
        .iter()
        .skip(1)
        .map(|raw| HistogramDataPointView::new(raw))
        .filter(|point| point.count() > 0)
        .collect();
    if others.is_empty() {
        return Ok(first_raw.to_vec());
    }
    let mut count = first.count();
    let mut totals =
        Totals::new(first.sum(), first.min(), first.max(), first.start_time_unix_nano());
    let mut buckets: Vec<u64> = first.bucket_counts().iter().collect();
    let mut exemplars = Vec::new();
    for point in others {
        count = count.wrapping_add(point.count());
        totals.add(point.sum(), point.min(), point.max(), point.start_time_unix_nano());
        for (index, more) in point.bucket_counts().iter().enumerate() {
            let Some(bucket) = buckets.get_mut(index) else {
                let what = "histograms of the same bounds have different numbers of buckets";
                return Err(EvalError::Function(what.into()));
            };
            *bucket = bucket.wrapping_add(more);
        }
        for exemplar in point.exemplars().iter() {
            put_len(&mut exemplars, HISTOGRAM::exemplars, exemplar.raw());
        }
    }
    let buckets = packed(buckets);
    let mut merged = Record::of(&messages::HISTOGRAM_DATA_POINT, first_raw);
    merged.set_fixed64(HISTOGRAM::count, count);
    merged.set_fixed64(HISTOGRAM::start_time_unix_nano, totals.start);
    let parts =
        [(HISTOGRAM::sum, totals.sum), (HISTOGRAM::min, totals.min), (HISTOGRAM::max, totals.max)];
    for (number, value) in parts {
        if let Some(value) = value {
            merged.set_fixed64(number, value.to_bits());
        }
    }
    if !buckets.is_empty() {
        merged.set_message(HISTOGRAM::bucket_counts, &buckets);
    }
    let mut out = Vec::with_capacity(first_raw.len());
    merged.encode(&mut out);
    Ok(with_entries(out, HISTOGRAM::exemplars, &exemplars))
}

/// What both kinds of histogram add up alike.
pub(super) struct Totals {
    pub(super) sum: Option<f64>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) start: u64,
}

impl Totals {
    pub(super) const fn new(
        sum: Option<f64>,
        min: Option<f64>,
        max: Option<f64>,
        start: u64,
    ) -> Self {
        Self { sum, min, max, start }
    }

    pub(super) fn add(&mut self, sum: Option<f64>, min: Option<f64>, max: Option<f64>, start: u64) {
        // Two unknown sums make a known one.
        self.sum = Some(self.sum.unwrap_or_default() + sum.unwrap_or_default());
        let (min, max) = (min.unwrap_or_default(), max.unwrap_or_default());
        self.min = self.min.map(|known| if known > min { min } else { known });
        self.max = self.max.map(|known| if known < max { max } else { known });
        self.start = self.start.min(start);
    }
}
