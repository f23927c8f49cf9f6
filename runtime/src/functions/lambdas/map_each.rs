//! `MapEach`

use super::super::{Example, FunctionDecl, Lambdas, Param, Shim, Takes};
use super::{Built, Next, OFFERED, SOMETHING, WALKABLE, view, walk};
use crate::error::EvalError;
use crate::value::Value;

pub(in super::super) const MAP_EACH: FunctionDecl = FunctionDecl {
    name: "MapEach",
    doc: "A map or list with every value replaced by what a lambda makes of it; keys and order stay.",
    params: &[
        Param::required("source", Takes::Any),
        Param::required("mapper", Takes::Lambda(2, SOMETHING)),
    ],
    returns: WALKABLE,
    pure: false,
    offered: OFFERED,
    check: None,
    examples: &[
        Example {
            given: r#"{"l": [1, 2]}"#,
            statement: r#"set(log.attributes["l"], MapEach(log.attributes["l"], (_, v) => v * 2))"#,
            expect: r#"{"l": [2, 4]}"#,
        },
        Example {
            given: r#"{"m": {"a": 1}}"#,
            statement: r#"set(log.attributes["m"], MapEach(log.attributes["m"], (k, v) => Concat([k, v], "-")))"#,
            expect: r#"{"m": {"a": "a-1"}}"#,
        },
    ],
    run: Shim::HigherOrder(map_each),
};

fn map_each<'a>(lambdas: &mut dyn Lambdas<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let source = args.first().copied().unwrap_or_default();
    let mut built = Built::like(source);
    walk(source, |key, value| {
        let made = lambdas.call(1, &[key, value])?;
        let made = view(lambdas, made)?;
        built.push(key, made);
        Ok(Next::Go)
    })?;
    Ok(built.finish(lambdas))
}
