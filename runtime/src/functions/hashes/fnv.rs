//! `FNV`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const FNV: FunctionDecl = FunctionDecl {
    name: "FNV",
    doc: "The 64-bit FNV-1a hash of a text, as a signed integer.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::INT,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["h"], FNV("checkout"))"#,
        expect: r#"{"h": 4826647318084854873}"#,
    }],
    run: Shim::Converter(fnv),
};

fn fnv<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("FNV")) };
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x100_0000_01b3;
    let hash = text.bytes().fold(START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    Ok(Value::Int(hash.cast_signed()))
}
