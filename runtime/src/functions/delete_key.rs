//! `delete_key`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const DELETE_KEY: FunctionDecl = FunctionDecl {
    name: "delete_key",
    doc: "Removes an entry from a map; the first one if the key stands there twice.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("key", Takes::Exactly(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": 1, "b": 2}"#,
            statement: r#"delete_key(log.attributes, "a")"#,
            expect: r#"{"b": 2}"#,
        },
        Example {
            given: r#"{"m": {"a": 1, "b": 2}}"#,
            statement: r#"delete_key(log.attributes["m"], "a")"#,
            expect: r#"{"m": {"b": 2}}"#,
        },
        Example {
            given: r#"{"s": "text"}"#,
            statement: r#"delete_key(log.attributes["s"], "a")"#,
            expect: "error",
        },
    ],
    run: Shim::Editor(delete_key),
};

fn delete_key<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Str(wanted)] = args else { return Err(EvalError::Internal("delete_key")) };
    if let Some(attributes) = frame.attributes_of(target) {
        attributes.remove_attribute(wanted);
        frame.note_write(target.path.slot);
        return Ok(());
    }
    let mut done = false;
    frame.retain(target, |key, _| {
        let goes = !done && key == *wanted;
        done |= goes;
        !goes
    })
}
