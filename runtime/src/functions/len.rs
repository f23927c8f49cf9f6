//! `Len`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;
use crate::whole::Count;

pub(super) const LEN: FunctionDecl = FunctionDecl {
    name: "Len",
    doc: "The number of bytes of a text, of elements of a list or of entries of a map.",
    params: &[Param::required("target", Takes::Any)],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "é"}"#,
            statement: r#"set(log.attributes["r"], Len(log.attributes["a"]))"#,
            expect: r#"{"a": "é", "r": 2}"#,
        },
        Example {
            given: r#"{"a": [1, 2, 3]}"#,
            statement: r#"set(log.attributes["r"], Len(log.attributes["a"]))"#,
            expect: r#"{"a": [1, 2, 3], "r": 3}"#,
        },
        Example {
            given: r#"{"a": 5}"#,
            statement: r#"set(log.attributes["r"], Len(log.attributes["a"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(len),
};

fn len<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let length = match *args {
        [Value::Str(text)] => text.len(),
        [Value::Bytes(bytes)] => bytes.len(),
        [Value::Map(map)] => map.len(),
        [Value::List(list)] => list.len(),
        [Value::Items(items)] => items.len(),
        [Value::Typed(list)] => list.elements.len(),
        [Value::Message(whole)] if whole.shape.count == Count::List => whole.messages(),
        [other] => {
            let expected = Type::STRING.or(Type::BYTES).or(Type::MAP).or(Type::LIST);
            return Err(EvalError::Expected { expected, got: other.kind() });
        }
        _ => return Err(EvalError::Internal("Len")),
    };
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}
