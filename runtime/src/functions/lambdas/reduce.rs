//! `Reduce`

use super::super::{Example, FunctionDecl, Lambdas, Param, Shim, Takes};
use super::{Next, OFFERED, SOMETHING, walk};
use crate::error::EvalError;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const REDUCE: FunctionDecl = FunctionDecl {
    name: "Reduce",
    doc: "What a lambda makes of a start value and all elements of a map or list, one after the \
          other: it gets the result so far, the key or index, and the value.",
    params: &[
        Param::required("source", Takes::Any),
        Param::required("seed", Takes::Any),
        Param::required("accumulator", Takes::Lambda(3, SOMETHING)),
    ],
    returns: Type::ANY,
    pure: false,
    offered: OFFERED,
    check: None,
    examples: &[
        Example {
            given: r#"{"l": [1, 2, 3]}"#,
            statement: r#"set(log.attributes["sum"], Reduce(log.attributes["l"], 0, (sum, _, v) => sum + v))"#,
            expect: r#"{"l": [1, 2, 3], "sum": 6}"#,
        },
        Example {
            given: r#"{"l": []}"#,
            statement: r#"set(log.attributes["sum"], Reduce(log.attributes["l"], "none", (sum, _, v) => sum + v))"#,
            expect: r#"{"l": [], "sum": "none"}"#,
        },
    ],
    run: Shim::HigherOrder(reduce),
};

fn reduce<'a>(lambdas: &mut dyn Lambdas<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [source, seed, _] = *args else { return Err(EvalError::Internal("Reduce")) };
    let mut result = seed;
    walk(source, |key, value| {
        result = lambdas.call(2, &[result, key, value])?;
        Ok(Next::Go)
    })?;
    Ok(result)
}
