//! `XXH128`

use twox_hash::XxHash3_128;

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const XXH128: FunctionDecl = FunctionDecl {
    name: "XXH128",
    doc: "The 128-bit XXH3 hash of a text, in hexadecimal.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["h"], XXH128("checkout"))"#,
        expect: r#"{"h": "fb28abeb95f965ea29b37bb0e39dbe22"}"#,
    }],
    run: Shim::Converter(xxh128),
};

fn xxh128<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("XXH128")) };
    Ok(work.text(&format!("{:032x}", XxHash3_128::oneshot(text.as_bytes()))))
}
