//! `ContainsValue`

use super::index::position;
use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const CONTAINS_VALUE: FunctionDecl = FunctionDecl {
    name: "ContainsValue",
    doc: "Whether an element of a list equals a value.",
    params: &[
        Param::required("target", Takes::Exactly(Type::LIST)),
        Param::required("item", Takes::Any),
    ],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"l": [1, 2]}"#,
            statement: r#"set(log.attributes["r"], ContainsValue(log.attributes["l"], 2.0))"#,
            expect: r#"{"l": [1, 2], "r": true}"#,
        },
        Example {
            given: "{}",
            statement: r#"set(log.attributes["r"], ContainsValue(log.attributes["l"], 2))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(contains_value),
};

fn contains_value<'a>(
    work: &mut Workspace<'a>,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [list, item] = *args else { return Err(EvalError::Internal("ContainsValue")) };
    Ok(Value::Bool(position(work, list, item)?.is_some()))
}
