//! `IsMap`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::is_of;
use crate::types::Type;

pub(in crate::functions) const IS_MAP: FunctionDecl = FunctionDecl {
    name: "IsMap",
    doc: "Whether a value is a map.",
    params: &[Param::required("target", Takes::Tested(Type::MAP))],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": {"k": 1}}"#,
            statement: r#"set(log.attributes["r"], IsMap(log.attributes["a"]))"#,
            expect: r#"{"a": {"k": 1}, "r": true}"#,
        },
        Example {
            given: r#"{"a": [1]}"#,
            statement: r#"set(log.attributes["r"], IsMap(log.attributes["a"]))"#,
            expect: r#"{"a": [1], "r": false}"#,
        },
    ],
    run: Shim::Converter(|_, args| Ok(is_of(Type::MAP, args))),
};
