//! `Find`

use super::super::{Example, FunctionDecl, Lambdas, Param, Shim, Takes};
use super::{Next, OFFERED, PREDICATE, SOMETHING, holds, walk};
use crate::error::EvalError;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const FIND: FunctionDecl = FunctionDecl {
    name: "Find",
    doc: "The first element of a map or list for which a predicate holds, or what a second lambda \
          makes of it; nil if there is none.",
    params: &[
        Param::required("source", Takes::Any),
        Param::required("predicate", PREDICATE),
        Param::optional("mapper", Takes::Lambda(2, SOMETHING)),
    ],
    returns: Type::ANY,
    pure: false,
    offered: OFFERED,
    check: None,
    examples: &[
        Example {
            given: r#"{"l": [1, 5, 7]}"#,
            statement: r#"set(log.attributes["found"], Find(log.attributes["l"], (_, v) => v > 3))"#,
            expect: r#"{"l": [1, 5, 7], "found": 5}"#,
        },
        Example {
            given: r#"{"m": {"a": 1, "b": 2}}"#,
            statement: r#"set(log.attributes["found"], Find(log.attributes["m"], (_, v) => v == 2, (k, _) => k))"#,
            expect: r#"{"m": {"a": 1, "b": 2}, "found": "b"}"#,
        },
    ],
    run: Shim::HigherOrder(find),
};

fn find<'a>(lambdas: &mut dyn Lambdas<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let source = args.first().copied().unwrap_or_default();
    let mut found = Value::Nil;
    walk(source, |key, value| {
        if !holds(lambdas, 1, &[key, value])? {
            return Ok(Next::Go);
        }
        found = if lambdas.has(2) { lambdas.call(2, &[key, value])? } else { value };
        Ok(Next::Stop)
    })?;
    Ok(found)
}
