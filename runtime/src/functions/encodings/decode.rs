//! `Decode`

use base64::Engine as _;

use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::engine;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::charset::Charset;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const DECODE: FunctionDecl = FunctionDecl {
    name: "Decode",
    doc: "The text that another text or bytes hold in an encoding: `base64`, `base64-raw`, \
          `base64-url`, `base64-raw-url`, or a character encoding by its IANA name.",
    params: &[
        Param::required("target", Takes::Any),
        Param::required("encoding", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"a": "aGk="}"#,
            statement: r#"set(log.attributes["a"], Decode(log.attributes["a"], "base64"))"#,
            expect: r#"{"a": "hi"}"#,
        },
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], Decode(0xe9, "iso-8859-1"))"#,
            expect: r#"{"a": "é"}"#,
        },
        Example {
            given: r#"{"a": "a"}"#,
            statement: r#"set(log.attributes["a"], Decode(log.attributes["a"], "base64"))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(decode),
};

fn decode<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target, Value::Str(encoding)] = *args else { return Err(EvalError::Internal("Decode")) };
    let bytes = match target {
        Value::Str(text) => text.as_bytes(),
        Value::Bytes(bytes) => bytes,
        other => {
            let expected = Type::STRING.or(Type::BYTES);
            return Err(EvalError::Expected { expected, got: other.kind() });
        }
    };
    if let Some(engine) = engine(encoding) {
        let kept: Vec<u8> =
            bytes.iter().copied().filter(|byte| !LINE_BREAKS.contains(byte)).collect();
        let decoded = engine.decode(kept).map_err(|error| {
            EvalError::Function(format!("the text is not {encoding}: {error}").into())
        })?;
        return work.repaired(&decoded);
    }
    let Some(charset) = Charset::named(encoding) else {
        return Err(EvalError::Function(format!("{encoding:?} is no known encoding").into()));
    };
    work.new_text(&charset.decode(bytes))
}

/// Base64 may be broken into lines anywhere.
const LINE_BREAKS: &[u8] = b"\r\n";

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.text(1) {
        Some(name) if engine(name).is_none() && Charset::named(name).is_none() => {
            let help = "encodings have their IANA names, such as `utf-16` or `windows-1252`";
            Err(ArgumentFault::new(1, format!("has no encoding {name:?}"), help))
        }
        _ => Ok(()),
    }
}
