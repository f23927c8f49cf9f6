//! `XXH3`

use twox_hash::XxHash3_64;

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const XXH3: FunctionDecl = FunctionDecl {
    name: "XXH3",
    doc: "The 64-bit XXH3 hash of a text, in hexadecimal.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["h"], XXH3("checkout"))"#,
        expect: r#"{"h": "c9597d5de43833cc"}"#,
    }],
    run: Shim::Converter(xxh3),
};

fn xxh3<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("XXH3")) };
    Ok(work.text(&format!("{:016x}", XxHash3_64::oneshot(text.as_bytes()))))
}
