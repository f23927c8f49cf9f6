//! `Hex`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::paths::hex;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const HEX: FunctionDecl = FunctionDecl {
    name: "Hex",
    doc: "Bytes in lower-case hexadecimal: those of text, the eight of a number with the \
          highest first, the one of a truth value.",
    params: &[Param::required("target", Takes::BytesLike)],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "hi"}"#,
            statement: r#"set(log.attributes["a"], Hex(log.attributes["a"]))"#,
            expect: r#"{"a": "6869"}"#,
        },
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], Hex(12))"#,
            expect: r#"{"a": "000000000000000c"}"#,
        },
    ],
    run: Shim::Converter(to_hex),
};

fn to_hex<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target] = *args else { return Err(EvalError::Internal("Hex")) };
    match target {
        Value::Bytes(bytes) => work.new_text(&hex(bytes)),
        _ => Ok(Value::Str("")),
    }
}
