//! Bounds of the buckets of an exponential histogram: scale and buckets in, bounds and counts out.

use holt_pdata::messages::BucketsView;

/// A bucket of one side; bounds are distances from zero.
pub(super) struct Bounds {
    pub(super) lower: f64,
    pub(super) upper: f64,
    pub(super) count: u64,
}

/// The buckets of one side, from zero outwards.
///
/// Bucket `i` reaches from `base^i` to `base^(i+1)` with `base = 2^(2^-scale)`. Computed as
/// `exp(i * ln(base))`, as in the reference, so that the digits agree.
pub(super) fn bucket_bounds(scale: i32, buckets: BucketsView<'_>) -> Vec<Bounds> {
    let factor = std::f64::consts::LN_2 * 2f64.powi(scale.saturating_neg());
    let mut index = f64::from(buckets.offset());
    let mut bounds = Vec::new();
    for count in buckets.bucket_counts().iter() {
        let (lower, upper) = ((index * factor).exp(), ((index + 1.0) * factor).exp());
        bounds.push(Bounds { lower, upper, count });
        index += 1.0;
    }
    bounds
}
