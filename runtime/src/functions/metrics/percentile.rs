//! Percentiles of histograms, by interpolation in the bucket that holds them.

use holt_pdata::messages::{ExponentialHistogramDataPointView, HistogramDataPointView};

use super::elementary::{exp, exp2, log2, scaled};
use crate::error::EvalError;

/// How many of `count` measurements lie at or below the percentile.
fn target(count: u64, percentile: f64) -> u64 {
    (count as f64 * (percentile / 100.0)).ceil() as u64
}

fn malformed(why: &str) -> EvalError {
    EvalError::Function(format!("the histogram has no such percentile: {why}").into())
}

/// The percentile of a histogram; none for one that does not tell.
///
/// # Errors
/// When buckets, bounds and count do not fit together.
pub(super) fn of_histogram(
    point: HistogramDataPointView<'_>,
    percentile: f64,
) -> Result<Option<f64>, EvalError> {
    let counts: Vec<u64> = point.bucket_counts().iter().collect();
    if point.count() == 0 || counts.is_empty() {
        return Ok(None);
    }
    let bounds: Vec<f64> = point.explicit_bounds().iter().collect();
    if counts.len() != bounds.len() + 1 {
        return Err(malformed("it has not one bucket more than bounds"));
    }
    let target = target(point.count(), percentile);
    let (min, max) = (point.min(), point.max());
    let mut before = 0u64;
    for (index, count) in counts.iter().enumerate() {
        let reached = before.wrapping_add(*count);
        // The only bucket has every percentile there is.
        if reached < target && counts.len() > 1 {
            before = reached;
            continue;
        }
        let below = index.checked_sub(1).and_then(|below| bounds.get(below));
        let (lower, upper) = match (below, bounds.get(index)) {
            (None, None) => match (min, max) {
                (Some(min), Some(max)) => (min, max),
                _ => return Ok(None),
            },
            (None, Some(upper)) => match min {
                Some(min) if min < *upper => (min, *upper),
                _ if *upper < 0.0 => return Ok(Some(*upper)),
                _ => (0.0, *upper),
            },
            (Some(lower), Some(upper)) => (*lower, *upper),
            (Some(lower), None) => match max {
                Some(max) if max > *lower || max.is_nan() => (*lower, max),
                _ => return Ok(Some(*lower)),
            },
        };
        let ratio = target.wrapping_sub(before) as f64 / *count as f64;
        return between(lower, upper, ratio).map(Some);
    }
    Err(malformed("its buckets hold less than its count"))
}

/// The percentile of an exponential histogram; none for an empty one.
///
/// # Errors
/// When buckets and count do not fit together, and for bounds that doubles cannot hold.
pub(super) fn of_exponential(
    point: ExponentialHistogramDataPointView<'_>,
    percentile: f64,
) -> Result<Option<f64>, EvalError> {
    let (negative, positive) = (point.negative(), point.positive());
    let below: Vec<u64> = negative.bucket_counts().iter().collect();
    let above: Vec<u64> = positive.bucket_counts().iter().collect();
    let zeros = point.zero_count();
    if point.count() == 0 || (below.is_empty() && above.is_empty() && zeros == 0) {
        return Ok(None);
    }
    let target = target(point.count(), percentile);
    let scale = i64::from(point.scale());
    let ratio = |before: u64, count: u64| target.wrapping_sub(before) as f64 / count as f64;
    let bounds = |offset: i32, index: usize| {
        let index = i64::from(offset) + index as i64;
        (bound(index, scale), bound(index + 1, scale))
    };
    let mut before = 0u64;
    for (index, count) in below.iter().enumerate().rev() {
        let reached = before.wrapping_add(*count);
        if reached >= target {
            let (nearer, farther) = bounds(negative.offset(), index);
            if nearer >= farther {
                return Err(malformed("a negative bucket has no width"));
            }
            // The farther end holds the smaller numbers.
            let value = between_powers(nearer, farther, 1.0 - ratio(before, *count))?;
            return Ok(Some(-value));
        }
        before = reached;
    }
    let reached = before.wrapping_add(zeros);
    if reached >= target {
        let width = point.zero_threshold();
        let lower = if below.is_empty() && !above.is_empty() { 0.0 } else { -width };
        let upper = if above.is_empty() && !below.is_empty() { 0.0 } else { width };
        return between(lower, upper, ratio(before, zeros)).map(Some);
    }
    before = reached;
    for (index, count) in above.iter().enumerate() {
        let reached = before.wrapping_add(*count);
        if reached >= target {
            let (lower, upper) = bounds(positive.offset(), index);
            return between_powers(lower, upper, ratio(before, *count)).map(Some);
        }
        before = reached;
    }
    Err(malformed("its buckets hold less than its count"))
}

fn check_ratio(ratio: f64) -> Result<(), EvalError> {
    if (0.0..=1.0).contains(&ratio) || ratio.is_nan() {
        Ok(())
    } else {
        Err(malformed("its buckets hold less than its count"))
    }
}

/// A part of the way from `lower` to `upper`.
fn between(lower: f64, upper: f64, ratio: f64) -> Result<f64, EvalError> {
    check_ratio(ratio)?;
    Ok(lower + ratio * (upper - lower))
}

/// A part of the way between bounds that grow exponentially.
fn between_powers(lower: f64, upper: f64, ratio: f64) -> Result<f64, EvalError> {
    check_ratio(ratio)?;
    if lower <= 0.0 || upper <= 0.0 {
        return Err(malformed("its bounds are too small for a double"));
    }
    let (lower, upper) = (log2(lower), log2(upper));
    Ok(exp2(lower + (upper - lower) * ratio))
}

/// The lower bound of the bucket with an index.
fn bound(index: i64, scale: i64) -> f64 {
    if scale > 0 {
        return exp(index as f64 * scaled(std::f64::consts::LN_2, -scale));
    }
    let shift = u32::try_from(-scale).unwrap_or(u32::MAX);
    scaled(1.0, index.checked_shl(shift).unwrap_or(0))
}
