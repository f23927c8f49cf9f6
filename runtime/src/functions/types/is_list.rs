//! `IsList`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::is_of;
use crate::types::Type;

pub(in crate::functions) const IS_LIST: FunctionDecl = FunctionDecl {
    name: "IsList",
    doc: "Whether a value is a list.",
    params: &[Param::required("target", Takes::Any)],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": []}"#,
            statement: r#"set(log.attributes["r"], IsList(log.attributes["a"]))"#,
            expect: r#"{"a": [], "r": true}"#,
        },
        Example {
            given: r#"{"a": {"k": 1}}"#,
            statement: r#"set(log.attributes["r"], IsList(log.attributes["a"]))"#,
            expect: r#"{"a": {"k": 1}, "r": false}"#,
        },
    ],
    run: Shim::Converter(|_, args| Ok(is_of(Type::LIST, args))),
};
