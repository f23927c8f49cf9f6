//! `ProfileID`

use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::{check_id, id_of};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Kind;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const PROFILE_ID: FunctionDecl = FunctionDecl {
    name: "ProfileID",
    doc: "A profile id: from its 16 bytes, or from a text of 32 hexadecimal digits.",
    params: &[Param::required("target", Takes::BytesLike)],
    returns: Type::of(Kind::ProfileId),
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["a"], String(ProfileID("0102030405060708090a0b0c0d0e0f10")))"#,
            expect: r#"{"a": "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]"}"#,
        },
        Example {
            given: r#"{"a": "x"}"#,
            statement: r#"set(log.attributes["a"], String(ProfileID(log.attributes["a"])))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(profile_id),
};

fn profile_id<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target] = *args else { return Err(EvalError::Internal("ProfileID")) };
    id_of(target).map(Value::ProfileId)
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    check_id::<16>(args)
}
