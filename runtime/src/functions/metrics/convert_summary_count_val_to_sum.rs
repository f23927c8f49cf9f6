//! `convert_summary_count_val_to_sum`

use super::super::{Example, FunctionDecl, Param, Shim, Takes};
use super::points::Number;
use super::{ON_DATAPOINTS, add_sum_of_summary, check_temporality};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const CONVERT_SUMMARY_COUNT_VAL_TO_SUM: FunctionDecl = FunctionDecl {
    name: "convert_summary_count_val_to_sum",
    doc: "The counts of all datapoints of a summary as a sum of its own, named with a suffix (`_count` \
          unless another is given), of the temporality `delta` or `cumulative`. It is made anew for \
          each datapoint that comes here; a condition keeps it to one. Other metrics stay as they are.",
    params: &[
        Param::required("string_agg_temp", Takes::Literal(Type::STRING)),
        Param::required("monotonic", Takes::Literal(Type::BOOL)),
        Param::optional("suffix", Takes::Literal(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_DATAPOINTS,
    check: Some(check_temporality),
    examples: &[Example {
        given: r#"{"name": "s", "summary": {"dataPoints": [{"count": "4", "sum": 2.5}]}}"#,
        statement: r#"convert_summary_count_val_to_sum("cumulative", true)"#,
        expect: r#"[{"name": "s", "summary": {"dataPoints": [{"count": "4", "sum": 2.5}]}},
                    {"name": "s_count", "sum": {"dataPoints": [{"asInt": "4"}], "aggregationTemporality": 2, "isMonotonic": true}}]"#,
    }],
    run: Shim::ItemEditor(convert_summary_count_val_to_sum),
};

fn convert_summary_count_val_to_sum<'a>(
    frame: &mut Frame<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    add_sum_of_summary(frame, args, "_count", |point| Number::Int(point.count().cast_signed()))
}
