//! `convert_gauge_to_sum`

use super::super::{Example, FunctionDecl, Param, Shim, Takes};
use super::points::only_points;
use super::{Kind, ON_METRICS, check_temporality, data_of, set_data, sum_of, temporality};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const CONVERT_GAUGE_TO_SUM: FunctionDecl = FunctionDecl {
    name: "convert_gauge_to_sum",
    doc: "Makes a gauge a sum with the same datapoints, of the temporality `delta` or `cumulative`. \
          Other metrics stay as they are.",
    params: &[
        Param::required("string_agg_temp", Takes::Literal(Type::STRING)),
        Param::required("monotonic", Takes::Literal(Type::BOOL)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_METRICS,
    check: Some(check_temporality),
    examples: &[Example {
        given: r#"{"name": "m", "gauge": {"dataPoints": [{"asInt": "3"}]}}"#,
        statement: r#"convert_gauge_to_sum("delta", true)"#,
        expect: r#"[{"name": "m", "sum": {"dataPoints": [{"asInt": "3"}], "aggregationTemporality": 1, "isMonotonic": true}}]"#,
    }],
    run: Shim::ItemEditor(convert_gauge_to_sum),
};

fn convert_gauge_to_sum<'a>(
    frame: &mut Frame<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(name), Value::Bool(is_monotonic)] = *args else {
        return Err(EvalError::Internal("convert_gauge_to_sum"));
    };
    let Some(gauge) = data_of(&frame.open.record, Kind::Gauge) else { return Ok(()) };
    let temporality = temporality(name).unwrap_or_default();
    set_data(frame, Kind::Sum, &sum_of(only_points(gauge), temporality, is_monotonic));
    Ok(())
}
