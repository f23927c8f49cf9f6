//! `ParseSeverity`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use holt_pdata::{MapView, ValueView};

use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const PARSE_SEVERITY: FunctionDecl = FunctionDecl {
    name: "ParseSeverity",
    doc: "The level that a mapping gives a text or a number. The mapping names, for each level, texts that \
          equal it and ranges of numbers: under `equals` and `range`.",
    params: &[Param::required("target", Takes::Any), Param::required("mapping", Takes::LiteralMap)],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"s": 404}"#,
            statement: r#"set(log.attributes["l"], ParseSeverity(log.attributes["s"], {"error": [{"range": "4xx"}], "info": [{"equals": ["ok"]}]}))"#,
            expect: r#"{"s": 404, "l": "error"}"#,
        },
        Example {
            given: r#"{"s": "other"}"#,
            statement: r#"set(log.attributes["l"], ParseSeverity(log.attributes["s"], {"info": [{"equals": ["ok"]}]}))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_severity),
};

fn parse_severity<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target, Value::Map(mapping)] = *args else {
        return Err(EvalError::Internal("ParseSeverity"));
    };
    // The whole mapping is looked at, so that a mistake shows even where it does not matter.
    let mut found = None;
    for (level, criteria) in mapping.iter() {
        let criteria =
            Value::from(criteria).elements().ok_or_else(|| wrong("a list of criteria"))?;
        for criterion in criteria.iter() {
            let Value::Map(criterion) = criterion else { return Err(wrong("a map of criteria")) };
            if holds(criterion, target)? && found.is_none() {
                found = Some(level);
            }
        }
    }
    if !matches!(target, Value::Str(_) | Value::Int(_)) && !mapping.is_empty() {
        let expected = Type::STRING.or(Type::INT);
        return Err(EvalError::Expected { expected, got: target.kind() });
    }
    let none = || EvalError::Function("no level fits the value".into());
    found.map(Value::Str).ok_or_else(none)
}

fn holds(criterion: MapView<'_>, target: Value<'_>) -> Result<bool, EvalError> {
    let mut holds = false;
    if let Some(texts) = criterion.get("equals") {
        let texts = Value::from(texts).elements().ok_or_else(|| wrong("`equals` with a list"))?;
        for text in texts.iter() {
            let Value::Str(text) = text else { return Err(wrong("`equals` with texts")) };
            holds |= matches!(target, Value::Str(target) if target == text);
        }
    }
    if let Some(range) = criterion.get("range") {
        let (least, most) = match Value::from(range) {
            Value::Map(range) => match (range.get("min"), range.get("max")) {
                (Some(ValueView::Int(least)), Some(ValueView::Int(most))) => (least, most),
                _ => return Err(wrong("`range` with integers `min` and `max`")),
            },
            Value::Str("2xx") => (200, 299),
            Value::Str("3xx") => (300, 399),
            Value::Str("4xx") => (400, 499),
            Value::Str("5xx") => (500, 599),
            _ => return Err(wrong("`range` with a map, or one of 2xx to 5xx")),
        };
        holds |= matches!(target, Value::Int(value) if (least..=most).contains(&value));
    }
    Ok(holds)
}

fn wrong(wanted: &str) -> EvalError {
    EvalError::Function(format!("the mapping of levels needs {wanted}").into())
}
