//! `Trim`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const TRIM: FunctionDecl = FunctionDecl {
    name: "Trim",
    doc: "A text without the characters of a set at both of its ends; the set is the blank \
          unless it is given.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::optional("replacement", Takes::Literal(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "  x y "}"#,
            statement: r#"set(log.attributes["a"], Trim(log.attributes["a"]))"#,
            expect: r#"{"a": "x y"}"#,
        },
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], Trim("xyhixy", "yx"))"#,
            expect: r#"{"a": "hi"}"#,
        },
    ],
    run: Shim::Converter(trim),
};

fn trim<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), set] = *args else { return Err(EvalError::Internal("Trim")) };
    let set = match set {
        Value::Str(set) => set,
        _ => " ",
    };
    Ok(Value::Str(text.trim_matches(|character| set.contains(character))))
}
