//! `SHA256`

use sha2::{Digest, Sha256};

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::paths::hex;
use crate::types::Type;
use crate::value::Value;

pub(super) const SHA256: FunctionDecl = FunctionDecl {
    name: "SHA256",
    doc: "The SHA-256 hash of text, in lower-case hexadecimal.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: "{}",
        statement: r#"set(log.attributes["h"], SHA256("abc"))"#,
        expect: r#"{"h": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}"#,
    }],
    run: Shim::Converter(sha256),
};

fn sha256<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = args else { return Err(EvalError::Internal("SHA256")) };
    Ok(work.text(&hex(&Sha256::digest(text.as_bytes()))))
}
