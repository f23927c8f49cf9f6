//! `MD5`

use md5::{Digest, Md5};

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::paths::hex;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const MD5: FunctionDecl = FunctionDecl {
    name: "MD5",
    doc: "The MD5 hash of a text, in lower-case hexadecimal.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["h"], MD5("abc"))"#,
        expect: r#"{"h": "900150983cd24fb0d6963f7d28e17f72"}"#,
    }],
    run: Shim::Converter(md5),
};

fn md5<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("MD5")) };
    Ok(work.text(&hex(&Md5::digest(text.as_bytes()))))
}
