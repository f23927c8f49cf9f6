//! `All`

use super::super::{Example, FunctionDecl, Lambdas, Param, Shim, Takes};
use super::{Next, OFFERED, PREDICATE, holds, walk};
use crate::error::EvalError;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const ALL: FunctionDecl = FunctionDecl {
    name: "All",
    doc: "Whether a predicate holds for every element of a map or list; it does for an empty one.",
    params: &[Param::required("source", Takes::Any), Param::required("predicate", PREDICATE)],
    returns: Type::BOOL,
    pure: false,
    offered: OFFERED,
    check: None,
    examples: &[
        Example {
            given: r#"{"l": [2, 4]}"#,
            statement: r#"set(log.attributes["all"], All(log.attributes["l"], (_, v) => v > 1))"#,
            expect: r#"{"l": [2, 4], "all": true}"#,
        },
        Example {
            given: r#"{"a": 1}"#,
            statement: r#"set(log.attributes["all"], All(log.attributes["a"], (_, v) => v > 1))"#,
            expect: "error",
        },
    ],
    run: Shim::HigherOrder(all),
};

fn all<'a>(lambdas: &mut dyn Lambdas<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let source = args.first().copied().unwrap_or_default();
    let mut answer = true;
    walk(source, |key, value| {
        if !holds(lambdas, 1, &[key, value])? {
            answer = false;
            return Ok(Next::Stop);
        }
        Ok(Next::Go)
    })?;
    Ok(Value::Bool(answer))
}
