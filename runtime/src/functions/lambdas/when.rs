//! `When`

use super::super::{Example, FunctionDecl, Param, Shim, Takes};
use super::OFFERED;
use crate::types::Type;

pub(in super::super) const WHEN: FunctionDecl = FunctionDecl {
    name: "When",
    doc: "One of two values, as a condition decides. The other one is not computed.",
    params: &[
        Param::required("condition", Takes::Lambda(0, Type::BOOL)),
        Param::required("true_value", Takes::Any),
        Param::required("false_value", Takes::Any),
    ],
    returns: Type::ANY,
    pure: true,
    offered: OFFERED,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": 500}"#,
            statement: r#"set(log.attributes["class"], When(() => log.attributes["a"] >= 500, "error", "fine"))"#,
            expect: r#"{"a": 500, "class": "error"}"#,
        },
        Example {
            given: r#"{"a": 0}"#,
            statement: r#"set(log.attributes["b"], When(() => log.attributes["a"] == 0, 0, 1 / log.attributes["a"]))"#,
            expect: r#"{"a": 0, "b": 0}"#,
        },
    ],
    run: Shim::Choice,
};
