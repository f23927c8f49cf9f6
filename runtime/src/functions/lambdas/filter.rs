//! `Filter`

use super::super::{Example, FunctionDecl, Lambdas, Param, Shim, Takes};
use super::{Built, Next, OFFERED, PREDICATE, WALKABLE, holds, view, walk};
use crate::error::EvalError;
use crate::value::Value;

pub(in super::super) const FILTER: FunctionDecl = FunctionDecl {
    name: "Filter",
    doc: "The elements of a map or list for which a predicate holds, as a new map or list.",
    params: &[Param::required("source", Takes::Any), Param::required("predicate", PREDICATE)],
    returns: WALKABLE,
    pure: false,
    offered: OFFERED,
    check: None,
    examples: &[
        Example {
            given: r#"{"l": [1, 2, 3]}"#,
            statement: r#"set(log.attributes["l"], Filter(log.attributes["l"], (_, v) => v != 2))"#,
            expect: r#"{"l": [1, 3]}"#,
        },
        Example {
            given: r#"{"m": {"a": 1, "b": 2}}"#,
            statement: r#"set(log.attributes["m"], Filter(log.attributes["m"], (k, _) => k == "b"))"#,
            expect: r#"{"m": {"b": 2}}"#,
        },
    ],
    run: Shim::HigherOrder(filter),
};

fn filter<'a>(lambdas: &mut dyn Lambdas<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let source = args.first().copied().unwrap_or_default();
    let mut built = Built::like(source);
    walk(source, |key, value| {
        if holds(lambdas, 1, &[key, value])? {
            let value = view(lambdas, value)?;
            built.push(key, value);
        }
        Ok(Next::Go)
    })?;
    Ok(built.finish(lambdas))
}
