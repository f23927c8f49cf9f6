//! `delete_index`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::encode::{put_value, storable};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const DELETE_INDEX: FunctionDecl = FunctionDecl {
    name: "delete_index",
    doc: "Removes an element from a list, or the elements from the start index up to, but not \
          including, the end index.",
    params: &[
        Param::required("target", Takes::ListPath),
        Param::required("start_index", Takes::Exactly(Type::INT)),
        Param::optional("end_index", Takes::Exactly(Type::INT)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"l": [1, 2, 3, 4]}"#,
            statement: r#"delete_index(log.attributes["l"], 1, 3)"#,
            expect: r#"{"l": [1, 4]}"#,
        },
        Example {
            given: r#"{"l": [1, 2]}"#,
            statement: r#"delete_index(log.attributes["l"], 0)"#,
            expect: r#"{"l": [2]}"#,
        },
        Example {
            given: r#"{"l": [1, 2]}"#,
            statement: r#"delete_index(log.attributes["l"], 2)"#,
            expect: "error",
        },
    ],
    run: Shim::Editor(delete_index),
};

fn delete_index<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Int(start), end] = *args else { return Err(EvalError::Internal("delete_index")) };
    let end = match end {
        Value::Int(end) => end,
        _ => start.wrapping_add(1),
    };
    let list = frame.read(target.path, target.keys)?;
    let expected = EvalError::Expected { expected: Type::LIST, got: list.kind() };
    let elements = list.elements().ok_or(expected)?;
    let length = elements.len();
    let removed = if (start, usize::try_from(end)) == (0, Ok(length)) {
        // Even of an empty list, which has no index 0.
        0..length
    } else {
        let within =
            |index: i64, limit: usize| usize::try_from(index).ok().filter(|at| *at < limit);
        let from = within(start, length).ok_or(EvalError::OutOfBounds(start))?;
        let to = within(end, length + 1).filter(|to| *to >= from);
        from..to.ok_or(EvalError::OutOfBounds(end))?
    };
    let mut encoded = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        if !removed.contains(&index) {
            put_value(&mut encoded, storable(frame.state.work.arena, element)?);
        }
    }
    let list = frame.state.work.list(&encoded);
    frame.write(target.path, target.keys, list)
}
