//! `IsString`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::is_of;
use crate::types::Type;

pub(in crate::functions) const IS_STRING: FunctionDecl = FunctionDecl {
    name: "IsString",
    doc: "Whether a value is text.",
    params: &[Param::required("target", Takes::Tested(Type::STRING))],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": ""}"#,
            statement: r#"set(log.attributes["r"], IsString(log.attributes["a"]))"#,
            expect: r#"{"a": "", "r": true}"#,
        },
        Example {
            given: r#"{"a": 5}"#,
            statement: r#"set(log.attributes["r"], IsString(log.attributes["a"]))"#,
            expect: r#"{"a": 5, "r": false}"#,
        },
    ],
    run: Shim::Converter(|_, args| Ok(is_of(Type::STRING, args))),
};
