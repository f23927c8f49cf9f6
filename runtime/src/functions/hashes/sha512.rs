//! `SHA512`

use sha2::{Digest, Sha512};

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::paths::hex;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const SHA512: FunctionDecl = FunctionDecl {
    name: "SHA512",
    doc: "The SHA-512 hash of a text, in lower-case hexadecimal.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["h"], SHA512("abc"))"#,
        expect: r#"{"h": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"}"#,
    }],
    run: Shim::Converter(sha512),
};

fn sha512<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("SHA512")) };
    Ok(work.text(&hex(&Sha512::digest(text.as_bytes()))))
}
