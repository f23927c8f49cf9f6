//! `Values`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::encode::put_value;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const VALUES: FunctionDecl = FunctionDecl {
    name: "Values",
    doc: "The values of a map, as a list.",
    params: &[Param::required("target", Takes::Exactly(Type::MAP))],
    returns: Type::LIST,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"m": {"a": 1, "b": "x"}}"#,
            statement: r#"set(log.attributes["v"], Values(log.attributes["m"]))"#,
            expect: r#"{"m": {"a": 1, "b": "x"}, "v": [1, "x"]}"#,
        },
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["v"], Values(log.attributes["m"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(values),
};

fn values<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Map(map)] = *args else { return Err(EvalError::Internal("Values")) };
    let mut encoded = Vec::new();
    for (_, value) in map.iter() {
        put_value(&mut encoded, value);
    }
    Ok(work.list(&encoded))
}
