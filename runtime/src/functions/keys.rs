//! `Keys`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use holt_pdata::ValueView;

use crate::encode::put_value;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const KEYS: FunctionDecl = FunctionDecl {
    name: "Keys",
    doc: "The keys of a map, as a list.",
    params: &[Param::required("target", Takes::Exactly(Type::MAP))],
    returns: Type::LIST,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"m": {"a": 1, "b": 2}}"#,
            statement: r#"set(log.attributes["k"], Keys(log.attributes["m"]))"#,
            expect: r#"{"m": {"a": 1, "b": 2}, "k": ["a", "b"]}"#,
        },
        Example {
            given: r#"{"m": 1}"#,
            statement: r#"set(log.attributes["k"], Keys(log.attributes["m"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(keys),
};

fn keys<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Map(map)] = *args else { return Err(EvalError::Internal("Keys")) };
    let mut encoded = Vec::new();
    for (key, _) in map.iter() {
        put_value(&mut encoded, ValueView::Str(key));
    }
    Ok(work.list(&encoded))
}
