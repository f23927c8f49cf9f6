//! `SliceToMap`

use super::parse_key_value::put_last;
use super::plain::plain_elements;
use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::encode::{map, storable};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const SLICE_TO_MAP: FunctionDecl = FunctionDecl {
    name: "SliceToMap",
    doc: "A list as a map. Keys are the indices, or what stands at a path inside each element, which must \
          be a map then; values are the elements, or what stands at another path.",
    params: &[
        Param::required("target", Takes::Exactly(Type::LIST)),
        Param::optional("key_path", Takes::Literals(Type::STRING)),
        Param::optional("value_path", Takes::Literals(Type::STRING)),
    ],
    returns: Type::MAP,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"l": [{"n": "a", "v": 1}]}"#,
            statement: r#"set(log.attributes["l"], SliceToMap(log.attributes["l"], ["n"], ["v"]))"#,
            expect: r#"{"l": {"a": 1}}"#,
        },
        Example {
            given: r#"{"l": ["x", "y"]}"#,
            statement: r#"set(log.attributes["l"], SliceToMap(log.attributes["l"]))"#,
            expect: r#"{"l": {"0": "x", "1": "y"}}"#,
        },
    ],
    run: Shim::Converter(slice_to_map),
};

fn slice_to_map<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target, key_path, value_path] = *args else {
        return Err(EvalError::Internal("SliceToMap"));
    };
    let elements = plain_elements(target)?.elements().ok_or(EvalError::Internal("SliceToMap"))?;
    let mut entries = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        let key = match key_path {
            Value::Nil => work.arena.alloc_str(&index.to_string()),
            path => match at(element, path)? {
                Value::Str(key) => key,
                other => {
                    return Err(EvalError::Expected { expected: Type::STRING, got: other.kind() });
                }
            },
        };
        let value = match value_path {
            Value::Nil => element,
            path => at(element, path)?,
        };
        put_last(&mut entries, key, storable(work.arena, value)?);
    }
    Ok(Value::Map(map(work.arena, entries.into_iter())))
}

/// What stands at a path inside a map.
fn at<'a>(element: Value<'a>, path: Value<'a>) -> Result<Value<'a>, EvalError> {
    let mut value = element;
    let mut keys = path.elements().into_iter().flat_map(|keys| keys.iter()).peekable();
    if keys.peek().is_none() {
        return Err(EvalError::Function("a path needs at least one key".into()));
    }
    for key in keys {
        let (Value::Map(map), Value::Str(key)) = (value, key) else {
            return Err(EvalError::Expected { expected: Type::MAP, got: value.kind() });
        };
        let found = map.get(key).ok_or_else(|| EvalError::MissingKey(key.into()))?;
        value = found.into();
    }
    Ok(value)
}
