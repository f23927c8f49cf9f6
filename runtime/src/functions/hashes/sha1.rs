//! `SHA1`

use sha1::{Digest, Sha1};

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::paths::hex;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const SHA1: FunctionDecl = FunctionDecl {
    name: "SHA1",
    doc: "The SHA-1 hash of a text, in lower-case hexadecimal.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["h"], SHA1("abc"))"#,
        expect: r#"{"h": "a9993e364706816aba3e25717850c26c9cd0d89d"}"#,
    }],
    run: Shim::Converter(sha1),
};

fn sha1<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("SHA1")) };
    Ok(work.text(&hex(&Sha1::digest(text.as_bytes()))))
}
