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
/// Bucket `i` reaches from `base^i` to `base^(i+1)` with `base = 2^(2^-scale)`.
pub(super) fn bucket_bounds(scale: i32, buckets: BucketsView<'_>) -> Vec<Bounds> {
    let width = 2f64.powi(scale.saturating_neg());
    let mut index = f64::from(buckets.offset());
    let mut bounds = Vec::new();
    for count in buckets.bucket_counts().iter() {
        bounds.push(Bounds { lower: bound(index, width), upper: bound(index + 1.0, width), count });
        index += 1.0;
    }
    bounds
}

/// `2^(index * width)`, computed as `exp(index * ln(base))`, as in the reference, so that the
/// digits agree.
fn bound(index: f64, width: f64) -> f64 {
    // 2^1024 is beyond all doubles, though the rounded logarithm falls just short of it.
    if index * width >= 1024.0 {
        return f64::INFINITY;
    }
    (index * (std::f64::consts::LN_2 * width)).exp()
}
