//! `Coalesce`

use super::{ArgumentFault, Arguments};
use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const COALESCE: FunctionDecl = FunctionDecl {
    name: "Coalesce",
    doc: "The first of several values that is not nil; nil if all are. Values behind it are not looked \
          at.",
    params: &[Param::required("values", Takes::List(Type::ANY)).late()],
    returns: Type::ANY,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"b": 2}"#,
            statement: r#"set(log.attributes["c"], Coalesce([log.attributes["a"], log.attributes["b"], 3]))"#,
            expect: r#"{"b": 2, "c": 2}"#,
        },
        Example {
            given: r#"{"z": 0}"#,
            statement: r#"set(log.attributes["c"], Coalesce(["x", 1 / log.attributes["z"]]))"#,
            expect: r#"{"z": 0, "c": "x"}"#,
        },
    ],
    run: Shim::Converter(coalesce),
};

fn coalesce<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [values] = *args else { return Err(EvalError::Internal("Coalesce")) };
    for value in values.elements().into_iter().flat_map(|values| values.iter()) {
        let value = work.needed(value)?;
        if !value.is_nil() {
            return Ok(value);
        }
    }
    Ok(Value::Nil)
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    if args.elements(0).is_some_and(|values| values.is_empty()) {
        return Err(ArgumentFault::new(0, "needs at least one value", ""));
    }
    Ok(())
}
