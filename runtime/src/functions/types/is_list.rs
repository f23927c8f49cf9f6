//! `IsList`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::types::Type;
use crate::value::Value;

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
    run: Shim::Converter(|_, args| {
        Ok(Value::Bool(args.first().is_some_and(|value| value.is_list())))
    }),
};
