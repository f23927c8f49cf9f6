//! `convert_summary_quantile_val_to_gauge`

use holt_pdata::ValueView;
use holt_pdata::messages::SummaryDataPointView;

use super::super::{Example, FunctionDecl, Param, Shim, Takes};
use super::points::{Number, Point, points as encoded_points};
use super::{Derived, Kind, ON_METRICS, data_of, text_or};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const CONVERT_SUMMARY_QUANTILE_VAL_TO_GAUGE: FunctionDecl = FunctionDecl {
    name: "convert_summary_quantile_val_to_gauge",
    doc: "The quantiles of a summary as a gauge of its own, named with a suffix (`.quantiles` unless \
          another is given), with the quantile in an attribute (`quantile` unless another is given). \
          Other metrics stay as they are.",
    params: &[
        Param::optional("attribute_key", Takes::Literal(Type::STRING)),
        Param::optional("suffix", Takes::Literal(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_METRICS,
    check: None,
    examples: &[Example {
        given: r#"{"name": "s", "summary": {"dataPoints": [{"quantileValues": [{"quantile": 0.5, "value": 1}, {"quantile": 0.9, "value": 3}]}]}}"#,
        statement: r#"convert_summary_quantile_val_to_gauge("q")"#,
        expect: r#"[{"name": "s", "summary": {"dataPoints": [{"quantileValues": [{"quantile": 0.5, "value": 1}, {"quantile": 0.9, "value": 3}]}]}},
                    {"name": "s.quantiles", "gauge": {"dataPoints": [
                        {"asDouble": 1, "attributes": [{"key": "q", "value": {"doubleValue": 0.5}}]},
                        {"asDouble": 3, "attributes": [{"key": "q", "value": {"doubleValue": 0.9}}]}]}}]"#,
    }],
    run: Shim::ItemEditor(convert_summary_quantile_val_to_gauge),
};

fn convert_summary_quantile_val_to_gauge<'a>(
    frame: &mut Frame<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [key, suffix] = *args else { return Err(EvalError::Internal("quantiles of a summary")) };
    let Some(summary) = data_of(&frame.open.record, Kind::Summary) else { return Ok(()) };
    let key = text_or(key, "quantile");
    let mut points = Vec::new();
    for raw in encoded_points(summary) {
        let point = Point { kind: Kind::Summary, raw };
        for quantile in SummaryDataPointView::new(raw).quantile_values().iter() {
            let attribute = (key, ValueView::Double(quantile.quantile()));
            point.put_number(&mut points, Number::Double(quantile.value()), Some(attribute));
            // Every quantile takes all attributes with it.
            if points.len() > frame.open.room() {
                return Err(EvalError::TooManyRecords);
            }
        }
    }
    Derived::from(frame, text_or(suffix, ".quantiles")).gauge(points).add(frame)
}
