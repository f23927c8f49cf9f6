//! `Base64Encode`

use base64::Engine as _;

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::engine;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const BASE64_ENCODE: FunctionDecl = FunctionDecl {
    name: "Base64Encode",
    doc: "A text in base64: by the variant `base64` or `base64-url`, or without padding as \
          `base64-raw` or `base64-raw-url`.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::optional("variant", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "hi?"}"#,
            statement: r#"set(log.attributes["a"], Base64Encode(log.attributes["a"]))"#,
            expect: r#"{"a": "aGk/"}"#,
        },
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], Base64Encode("hi??", "base64-raw-url"))"#,
            expect: r#"{"a": "aGk_Pw"}"#,
        },
        Example {
            given: r#"{"v": "rot13"}"#,
            statement: r#"set(log.attributes["a"], Base64Encode("hi", log.attributes["v"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(base64_encode),
};

fn base64_encode<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), variant] = *args else {
        return Err(EvalError::Internal("Base64Encode"));
    };
    let variant = match variant {
        Value::Str(name) => name,
        _ => "base64",
    };
    let Some(engine) = engine(variant) else {
        let why = format!("{variant:?} is no variant of base64");
        return Err(EvalError::Function(why.into()));
    };
    work.new_text(&engine.encode(text))
}
