//! `set`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::types::Type;

pub(super) const SET: FunctionDecl = FunctionDecl {
    name: "set",
    doc: "Gives a path a value. Nil empties attributes, bodies and maps; other fields refuse it.",
    params: &[Param::required("target", Takes::Path), Param::required("value", Takes::Any)],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": 1}"#,
            statement: r#"set(log.attributes["b"], log.attributes["a"])"#,
            expect: r#"{"a": 1, "b": 1}"#,
        },
        Example {
            given: "{}",
            statement: r#"set(log.attributes["a"]["b"], "deep")"#,
            expect: r#"{"a": {"b": "deep"}}"#,
        },
        Example {
            given: r#"{"a": 1}"#,
            statement: r#"set(log.attributes["a"], log.attributes["missing"])"#,
            expect: r#"{"a": null}"#,
        },
        Example {
            given: r#"{"a": 1}"#,
            statement: "set(log.severity_number, \"high\")",
            expect: "error",
        },
    ],
    run: Shim::Set,
};
