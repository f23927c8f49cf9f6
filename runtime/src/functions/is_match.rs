//! `IsMatch`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const IS_MATCH: FunctionDecl = FunctionDecl {
    name: "IsMatch",
    doc: "Whether a regular expression matches anywhere in a value's text. Nil never matches.",
    params: &[
        Param::required("target", Takes::TextLike),
        Param::required("pattern", Takes::Pattern),
    ],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"n": 500}"#,
            statement: r#"set(log.attributes["hit"], IsMatch(log.attributes["n"], "^5"))"#,
            expect: r#"{"n": 500, "hit": true}"#,
        },
        Example {
            given: "{}",
            statement: r#"set(log.attributes["hit"], IsMatch(log.attributes["n"], ".*"))"#,
            expect: r#"{"hit": false}"#,
        },
    ],
    run: Shim::Converter(is_match),
};

fn is_match<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target, pattern] = *args else { return Err(EvalError::Internal("IsMatch")) };
    let pattern = work.pattern(pattern)?;
    Ok(Value::Bool(match target {
        Value::Str(text) => pattern.is_match(text),
        _ => false,
    }))
}
