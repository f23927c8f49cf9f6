//! `Bool`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const BOOL: FunctionDecl = FunctionDecl {
    name: "Bool",
    doc: "A value as a truth value. Numbers are true unless they are 0; text must be 1, t, T, TRUE, \
          true, True, 0, f, F, FALSE, false or False; nil stays nil.",
    params: &[Param::required("target", Takes::BoolLike)],
    returns: Type::BOOL.or(Type::NIL),
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "T"}"#,
            statement: r#"set(log.attributes["a"], Bool(log.attributes["a"]))"#,
            expect: r#"{"a": true}"#,
        },
        Example {
            given: r#"{"a": 0.5}"#,
            statement: r#"set(log.attributes["a"], Bool(log.attributes["a"]))"#,
            expect: r#"{"a": true}"#,
        },
        Example {
            given: r#"{"a": "yes"}"#,
            statement: r#"set(log.attributes["a"], Bool(log.attributes["a"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(bool),
};

fn bool<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    // The parameter's conversion does all the work.
    args.first().copied().ok_or(EvalError::Internal("Bool"))
}
