//! `aggregate_on_attribute_value`

use holt_pdata::wire::put_len;
use holt_pdata::{Builder, ValueView};

use super::super::{Example, FunctionDecl, Param, Shim, Takes};
use super::aggregate::{Function, aggregate, check_function};
use super::points::{key_of, made_over, points_made_over};
use super::{Data, ON_METRICS, data};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const AGGREGATE_ON_ATTRIBUTE_VALUE: FunctionDecl = FunctionDecl {
    name: "aggregate_on_attribute_value",
    doc: "Gives an attribute of the datapoints another value where it has one of some, and makes one of \
          the datapoints that are then the same: their `sum`, `mean`, `min`, `max`, `median` or \
          `count`. Histograms are always added up; a summary loses its datapoints.",
    params: &[
        Param::required("aggregation_function", Takes::Literal(Type::STRING)),
        Param::required("attribute", Takes::Literal(Type::STRING)),
        Param::required("values", Takes::Literals(Type::STRING)),
        Param::required("new_value", Takes::Literal(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: ON_METRICS,
    check: Some(check_function),
    examples: &[Example {
        given: r#"{"name": "m", "gauge": {"dataPoints": [
            {"asInt": "1", "attributes": [{"key": "s", "value": {"stringValue": "x"}}]},
            {"asInt": "4", "attributes": [{"key": "s", "value": {"stringValue": "y"}}]},
            {"asInt": "9", "attributes": [{"key": "s", "value": {"stringValue": "z"}}]}]}}"#,
        statement: r#"aggregate_on_attribute_value("max", "s", ["x", "y"], "xy")"#,
        expect: r#"[{"name": "m", "gauge": {"dataPoints": [
            {"asInt": "4", "attributes": [{"key": "s", "value": {"stringValue": "xy"}}]},
            {"asInt": "9", "attributes": [{"key": "s", "value": {"stringValue": "z"}}]}]}}]"#,
    }],
    run: Shim::ItemEditor(aggregate_on_attribute_value),
};

/// Fields of an attribute.
const KEY: u32 = 1;
const VALUE: u32 = 2;

fn aggregate_on_attribute_value<'a>(
    frame: &mut Frame<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(name), Value::Str(key), values, Value::Str(new)] = *args else {
        return Err(EvalError::Internal("aggregate_on_attribute_value"));
    };
    let function = Function::named(name).ok_or(EvalError::Internal("aggregation function"))?;
    let Some(whole) = data(&frame.open.record) else { return aggregate(frame, None, function) };
    let values = values.elements();
    let is_one_of_them = |attribute: &[u8]| {
        let value = holt_pdata::wire::find(attribute, VALUE).map(|field| field.bytes);
        // What is not text counts as empty text.
        let text = match ValueView::decode(value.unwrap_or_default()) {
            ValueView::Str(text) => text,
            _ => "",
        };
        let mut values = values.into_iter().flat_map(|values| values.iter());
        values.any(|value| matches!(value, Value::Str(value) if value == text))
    };
    let attributes = whole.kind.point().attributes;
    let renamed = points_made_over(whole.bytes, |point| {
        let mut met = false;
        made_over(point, |field, out| {
            let is_it = !met && field.number == attributes && key_of(field.bytes) == key.as_bytes();
            met |= is_it;
            if !is_it || !is_one_of_them(field.bytes) {
                return false;
            }
            let attribute = Builder::message_bytes(|attribute| {
                attribute.text(KEY, key);
                attribute.value(VALUE, ValueView::Str(new));
            });
            put_len(out, attributes, &attribute);
            true
        })
    });
    aggregate(frame, Some(Data { kind: whole.kind, bytes: &renamed }), function)
}
