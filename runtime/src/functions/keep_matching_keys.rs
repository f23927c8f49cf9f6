//! `keep_matching_keys`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const KEEP_MATCHING_KEYS: FunctionDecl = FunctionDecl {
    name: "keep_matching_keys",
    doc: "Removes every entry of a map whose key does not match a regular expression.",
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
        statement: r#"keep_matching_keys(log.attributes, "^pw_")"#,
        expect: r#"{"pw_a": 1}"#,
    }],
    run: Shim::Editor(keep_matching_keys),
};

fn keep_matching_keys<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [pattern] = *args else { return Err(EvalError::Internal("keep_matching_keys")) };
    let pattern = frame.state.work.pattern(pattern)?.clone();
    frame.retain(target, |key, _| pattern.is_match(key))
}
