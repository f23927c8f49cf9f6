//! `Double`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const DOUBLE: FunctionDecl = FunctionDecl {
    name: "Double",
    doc: "A value as a double. Truth values are 1 and 0; text must be a number; nil stays nil.",
    params: &[Param::required("target", Takes::FloatLike)],
    returns: Type::FLOAT.or(Type::NIL),
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "2.5"}"#,
            statement: r#"set(log.attributes["a"], Double(log.attributes["a"]))"#,
            expect: r#"{"a": 2.5}"#,
        },
        Example {
            given: r#"{"a": true}"#,
            statement: r#"set(log.attributes["a"], Double(log.attributes["a"]))"#,
            expect: r#"{"a": 1.0}"#,
        },
        Example {
            given: r#"{"a": "x"}"#,
            statement: r#"set(log.attributes["a"], Double(log.attributes["a"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(double),
};

fn double<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    // The parameter's conversion does all the work.
    args.first().copied().ok_or(EvalError::Internal("Double"))
}
