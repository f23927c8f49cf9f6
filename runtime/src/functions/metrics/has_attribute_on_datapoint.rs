//! `HasAttrKeyOnDatapoint`, `HasAttrOnDatapoint`

use holt_pdata::ValueView;
use holt_pdata::messages::KeyValueView;

use super::super::{By, Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::data;
use super::points::{Point, key_of, points};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::{Custom, Keys, PathDecl, Slot, Storage};
use crate::types::Type;
use crate::value::Value;

const OFFERED: Offered = Offered::to(By::Filter, &["metric"]);

const KEY: Param = Param::required("key", Takes::Literal(Type::STRING));

pub(in super::super) const HAS_ATTR_KEY_ON_DATAPOINT: FunctionDecl = FunctionDecl {
    name: "HasAttrKeyOnDatapoint",
    doc: "Whether a datapoint of the metric has an attribute. A metric without data is an error.",
    params: &[KEY],
    returns: Type::BOOL,
    pure: false,
    offered: OFFERED,
    check: None,
    examples: &[
        Example {
            given: r#"{"name": "m", "gauge": {"dataPoints": [{"asInt": "1", "attributes": [{"key": "env", "value": {"intValue": "1"}}]}]}}"#,
            statement: r#"HasAttrKeyOnDatapoint("env")"#,
            expect: "true",
        },
        Example {
            given: r#"{"name": "m", "gauge": {}}"#,
            statement: r#"HasAttrKeyOnDatapoint("env")"#,
            expect: "false",
        },
    ],
    run: Shim::Path(&HAS_KEY),
};

pub(in super::super) const HAS_ATTR_ON_DATAPOINT: FunctionDecl = FunctionDecl {
    name: "HasAttrOnDatapoint",
    doc: "Whether an attribute has a text, on the first datapoint of the metric that has the attribute. \
          What is not text counts as empty text; a metric without data is an error.",
    params: &[KEY, Param::required("expected_val", Takes::Literal(Type::STRING))],
    returns: Type::BOOL,
    pure: false,
    offered: OFFERED,
    check: None,
    examples: &[Example {
        given: r#"{"name": "m", "gauge": {"dataPoints": [
            {"asInt": "1", "attributes": [{"key": "env", "value": {"stringValue": "a"}}]},
            {"asInt": "2", "attributes": [{"key": "env", "value": {"stringValue": "b"}}]}]}}"#,
        statement: r#"HasAttrOnDatapoint("env", "b")"#,
        expect: "false",
    }],
    run: Shim::Path(&HAS_TEXT),
};

static HAS_KEY: PathDecl = PathDecl {
    name: "has_attribute_key_on_datapoint",
    doc: "Whether a datapoint has an attribute of that key.",
    get: Type::BOOL,
    set: Type::NOTHING,
    keys: Keys::Value,
    storage: Storage::Custom(Custom { get: has_key, set }),
};

static HAS_TEXT: PathDecl = PathDecl {
    name: "has_attribute_on_datapoint",
    doc: "Whether the first attribute of that key on a datapoint is that text.",
    get: Type::BOOL,
    set: Type::NOTHING,
    keys: Keys::Value,
    storage: Storage::Custom(Custom { get: has_text, set }),
};

fn has_key<'a>(
    frame: &mut Frame<'_, 'a>,
    _: Slot,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Str(key)] = *args else { return Err(EvalError::Internal("HasAttrKeyOnDatapoint")) };
    Ok(Value::Bool(first_attribute(frame, key)?.is_some()))
}

fn has_text<'a>(
    frame: &mut Frame<'_, 'a>,
    _: Slot,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Str(key), Value::Str(expected)] = *args else {
        return Err(EvalError::Internal("HasAttrOnDatapoint"));
    };
    let found = first_attribute(frame, key)?;
    let text = found.map(|attribute| match attribute.get() {
        ValueView::Str(text) => text,
        _ => "",
    });
    Ok(Value::Bool(text == Some(expected)))
}

/// The first attribute of that key on the first datapoint that has one.
fn first_attribute<'a>(
    frame: &Frame<'_, 'a>,
    key: &str,
) -> Result<Option<KeyValueView<'a>>, EvalError> {
    let data = data(&frame.open.record);
    let data = data.ok_or_else(|| EvalError::Function("the metric has no data".into()))?;
    let mut attributes =
        points(data.bytes).flat_map(|raw| Point { kind: data.kind, raw }.attributes());
    let found = attributes.find(|attribute| key_of(attribute) == key.as_bytes());
    Ok(found.map(KeyValueView::new))
}

fn set<'a>(_: &mut Frame<'_, 'a>, _: Slot, _: &[Value<'a>], _: Value<'a>) -> Result<(), EvalError> {
    Err(EvalError::ReadOnly("an attribute of a datapoint"))
}
