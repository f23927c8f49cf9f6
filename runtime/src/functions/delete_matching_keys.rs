//! `delete_matching_keys`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const DELETE_MATCHING_KEYS: FunctionDecl = FunctionDecl {
    name: "delete_matching_keys",
    doc: "Removes every entry of a map whose key matches a regular expression.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("pattern", Takes::Pattern),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{"pw_a": 1, "b": 2, "x.pw_": 3}"#,
        statement: r#"delete_matching_keys(log.attributes, "^pw_")"#,
        expect: r#"{"b": 2, "x.pw_": 3}"#,
    }],
    run: Shim::Editor(delete_matching_keys),
};

fn delete_matching_keys<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [pattern] = *args else { return Err(EvalError::Internal("delete_matching_keys")) };
    let pattern = frame.state.work.pattern(pattern)?.clone();
    frame.retain(target, |key, _| !pattern.is_match(key))
}
