//! `extract_percentile_metric`

use holt_pdata::messages::{ExponentialHistogramDataPointView, HistogramDataPointView};

use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Param, Shim, Takes};
use super::points::{Number, Point, points as encoded_points};
use super::{Derived, Kind, ON_METRICS, data, percentile};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const EXTRACT_PERCENTILE_METRIC: FunctionDecl = FunctionDecl {
    name: "extract_percentile_metric",
    doc: "A percentile of a histogram or exponential histogram as a gauge of its own, named with a \
          suffix (such as `_p95` unless another is given). It is interpolated in the bucket that holds \
          it; datapoints that are empty are left out. Other metrics stay as they are.",
    params: &[
        Param::required("percentile", Takes::Literal(Type::FLOAT)),
        Param::optional("suffix", Takes::Literal(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_METRICS,
    check: Some(check),
    examples: &[Example {
        given: r#"{"name": "lat", "histogram": {"dataPoints": [{"count": "4", "bucketCounts": ["2", "2", "0"], "explicitBounds": [10, 20]}]}}"#,
        statement: "extract_percentile_metric(50.0)",
        expect: r#"[{"name": "lat", "histogram": {"dataPoints": [{"count": "4", "bucketCounts": ["2", "2", "0"], "explicitBounds": [10, 20]}]}},
                    {"name": "lat_p50", "description": "p50", "gauge": {"dataPoints": [{"asDouble": 10}]}}]"#,
    }],
    run: Shim::ItemEditor(extract_percentile_metric),
};

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.float(0) {
        Some(percentile) if !(percentile > 0.0 && percentile < 100.0) => {
            Err(ArgumentFault::new(0, "takes a percentile between 0 and 100, both excluded", ""))
        }
        _ => Ok(()),
    }
}

fn extract_percentile_metric<'a>(
    frame: &mut Frame<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Float(percentile), suffix] = *args else {
        return Err(EvalError::Internal("extract_percentile_metric"));
    };
    let Some(data) = data(&frame.open.record) else { return Ok(()) };
    let mut points = Vec::new();
    for raw in encoded_points(data.bytes) {
        let value = match data.kind {
            Kind::Histogram => {
                percentile::of_histogram(HistogramDataPointView::new(raw), percentile)?
            }
            Kind::Exponential => {
                let point = ExponentialHistogramDataPointView::new(raw);
                percentile::of_exponential(point, percentile)?
            }
            Kind::Gauge | Kind::Sum | Kind::Summary => return Ok(()),
        };
        if let Some(value) = value {
            let point = Point { kind: data.kind, raw };
            point.put_number(&mut points, Number::Double(value), None);
        }
    }
    if points.is_empty() {
        return Ok(());
    }
    let label = label(percentile);
    let default = format!("_{label}");
    let mut derived = Derived::from(
        frame,
        match suffix {
            Value::Str(suffix) if !suffix.is_empty() => suffix,
            _ => &default,
        },
    );
    derived.description = match derived.description.as_str() {
        "" => label,
        description => format!("{description} ({label})"),
    };
    derived.gauge(points).add(frame)
}

/// A percentile as names show it: `p99.9`, and `p1e-05` for a very small one.
fn label(percentile: f64) -> String {
    if percentile >= 1e-4 {
        return format!("p{percentile}");
    }
    let text = format!("p{percentile:e}");
    match text.split_once("e-") {
        Some((digits, exponent)) if exponent.len() == 1 => format!("{digits}e-0{exponent}"),
        _ => text,
    }
}
