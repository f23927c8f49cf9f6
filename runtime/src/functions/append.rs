//! `append`

use super::plain::plain_element;
use super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::encode::{put_value, storable};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;
use crate::whole::{ElementType, TypedList};

pub(super) const APPEND: FunctionDecl = FunctionDecl {
    name: "append",
    doc: "Appends a value, a list of values or both to a list. A target that is no list becomes the \
          first element of a new one; a missing target becomes a list. Lists and maps that a path \
          or a function yields cannot be elements.",
    params: &[
        Param::required("target", Takes::Path),
        Param::optional("value", Takes::Single),
        Param::optional("values", Takes::List(Type::ANY)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"a": "x"}"#,
            statement: r#"append(log.attributes["a"], values=["y", 2])"#,
            expect: r#"{"a": ["x", "y", 2]}"#,
        },
        Example {
            given: "{}",
            statement: r#"append(log.attributes["a"], "x")"#,
            expect: r#"{"a": ["x"]}"#,
        },
        Example {
            given: r#"{"m": {"a": 1}}"#,
            statement: r#"append(log.attributes["m"], "x")"#,
            expect: "error",
        },
    ],
    run: Shim::Editor(append),
};

fn append<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [value, values] = *args else { return Err(EvalError::Internal("append")) };
    let arena = frame.state.work.arena;
    let mut encoded = Vec::new();
    let current = frame.read(target.path, target.keys)?;
    match (current, current.elements()) {
        (Value::Nil, _) => {}
        // Of the lists whose elements are of one type, this one is no list here.
        (Value::Typed(TypedList { of: ElementType::Unsigned, .. }), _) => {
            return Err(EvalError::Function("unsigned integers cannot be appended to".into()));
        }
        (_, Some(elements)) => {
            for element in elements.iter() {
                put_value(&mut encoded, storable(arena, element)?);
            }
        }
        (scalar, None) => put_value(&mut encoded, storable(arena, plain_element(scalar)?)?),
    }
    for added in [value, values].into_iter().filter_map(Value::elements) {
        for element in added.iter() {
            put_value(&mut encoded, storable(arena, plain_element(element)?)?);
        }
    }
    let list = frame.state.work.list(&encoded);
    frame.write(target.path, target.keys, list)
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    if args.is_absent(1) && args.is_absent(2) {
        return Err(ArgumentFault::new(0, "needs `value`, `values` or both", ""));
    }
    Ok(())
}
