//! `IsInt`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::is_of;
use crate::types::Type;

pub(in crate::functions) const IS_INT: FunctionDecl = FunctionDecl {
    name: "IsInt",
    doc: "Whether a value is an integer; doubles are not, whatever their value.",
    params: &[Param::required("target", Takes::Tested(Type::INT))],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": 1}"#,
            statement: r#"set(log.attributes["r"], IsInt(log.attributes["a"]))"#,
            expect: r#"{"a": 1, "r": true}"#,
        },
        Example {
            given: r#"{"a": 1.5}"#,
            statement: r#"set(log.attributes["r"], IsInt(log.attributes["a"]))"#,
            expect: r#"{"a": 1.5, "r": false}"#,
        },
    ],
    run: Shim::Converter(|_, args| Ok(is_of(Type::INT, args))),
};
