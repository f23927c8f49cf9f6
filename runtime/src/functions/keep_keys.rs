//! `keep_keys`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const KEEP_KEYS: FunctionDecl = FunctionDecl {
    name: "keep_keys",
    doc: "Removes every entry of a map whose key is not listed.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("keys", Takes::List(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": 1, "b": 2, "c": 3}"#,
            statement: r#"keep_keys(log.attributes, ["c", "a", "missing"])"#,
            expect: r#"{"a": 1, "c": 3}"#,
        },
        Example { given: r#"{"a": 1}"#, statement: "keep_keys(log.attributes, [])", expect: "{}" },
    ],
    run: Shim::Editor(keep_keys),
};

fn keep_keys<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Items(keys)] = args else { return Err(EvalError::Internal("keep_keys")) };
    frame.retain(target, |key, _| {
        keys.iter().any(|listed| matches!(listed, Value::Str(listed) if *listed == key))
    })
}
