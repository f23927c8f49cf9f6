//! `IsBool`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::is_of;
use crate::types::Type;

pub(in crate::functions) const IS_BOOL: FunctionDecl = FunctionDecl {
    name: "IsBool",
    doc: "Whether a value is a truth value.",
    params: &[Param::required("target", Takes::Tested(Type::BOOL))],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": false}"#,
            statement: r#"set(log.attributes["r"], IsBool(log.attributes["a"]))"#,
            expect: r#"{"a": false, "r": true}"#,
        },
        Example {
            given: r#"{"a": "true"}"#,
            statement: r#"set(log.attributes["r"], IsBool(log.attributes["a"]))"#,
            expect: r#"{"a": "true", "r": false}"#,
        },
    ],
    run: Shim::Converter(|_, args| Ok(is_of(Type::BOOL, args))),
};
