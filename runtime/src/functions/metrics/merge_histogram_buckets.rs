//! `merge_histogram_buckets`

use holt_pdata::messages::numbers::HISTOGRAM_DATA_POINT as POINT;
use holt_pdata::messages::{self, HistogramDataPointView};

use super::super::{
    ArgumentFault, Arguments, Example, FunctionDecl, Given, Param, Shim, Takes, float_like,
};
use super::ON_DATAPOINTS;
use super::points::packed;
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const MERGE_HISTOGRAM_BUCKETS: FunctionDecl = FunctionDecl {
    name: "merge_histogram_buckets",
    doc: "Makes buckets of a histogram one. With `remove_explicit_bound`, which is the default, the \
          bound of that value goes and its bucket is counted with the next; with `limit_buckets`, \
          neighbours are merged in groups of equal size until there are at most so many. Other \
          datapoints, and histograms whose bounds and buckets do not fit together, stay as they are.",
    params: &[
        Param::required("target_value", Takes::FloatLike).late(),
        Param::optional("method", Takes::Literal(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_DATAPOINTS,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"name": "m", "histogram": {"dataPoints": [{"count": "10", "bucketCounts": ["1", "2", "3", "4"], "explicitBounds": [1, 2, 3]}]}}"#,
            statement: "merge_histogram_buckets(2)",
            expect: r#"[{"name": "m", "histogram": {"dataPoints": [{"count": "10", "bucketCounts": ["1", "5", "4"], "explicitBounds": [1, 3]}]}}]"#,
        },
        Example {
            given: r#"{"name": "m", "histogram": {"dataPoints": [{"count": "10", "bucketCounts": ["1", "2", "3", "4"], "explicitBounds": [1, 2, 3]}]}}"#,
            statement: r#"merge_histogram_buckets(2, "limit_buckets")"#,
            expect: r#"[{"name": "m", "histogram": {"dataPoints": [{"count": "10", "bucketCounts": ["3", "7"], "explicitBounds": [2]}]}}]"#,
        },
    ],
    run: Shim::ItemEditor(merge_histogram_buckets),
};

/// How buckets are merged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    RemoveBound,
    Limit,
}

impl Method {
    fn named(name: &str) -> Option<Self> {
        match name {
            "remove_explicit_bound" => Some(Self::RemoveBound),
            "limit_buckets" => Some(Self::Limit),
            _ => None,
        }
    }
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    let method = match args.text(1) {
        None => Method::RemoveBound,
        Some(name) => Method::named(name).ok_or_else(|| {
            let help = "write \"remove_explicit_bound\" or \"limit_buckets\"";
            ArgumentFault::new(1, "does not know this method", help)
        })?,
    };
    match args.get(0) {
        Given::Nothing => Err(ArgumentFault::new(0, "takes a number, not nil", "")),
        Given::Constant(target) if method == Method::Limit => match float_like(target) {
            Ok(Value::Float(target)) if limit(target).is_none() => {
                Err(ArgumentFault::new(0, "takes a limit of at least 1, without a fraction", ""))
            }
            _ => Ok(()),
        },
        Given::Constant(_) | Given::Unknown => Ok(()),
    }
}

/// The limit that a number means: a positive integer.
fn limit(target: f64) -> Option<usize> {
    let is_one = target >= 1.0 && target.trunc() == target && target <= i64::MAX as f64;
    // Nothing has more buckets than the largest integer.
    is_one.then_some(target as usize)
}

fn merge_histogram_buckets<'a>(
    frame: &mut Frame<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [target, method] = *args else { return Err(EvalError::Internal("merge buckets")) };
    if !std::ptr::eq(frame.open.child.message(), &messages::HISTOGRAM_DATA_POINT) {
        return Ok(());
    }
    let target = match frame.state.work.needed(target)? {
        Value::Float(target) => target,
        other => {
            return Err(EvalError::Expected { expected: Type::FLOAT, got: other.kind() });
        }
    };
    let method = match method {
        Value::Str(name) => Method::named(name).ok_or(EvalError::Internal("method"))?,
        _ => Method::RemoveBound,
    };
    // With what earlier statements changed.
    let mut point = Vec::new();
    frame.open.child.encode(&mut point);
    let point = HistogramDataPointView::new(&point);
    let counts: Vec<u64> = point.bucket_counts().iter().collect();
    let bounds: Vec<f64> = point.explicit_bounds().iter().collect();
    let fits = bounds.len() + 1 == counts.len() && counts.len() > 1;
    let merged = match method {
        Method::RemoveBound => fits.then(|| without_bound(counts, bounds, target)).flatten(),
        Method::Limit => {
            let limit = limit(target).ok_or_else(|| {
                EvalError::Function("a limit of buckets is a positive integer".into())
            })?;
            fits.then(|| limited(&counts, &bounds, limit)).flatten()
        }
    };
    let Some((counts, bounds)) = merged else { return Ok(()) };
    let arena = frame.state.work.arena;
    let counts = arena.alloc_slice_copy(&packed(counts));
    frame.open.child.set_message(POINT::bucket_counts, counts);
    if bounds.is_empty() {
        frame.open.child.clear(POINT::explicit_bounds);
    } else {
        let bounds = arena.alloc_slice_copy(&packed(bounds.into_iter().map(f64::to_bits)));
        frame.open.child.set_message(POINT::explicit_bounds, bounds);
    }
    Ok(())
}

/// Counts and bounds, of which there is one fewer.
type Buckets = (Vec<u64>, Vec<f64>);

/// Buckets without a bound; none when there is no such bound.
fn without_bound(mut counts: Vec<u64>, mut bounds: Vec<f64>, target: f64) -> Option<Buckets> {
    const NEAR: f64 = 1e-12;
    let index = bounds.iter().position(|bound| (bound - target).abs() < NEAR)?;
    bounds.remove(index);
    let merged = counts.remove(index);
    let next = counts.get_mut(index)?;
    *next = next.wrapping_add(merged);
    Some((counts, bounds))
}

/// Buckets merged in groups of equal size until there are few enough; none when they are, and when
/// the bounds do not rise.
fn limited(counts: &[u64], bounds: &[f64], limit: usize) -> Option<Buckets> {
    let rises = bounds.is_sorted_by(|below, above| above > below);
    if counts.len() <= limit || !rises {
        return None;
    }
    let size = counts.len().div_ceil(limit.max(1));
    let counts =
        counts.chunks(size).map(|group| group.iter().copied().fold(0, u64::wrapping_add)).collect();
    let bounds = bounds.chunks_exact(size).filter_map(|group| group.last()).copied().collect();
    Some((counts, bounds))
}
