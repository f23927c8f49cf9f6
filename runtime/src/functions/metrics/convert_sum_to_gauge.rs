//! `convert_sum_to_gauge`

use super::super::{Example, FunctionDecl, Shim};
use super::points::only_points;
use super::{Kind, ON_METRICS, data_of, set_data};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const CONVERT_SUM_TO_GAUGE: FunctionDecl = FunctionDecl {
    name: "convert_sum_to_gauge",
    doc: "Makes a sum a gauge with the same datapoints. Other metrics stay as they are.",
    params: &[],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_METRICS,
    check: None,
    examples: &[Example {
        given: r#"{"name": "m", "sum": {"isMonotonic": true, "aggregationTemporality": 2, "dataPoints": [{"asInt": "3"}]}}"#,
        statement: "convert_sum_to_gauge()",
        expect: r#"[{"name": "m", "gauge": {"dataPoints": [{"asInt": "3"}]}}]"#,
    }],
    run: Shim::ItemEditor(convert_sum_to_gauge),
};

fn convert_sum_to_gauge<'a>(frame: &mut Frame<'_, 'a>, _: &[Value<'a>]) -> Result<(), EvalError> {
    let Some(sum) = data_of(&frame.open.record, Kind::Sum) else { return Ok(()) };
    set_data(frame, Kind::Gauge, &only_points(sum));
    Ok(())
}
