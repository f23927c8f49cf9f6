//! `Log`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const LOG: FunctionDecl = FunctionDecl {
    name: "Log",
    doc: "The natural logarithm of a number above 0.",
    params: &[Param::required("target", Takes::FloatLike)],
    returns: Type::FLOAT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": 10}"#,
            statement: r#"set(log.attributes["a"], Log(log.attributes["a"]))"#,
            expect: r#"{"a": 2.302585092994046}"#,
        },
        Example {
            given: r#"{"a": 0}"#,
            statement: r#"set(log.attributes["a"], Log(log.attributes["a"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(log),
};

fn log<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    match *args {
        [Value::Float(value)] if value > 0.0 || value.is_nan() => {
            Ok(Value::Float(libm::log(value)))
        }
        [Value::Float(_)] => {
            Err(EvalError::Function("only numbers above 0 have a logarithm".into()))
        }
        [other] => Err(EvalError::Expected { expected: Type::FLOAT, got: other.kind() }),
        _ => Err(EvalError::Internal("Log")),
    }
}
