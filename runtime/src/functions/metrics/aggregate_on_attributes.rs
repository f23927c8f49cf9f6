//! `aggregate_on_attributes`

use super::super::{Example, FunctionDecl, Param, Shim, Takes};
use super::aggregate::{Function, aggregate, check_function};
use super::points::{key_of, made_over, points_made_over};
use super::{Data, Kind, ON_METRICS, data};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const AGGREGATE_ON_ATTRIBUTES: FunctionDecl = FunctionDecl {
    name: "aggregate_on_attributes",
    doc: "Keeps only some attributes of the datapoints, all if none are named, and makes one of those \
          that are then the same: their `sum`, `mean`, `min`, `max`, `median` or `count`. Histograms \
          are always added up. Summaries cannot be aggregated.",
    params: &[
        Param::required("aggregation_function", Takes::Literal(Type::STRING)),
        Param::optional("attributes", Takes::Literals(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_METRICS,
    check: Some(check_function),
    examples: &[
        Example {
            given: r#"{"name": "m", "gauge": {"dataPoints": [
                {"asInt": "2", "attributes": [{"key": "h", "value": {"intValue": "1"}}, {"key": "c", "value": {"intValue": "1"}}]},
                {"asInt": "3", "attributes": [{"key": "h", "value": {"intValue": "1"}}, {"key": "c", "value": {"intValue": "2"}}]}]}}"#,
            statement: r#"aggregate_on_attributes("sum", ["h"])"#,
            expect: r#"[{"name": "m", "gauge": {"dataPoints": [{"asInt": "5", "attributes": [{"key": "h", "value": {"intValue": "1"}}]}]}}]"#,
        },
        Example {
            given: r#"{"name": "m", "summary": {}}"#,
            statement: r#"aggregate_on_attributes("sum")"#,
            expect: "error",
        },
    ],
    run: Shim::ItemEditor(aggregate_on_attributes),
};

fn aggregate_on_attributes<'a>(
    frame: &mut Frame<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(name), keys] = *args else {
        return Err(EvalError::Internal("aggregate_on_attributes"));
    };
    let function = Function::named(name).ok_or(EvalError::Internal("aggregation function"))?;
    let data = data(&frame.open.record);
    if data.is_some_and(|data| data.kind == Kind::Summary) {
        return Err(EvalError::Function("a summary cannot be aggregated".into()));
    }
    let (Some(keys), Some(whole)) = (keys.elements(), data) else {
        return aggregate(frame, data, function);
    };
    let attributes = whole.kind.point().attributes;
    let kept = |attribute: &[u8]| {
        let key = key_of(attribute);
        keys.iter().any(|kept| matches!(kept, Value::Str(kept) if kept.as_bytes() == key))
    };
    let filtered = points_made_over(whole.bytes, |point| {
        made_over(point, |field, _| field.number == attributes && !kept(field.bytes))
    });
    aggregate(frame, Some(Data { kind: whole.kind, bytes: &filtered }), function)
}
