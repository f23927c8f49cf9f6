//! `Murmur3Hash128`

use mur3::murmurhash3_x64_128;

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::paths::hex;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const MURMUR3_HASH_128: FunctionDecl = FunctionDecl {
    name: "Murmur3Hash128",
    doc: "The 128-bit Murmur3 hash of a text, both halves by their bytes from the lowest on in \
          hexadecimal.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["h"], Murmur3Hash128("Hello World"))"#,
        expect: r#"{"h": "dbc2a0c1ab26631a27b4c09fcf1fe683"}"#,
    }],
    run: Shim::Converter(murmur3_hash_128),
};

fn murmur3_hash_128<'a>(
    work: &mut Workspace<'a>,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("Murmur3Hash128")) };
    let (first, second) = murmurhash3_x64_128(text.as_bytes(), 0);
    Ok(work.text(&(hex(&first.to_le_bytes()) + &hex(&second.to_le_bytes()))))
}
