//! `IsDouble`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::is_of;
use crate::types::Type;

pub(in crate::functions) const IS_DOUBLE: FunctionDecl = FunctionDecl {
    name: "IsDouble",
    doc: "Whether a value is a double; integers are not.",
    params: &[Param::required("target", Takes::Tested(Type::FLOAT))],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": 1.5}"#,
            statement: r#"set(log.attributes["r"], IsDouble(log.attributes["a"]))"#,
            expect: r#"{"a": 1.5, "r": true}"#,
        },
        Example {
            given: r#"{"a": 1}"#,
            statement: r#"set(log.attributes["r"], IsDouble(log.attributes["a"]))"#,
            expect: r#"{"a": 1, "r": false}"#,
        },
    ],
    run: Shim::Converter(|_, args| Ok(is_of(Type::FLOAT, args))),
};
