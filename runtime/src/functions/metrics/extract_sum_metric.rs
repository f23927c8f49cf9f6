//! `extract_sum_metric`

use super::super::{Example, FunctionDecl, Param, Shim, Takes};
use super::points::{Number, Point, points as encoded_points};
use super::{Derived, ON_METRICS, summed, text_or};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const EXTRACT_SUM_METRIC: FunctionDecl = FunctionDecl {
    name: "extract_sum_metric",
    doc: "The sums of a histogram or summary as a sum of its own, named with a suffix (`_sum` unless another is given). Datapoints that have no sum are left out. Other metrics, and histograms without a temporality, are an error.",
    params: &[
        Param::required("monotonic", Takes::Literal(Type::BOOL)),
        Param::optional("suffix", Takes::Literal(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_METRICS,
    check: None,
    examples: &[
        Example {
            given: r#"{"name": "lat", "unit": "s", "summary": {"dataPoints": [{"count": "9", "sum": 7.5}]}}"#,
            statement: r#"extract_sum_metric(true) where metric.name == "lat""#,
            expect: r#"[{"name": "lat", "unit": "s", "summary": {"dataPoints": [{"count": "9", "sum": 7.5}]}},
                        {"name": "lat_sum", "unit": "s", "sum": {"dataPoints": [{"asDouble": 7.5}], "aggregationTemporality": 2, "isMonotonic": true}}]"#,
        },
        Example {
            given: r#"{"name": "m", "gauge": {}}"#,
            statement: "extract_sum_metric(true)",
            expect: "error",
        },
    ],
    run: Shim::ItemEditor(extract_sum_metric),
};

fn extract_sum_metric<'a>(frame: &mut Frame<'_, 'a>, args: &[Value<'a>]) -> Result<(), EvalError> {
    let [Value::Bool(is_monotonic), suffix] = *args else {
        return Err(EvalError::Internal("extract_sum_metric"));
    };
    let (data, temporality) = summed(frame)?;
    let mut points = Vec::new();
    for raw in encoded_points(data.bytes) {
        let point = Point { kind: data.kind, raw };
        if let Some(sum) = point.sum() {
            point.put_number(&mut points, Number::Double(sum), None);
        }
    }
    if points.is_empty() {
        return Ok(());
    }
    let derived = Derived::from(frame, text_or(suffix, "_sum"));
    derived.sum(points, temporality, is_monotonic).add(frame)
}
