//! `convert_exponential_histogram_to_histogram`

use holt_pdata::Builder;
use holt_pdata::messages::numbers::{
    EXPONENTIAL_HISTOGRAM as EXPONENTIAL, HISTOGRAM, HISTOGRAM_DATA_POINT as POINT, METRIC,
};
use holt_pdata::messages::{ExponentialHistogramDataPointView, ExponentialHistogramView};

use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Param, Shim, Takes};
use super::spread::{Spread, counts};
use super::{Kind, ON_METRICS, data_of, put_scalar, set_data};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const CONVERT_EXPONENTIAL_HISTOGRAM_TO_HISTOGRAM: FunctionDecl =
    FunctionDecl {
        name: "convert_exponential_histogram_to_histogram",
        doc: "Makes an exponential histogram one with the given bounds. Buckets that cross a bound are \
              spread as `upper`, `midpoint`, `uniform` or `random` says. There are as many buckets as \
              bounds: what lies beyond the last bound counts with the last bucket, and negative \
              buckets do not count. Other metrics stay as they are.",
        params: &[
            Param::required("distribution_fn", Takes::Literal(Type::STRING)),
            Param::required("explicit_bounds", Takes::Literals(Type::FLOAT)),
        ],
        returns: Type::NOTHING,
        pure: false,
        offered: ON_METRICS,
        check: Some(check),
        examples: &[Example {
            given: r#"{"name": "m", "exponentialHistogram": {"dataPoints": [{"count": "5", "sum": 8, "positive": {"bucketCounts": ["5"]}}]}}"#,
            statement: r#"convert_exponential_histogram_to_histogram("upper", [1.0, 2.0, 4.0])"#,
            expect: r#"[{"name": "m", "histogram": {"dataPoints": [{"count": "5", "sum": 8, "bucketCounts": ["0", "5", "0"], "explicitBounds": [1, 2, 4], "min": 0, "max": 0}]}}]"#,
        }],
        run: Shim::ItemEditor(convert_exponential_histogram_to_histogram),
    };

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    if args.text(0).is_some_and(|name| Spread::named(name).is_none()) {
        let help = format!("one of {}", Spread::NAMES);
        return Err(ArgumentFault::new(0, "does not know this distribution", help));
    }
    if args.elements(1).is_some_and(|bounds| bounds.is_empty()) {
        return Err(ArgumentFault::new(1, "needs at least one bound", ""));
    }
    Ok(())
}

fn convert_exponential_histogram_to_histogram<'a>(
    frame: &mut Frame<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(name), bounds] = *args else {
        return Err(EvalError::Internal("exponential histogram to histogram"));
    };
    let Some(data) = data_of(&frame.open.record, Kind::Exponential) else { return Ok(()) };
    let spread = Spread::named(name).ok_or(EvalError::Internal("distribution"))?;
    let bounds: Vec<f64> = bounds
        .elements()
        .into_iter()
        .flat_map(|bounds| bounds.iter())
        .filter_map(|bound| if let Value::Float(bound) = bound { Some(bound) } else { None })
        .collect();
    let host = frame.state.work.host;
    let mut histogram = Builder::message_bytes(|histogram| {
        for point in ExponentialHistogramView::new(data).data_points().iter() {
            let counts = counts(point, &bounds, spread, host);
            histogram.message(HISTOGRAM::data_points, |to| put_point(point, &bounds, &counts, to));
        }
    });
    let temporality = holt_pdata::wire::find(data, EXPONENTIAL::aggregation_temporality);
    let temporality = temporality.map_or(0, |field| field.scalar);
    put_scalar(&mut histogram, HISTOGRAM::aggregation_temporality, temporality);
    set_data(frame, Kind::Histogram, &histogram);
    frame.open.record.clear(METRIC::metadata);
    Ok(())
}

/// Writes a datapoint with explicit bounds; sum, minimum and maximum are zero where they were not
/// known.
fn put_point(
    from: ExponentialHistogramDataPointView<'_>,
    bounds: &[f64],
    counts: &[u64],
    to: &mut Builder,
) {
    to.fixed64(POINT::start_time_unix_nano, from.start_time_unix_nano());
    to.fixed64(POINT::time_unix_nano, from.time_unix_nano());
    to.fixed64(POINT::count, from.count());
    to.present_double(POINT::sum, from.sum().unwrap_or_default());
    to.packed_fixed64(POINT::bucket_counts, counts.iter().copied());
    to.packed_fixed64(POINT::explicit_bounds, bounds.iter().map(|bound| bound.to_bits()));
    for exemplar in from.exemplars().iter() {
        to.encoded(POINT::exemplars, exemplar.raw());
    }
    for attribute in from.attributes().iter() {
        to.encoded(POINT::attributes, attribute.raw());
    }
    to.present_double(POINT::min, from.min().unwrap_or_default());
    to.present_double(POINT::max, from.max().unwrap_or_default());
}
