//! `Murmur3Hash`

use mur3::murmurhash3_x86_32;

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::paths::hex;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const MURMUR3_HASH: FunctionDecl = FunctionDecl {
    name: "Murmur3Hash",
    doc: "The 32-bit Murmur3 hash of a text, its bytes from the lowest on in hexadecimal.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["h"], Murmur3Hash("Hello World"))"#,
        expect: r#"{"h": "ce837619"}"#,
    }],
    run: Shim::Converter(murmur3_hash),
};

fn murmur3_hash<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("Murmur3Hash")) };
    let hash = murmurhash3_x86_32(text.as_bytes(), 0);
    Ok(work.text(&hex(&hash.to_le_bytes())))
}
