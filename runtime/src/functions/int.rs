//! `Int`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const INT: FunctionDecl = FunctionDecl {
    name: "Int",
    doc: "A value as an integer. Doubles are cut towards zero; text must be a decimal integer; nil \
          stays nil.",
    params: &[Param::required("target", Takes::IntLike)],
    returns: Type::INT.or(Type::NIL),
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "12"}"#,
            statement: r#"set(log.attributes["a"], Int(log.attributes["a"]))"#,
            expect: r#"{"a": 12}"#,
        },
        Example {
            given: "{}",
            statement: r#"set(log.attributes["a"], Int(-1.9))"#,
            expect: r#"{"a": -1}"#,
        },
        Example {
            given: r#"{"a": "1.5"}"#,
            statement: r#"set(log.attributes["a"], Int(log.attributes["a"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(int),
};

fn int<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    // The parameter's conversion does all the work.
    args.first().copied().ok_or(EvalError::Internal("Int"))
}
