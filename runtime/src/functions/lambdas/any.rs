//! `Any`

use super::super::{Example, FunctionDecl, Lambdas, Param, Shim, Takes};
use super::{Next, OFFERED, PREDICATE, holds, walk};
use crate::error::EvalError;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const ANY: FunctionDecl = FunctionDecl {
    name: "Any",
    doc: "Whether a predicate holds for at least one element of a map or list.",
    params: &[Param::required("source", Takes::Any), Param::required("predicate", PREDICATE)],
    returns: Type::BOOL,
    pure: false,
    offered: OFFERED,
    check: None,
    examples: &[
        Example {
            given: r#"{"l": [1, 2]}"#,
            statement: r#"set(log.attributes["any"], Any(log.attributes["l"], (i, v) => i == 1 and v == 2))"#,
            expect: r#"{"l": [1, 2], "any": true}"#,
        },
        Example {
            given: r#"{"m": {}}"#,
            statement: r#"set(log.attributes["any"], Any(log.attributes["m"], (_, _) => true))"#,
            expect: r#"{"m": {}, "any": false}"#,
        },
    ],
    run: Shim::HigherOrder(any),
};

fn any<'a>(lambdas: &mut dyn Lambdas<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let source = args.first().copied().unwrap_or_default();
    let mut answer = false;
    walk(source, |key, value| {
        if holds(lambdas, 1, &[key, value])? {
            answer = true;
            return Ok(Next::Stop);
        }
        Ok(Next::Go)
    })?;
    Ok(Value::Bool(answer))
}
